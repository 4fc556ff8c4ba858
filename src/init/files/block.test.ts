import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Document, parse } from 'yaml';
import { optionOf } from '../../config/index.ts';
import { hasBlock, withBlock, type Proposal } from './block.ts';
import { nothingRaised } from '../graph/limits.ts';

const added = `# How agents are coordinated. See: rhema config explain
agent_coordination:
  enabled: true # false: nothing is locked here, and nobody waits
  # Most need no more.
  max_locks_per_agent: 5
  # How many may hold locks at the same time; one more waits.
  max_concurrent_agents: 8
  # What lies in these folders makes no scopes: it belongs to the scope around it.
  exclude:
    - "**/fixtures/**"
    - docs/old
  # Every change may touch these files, or makes one: they need no lock.
  free:
    - yarn.lock
    - .changeset/**
`;
const proposal: Proposal = {
  maxLocksPerAgent: 5,
  stage: 'default',
  locksReason: 'Most need no more.',
  maxConcurrentAgents: 8,
  exclude: ['**/fixtures/**', 'docs/old'],
  free: ['yarn.lock', '.changeset/**'],
};
const said = {
  enabled: true,
  max_locks_per_agent: 5,
  max_concurrent_agents: 8,
  exclude: proposal.exclude,
  free: proposal.free,
};
const inBraces =
  '{ enabled: true, max_locks_per_agent: 5, max_concurrent_agents: 8, exclude: ["**/fixtures/**", docs/old], free: [yarn.lock, .changeset/**] }';
const withDefault = (text: string): string | null => withBlock(text, nothingRaised, proposal);

describe('the block is added at the end, and all else stays byte for byte', () => {
  it.each([
    ['plain keys', 'name: acme\nversion: 1.0.0\n', `\n${added}`],
    ['remarks at the end', 'name: acme # the name\n\n# the end\n', `\n${added}`],
    ['other line ends', 'name: acme\r\nversion: 1.0.0\r\n', `\n${added}`.replaceAll('\n', '\r\n')],
    ['a byte order mark', '\uFEFFname: acme\n', `\n${added}`],
    ['a mark at the start', '---\nname: acme\n', `\n${added}`],
    ['a literal text at the end', 'name: acme\nabout: |\n  one\n  two\n', `\n${added}`],
    ['a text that keeps its line ends', 'name: acme\nabout: |+\n  one\n\n', added],
    ['tabs where they are allowed', 'name:\tacme\t# a tab\nlist:\n  -\tone\n', `\n${added}`],
    ['empty lines at the end', 'name: acme\n\n\n', `\n${added}`],
    ['anchors and aliases', 'name: &n acme\nalso: *n\n', `\n${added}`],
  ])('after %s', (_title, text, addition) => {
    expect(withDefault(text)).toBe(text + addition);
  });

  it('after a last line without an end', () => {
    expect(withDefault('name: acme')).toBe(`name: acme\n\n${added.trimEnd()}`);
  });

  it('before a mark at the end', () => {
    expect(withDefault('name: acme\n...\n')).toBe(`name: acme\n\n${added}...\n`);
  });

  it('as far to the right as the other keys', () => {
    const indented = added.replace(/^(?=.)/gm, '  ');
    expect(withDefault('  name: acme\n  version: 1\n')).toBe(`  name: acme\n  version: 1\n\n${indented}`);
  });

  it.each([
    [
      '{ name: acme, version: 1.0.0 }\n',
      '{ name: acme, version: 1.0.0, agent_coordination: ' + inBraces + ' }\n',
    ],
    ['{name: acme,}', '{name: acme, agent_coordination: ' + inBraces + '}'],
    ['{\n  "name": "acme"\n}\n', '{\n  "name": "acme", agent_coordination: ' + inBraces + '\n}\n'],
  ])('within braces: %j', (text, expected) => {
    const after = withDefault(text);
    expect(parse(after ?? '')).toEqual({ ...parse(text), agent_coordination: said });
    expect(after).toBe(expected);
  });
});

it.each([
  ['what is no map', '- one\n'],
  ['what is no YAML', 'name: [acme\n'],
  ['braces with a remark before the last', '{ name: acme # }\n}\n'],
])('%s is left alone', (_title, text) => {
  expect(withDefault(text)).toBeNull();
});

it.each([
  ['name: acme\nagent_coordination:\n', true],
  ['name: acme\nagent_coordination:\n  enabled: false\n', true],
  ['rhema:\n  agent_coordination: { enabled: true }\n', true],
  ['name: acme # agent_coordination\n', false],
])('%j has a block: %s', (text, expected) => {
  expect(hasBlock(text)).toBe(expected);
});

it('says what the configuration understands and acts on, and nothing else', () => {
  const text =
    withBlock('name: acme\n', { maxDependencies: 512, maxScopeDepth: 32 }, { ...proposal, free: [] }) ?? '';
  const { agent_coordination: block } = parse(text) as { agent_coordination: Record<string, unknown> };
  const { free: _, ...others } = said;
  expect(block).toEqual({ ...others, max_dependencies: 512, max_scope_depth: 32 });
  for (const key of Object.keys(block))
    expect(optionOf(`agent_coordination.${key}`)?.readBy, key).toMatch(/^src\//);
});

it('patterns are read back as they are', () => {
  const words = [
    '2024',
    '1.0',
    'null',
    'true',
    'Yes',
    '~',
    '.5',
    '1e3',
    '0x1F',
    '.inf',
    '2024-01-01',
    '-',
    '...',
  ];
  const pattern = fc.oneof(fc.constantFrom(...words), fc.stringMatching(/^[\w.*?/{}!#,: -]{1,8}$/));
  fc.assert(
    fc.property(fc.uniqueArray(pattern, { minLength: 1 }), (free) => {
      for (const text of ['name: acme\n', '{ name: acme }\n'])
        expect(parse(withBlock(text, nothingRaised, { ...proposal, free }) ?? '')).toMatchObject({
          agent_coordination: { free },
        });
    }),
  );
});

/** Names and values of every kind that a person may write. */
const scalars = fc.oneof(
  fc.string(),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.constantFrom('yes', '1.0', '#', ': ', '|'),
);
const values = fc.letrec((tie) => ({
  value: fc.oneof({ depthSize: 'small' }, scalars, fc.array(tie('value'), { maxLength: 3 }), tie('map')),
  map: fc.dictionary(fc.string({ minLength: 1, maxLength: 6 }), tie('value'), { maxKeys: 4 }),
}));

it('whatever a file says, it says the same afterwards, or nothing is added', () => {
  fc.assert(
    fc.property(
      values.map,
      fc.record({ indent: fc.constantFrom(2, 4), lineWidth: fc.constantFrom(0, 20) }),
      fc.boolean(),
      (map, style, crlf) => {
        const plain = new Document({ name: 'acme', ...(map as object) }).toString(style);
        const text = crlf ? plain.replaceAll('\n', '\r\n') : plain;
        const after = withDefault(text);
        if (after === null) return;
        expect(after.startsWith(text.trimEnd().slice(0, -1))).toBe(true);
        expect(parse(after)).toEqual({ ...(parse(text) as object), agent_coordination: said });
      },
    ),
    { numRuns: 300 },
  );
});
