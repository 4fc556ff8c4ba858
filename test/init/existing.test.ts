import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commitAll, makeRepository, scan, write, type Files } from '../../src/repository/testing/fixture.ts';
import { makePipe } from '../../src/repository/testing/pipe.ts';
import { readExisting } from '../../src/init/files/existing.ts';
import { runHere, type Run } from './run.ts';
import { changesOf, graph, init, json, noticesOf, planInit } from './support.ts';

const block = `
# How agents are coordinated. See: rhema config explain
agent_coordination:
  enabled: true # false: nothing is locked here, and nobody waits
  # How many scopes an agent may hold at once.
  max_locks_per_agent: 4
  # How many may hold locks at the same time; one more waits.
  max_concurrent_agents: 8
`;

/** Scope files as they are found in existing repositories, the top's first. */
const shapes: readonly (readonly [title: string, files: Files, top: string])[] = [
  [
    'the flat shape in a .rhema folder',
    {
      '.rhema/rhema.yaml': `# Ours.
name: shop
scope_type: application
description: ""
version: 1.0.0
dependencies: null
protocol_info:
  version: "1"
  concepts:   # kept as they are
    - { name: order,   description: "An order" }
custom_key: [1,  2]
`,
      '.rhema/knowledge.yaml': 'entries: []\n',
      'services/auth/.rhema/rhema.yaml':
        'name: auth\nscope_type: service\nversion: 1.0.0\ndependencies:\n  - path: ../../lib\n    dependency_type: required\n',
      'lib/.rhema/scope.yaml': 'name: lib\nscope_type: library\nversion: 1.0.0\n',
    },
    '.rhema/rhema.yaml',
  ],
  [
    'the nested shape',
    {
      'scope.yaml': `rhema:
  version: "1.0.0"
  scope:
    type: "service"   # of five
    name: "user-service"
    boundaries: { includes: ["src/**"], excludes: ["dist/**"] }
    dependencies:
      parent: null
      children: [ "auth" ]
      peers: []
    responsibilities:
      - "Users"
`,
      'auth/scope.yaml': 'rhema:\n  version: "1.0.0"\n  scope:\n    type: library\n    name: auth\n',
    },
    'scope.yaml',
  ],
  [
    'a list of packages by name and version',
    {
      '.rhema/rhema.yaml':
        'name: ligature\ntype: service\nversion: 0.1.0\ndependencies:\n- name: tokio\n  version: "1"\n  type: cargo\n',
    },
    '.rhema/rhema.yaml',
  ],
  [
    'the files of this project itself',
    {
      'rhema.yaml': 'name: x\nscope_type: repository\nversion: 0.1.0',
      'src/core/rhema.yaml': 'name: core\n',
    },
    'rhema.yaml',
  ],
];

describe.each(shapes)('in a repository of %s', (_title, files, top) => {
  it('only the block is added, to the file of the top', async () => {
    const root = makeRepository({
      ...files,
      'package.json': json({ name: 'x', workspaces: ['*'] }),
      'w/package.json': json({ name: 'w' }),
    });
    const before = graph({ scopes: (await scan(root)).definitions as never });
    const plan = await init(root);
    expect(plan.mode).toBe('block');
    expect(changesOf(plan)).toEqual([`change ${top}`]);
    const original = String(files[top]);
    const expected = original.endsWith('\n') ? original + block : `${original}\n${block.trimEnd()}`;
    expect(readFileSync(join(root, top), 'utf8')).toBe(expected);
    expect(graph(plan)).toEqual(before);
    expect((await planInit(root)).changes).toEqual([]);
  });
});

it('a block that is there is left alone, whatever stage is asked for, which is told', async () => {
  const text = 'name: x\nagent_coordination:\n  enabled: false\n';
  const root = makeRepository({ 'rhema.yaml': text });
  const plan = await planInit(root, { stage: 'strict' });
  expect(plan.changes).toEqual([]);
  expect(noticesOf(plan)).toEqual(['BLOCK_KEPT rhema.yaml']);
  expect(noticesOf(await planInit(root))).toEqual([]);
});

it('where the top is no scope it becomes one, and only that is added', async () => {
  const root = makeRepository({ 'services/auth/rhema.yaml': 'name: auth\n' });
  const plan = await init(root);
  expect(changesOf(plan)).toEqual(['add rhema.yaml']);
  expect(graph(plan)).toEqual({ '.': [], 'services/auth': [] });
});

it.each([
  ['is no YAML', 'name: [x\n'],
  ['holds a list', '- x\n'],
  ['has a form in which the place is not certain', '{ name: x # }\n}\n'],
])('a top whose file %s is named, and nothing is written', async (_title, text) => {
  const root = makeRepository({ 'rhema.yaml': text });
  const plan = await planInit(root);
  expect(plan.changes).toEqual([]);
  expect(plan.notices).toMatchObject([{ severity: 'error', file: 'rhema.yaml' }]);
});

it.each([
  ['an alias that leads nowhere', 'name: x\nmore: *nowhere\n'],
  ['aliases of aliases beyond number', aliasesOfAliases()],
])('a top whose file has %s is named once, and nothing is written', async (_title, text) => {
  for (const derive of [false, true]) {
    const plan = await planInit(makeRepository({ 'rhema.yaml': text }), { derive });
    expect(plan.changes).toEqual([]);
    expect(plan.notices).toMatchObject([
      {
        code: 'KEPT_BY_HAND',
        severity: 'error',
        file: 'rhema.yaml',
        message: expect.stringContaining('alias') as string,
      },
    ]);
  }
});

/** Few enough for a file of this size, but each stands for ten of the one before. */
function aliasesOfAliases(): string {
  const levels = Array.from({ length: 7 }, (_, level) =>
    level === 0 ? 'a0: &a0 [x]' : `a${level}: &a${level} [${`*a${level - 1}, `.repeat(10)}]`,
  );
  return ['name: x', ...levels, ''].join('\n');
}

const latin1 = Buffer.from('name: caf\u00e9\n', 'latin1');
const crowded = `name: x\n${Array.from({ length: 60_000 }, (_, index) => `k${index}: 1\n`).join('')}`;
const deep = `name: x\ndeep: ${'['.repeat(20_000)}${']'.repeat(20_000)}\n`;

it.each([
  ['is no UTF-8', latin1, 'is not UTF-8 text: save it as UTF-8', null],
  ['would keep a parser busy for minutes', crowded, 'has more than 50000 lines, quotes', null],
  ['nests too deeply for a parser', deep, 'nests deeper than 100 levels', 2],
])('a top whose file %s is told of once, and nothing is written', async (_title, content, message, line) => {
  for (const derive of [false, true]) {
    const plan = await planInit(makeRepository({ 'rhema.yaml': content }), { derive });
    expect(plan.changes).toEqual([]);
    const told = [...plan.notices, ...plan.problems].filter(({ file }) => file === 'rhema.yaml');
    expect(told).toMatchObject([
      { severity: 'error', line, message: expect.stringContaining(message) as string },
    ]);
  }
});

it('a top in whose place a pipe lies is named, and nobody waits for its writer', async () => {
  const root = makeRepository({ 'rhema.yaml': 'name: x\n' });
  commitAll(root);
  rmSync(join(root, 'rhema.yaml'));
  makePipe(join(root, 'rhema.yaml'), 'name: x\n');
  const plan = await planInit(root);
  expect(plan.changes).toEqual([]);
  expect(noticesOf(plan)).toEqual(['FILE_UNREADABLE rhema.yaml']);
});

it('a file that became a pipe after it was found is not waited for', () => {
  const root = makeRepository();
  makePipe(join(root, 'rhema.yaml'), 'name: x\n');
  const found = {
    places: new Map([
      [
        '.' as never,
        { scope: '.' as never, file: 'rhema.yaml', kind: 'rhema.yaml' as const, position: null },
      ],
    ]),
    definitions: [],
    problems: [],
    notCheckedOut: new Map(),
  };
  expect([...readExisting(root, found).values()]).toMatchObject([
    { text: '', unreadable: { message: 'cannot be read: it is not a regular file' }, origin: 'hand' },
  ]);
});

describe('what is wrong with scopes that a person wrote', () => {
  const runInit = async (files: Files): Promise<Run> => runHere(makeRepository(files), ['init', '--yes']);

  it.each([
    [
      'a cycle',
      {
        'a/rhema.yaml': 'name: a\ndependencies: [../b]\n',
        'b/rhema.yaml': 'name: b\ndependencies: [../a]\n',
      },
      'form a cycle: a -> b -> a. Take one of them out',
    ],
    ['a top whose name none can be', { 'rhema.yaml': 'name: "x\\0"\n' }, 'contains a control character'],
    ['a file that is no YAML', { 'a/rhema.yaml': 'name: [\n' }, 'is not valid YAML'],
    ['a dependency on nothing', { 'a/rhema.yaml': 'name: a\ndependencies: [../b]\n' }, 'is no scope'],
    [
      'a dependency on nothing, in the nested shape',
      { 'rhema.yaml': 'rhema:\n  scope:\n    name: a\n    dependencies: { peers: [./b] }\n' },
      'is no scope',
    ],
  ])('is named, and nothing is written: %s', async (_title, files, told) => {
    const { code, stderr } = await runInit(files as Files);
    expect([code, stderr]).toEqual([3, expect.stringContaining(told)]);
    expect(stderr).toContain('nothing was written');
  });
});

it('where nothing was generated a refresh ends with 3 while a file is broken', async () => {
  const root = makeRepository({ 'rhema.yaml': 'name: x\n', 'a/rhema.yaml': 'name: [\n' });
  const { code, stderr } = await runHere(root, ['scope', 'refresh']);
  expect([code, stderr]).toEqual([3, expect.stringContaining('1 scope in force, without what is broken')]);
});

describe('when asked to derive beside scopes that a person wrote', () => {
  it('adds the missing ones, and changes the others in nothing', async () => {
    const byHand = 'name: mine\ndependencies: [../b]\n';
    const top = 'name: acme # mine\n';
    const root = makeRepository({
      'rhema.yaml': top,
      'package.json': json({ name: 'acme', workspaces: ['*'], devDependencies: { c: '*' } }),
      'a/package.json': json({ name: 'a', dependencies: { c: '*' } }),
      'a/rhema.yaml': byHand,
      'b/package.json': json({ name: 'b', dependencies: { c: '*' } }),
      'c/package.json': json({ name: 'c', dependencies: { a: '*' } }),
    });
    const plan = await init(root, { derive: true });
    expect(changesOf(plan)).toEqual(['change rhema.yaml', 'add b/rhema.yaml', 'add c/rhema.yaml']);
    expect(readFileSync(join(root, 'a/rhema.yaml'), 'utf8')).toBe(byHand);
    expect(readFileSync(join(root, 'rhema.yaml'), 'utf8').startsWith(top)).toBe(true);
    // a needs b because a person says so; b needs c; so it is c's need of a that closes the cycle.
    expect(graph(plan)).toEqual({ '.': ['c'], a: ['b'], b: ['c'], c: [] });
    expect(plan.leftOut.map(({ link }) => `${link.from} -> ${link.to}`)).toEqual(['c -> a']);
    expect((await planInit(root)).changes).toEqual([]);
  });

  it('names a cycle that a person wrote, and writes nothing', async () => {
    const root = makeRepository({
      'a/rhema.yaml': 'name: a\ndependencies: [../b]\n',
      'b/rhema.yaml': 'name: b\ndependencies: [../a]\n',
    });
    const plan = await planInit(root, { derive: true });
    expect(noticesOf(plan)).toEqual(['CYCLE_BY_HAND -']);
    expect(plan.notices[0]).toMatchObject({ severity: 'error' });
  });
});

it('a run that was cut short after its first file is completed by the next', async () => {
  const files = {
    'package.json': json({ name: 'acme', workspaces: ['*'] }),
    'a/package.json': json({ name: 'a' }),
    'b/package.json': json({ name: 'b', dependencies: { a: '*' } }),
  };
  const whole = await planInit(makeRepository(files));
  const root = makeRepository(files);
  const [first] = whole.changes;
  write(root, { [first?.file ?? '']: first?.after ?? '' });
  commitAll(root);
  const rest = await init(root);
  expect(changesOf(rest)).toEqual(['add a/rhema.yaml', 'add b/rhema.yaml']);
  expect(graph(rest)).toEqual(graph(whole));
});

it('only the scopes that a person has described are by hand, not the top file that is about to be added', async () => {
  const root = makeRepository({ 'a/rhema.yaml': 'name: a\n' });
  const { stdout } = await runHere(root, ['init', '--yes']);
  expect(stdout).toMatch(/^\. +.*, repository$/m);
  expect(stdout).toContain('  a  a, unspecified (by hand)\n');
});

it('a name that no scope may bear is not the one that is shown', async () => {
  const root = makeRepository({ 'x/package.json': json({ name: 'x\u202Eevil\u001B[31m' }) });
  const plan = await init(root);
  expect(plan.scopes.map(({ name }) => name)).toContain('x');
});
