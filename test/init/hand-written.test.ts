/** Files as people write them, changed by the commands that people type: in whatever form nothing is said, and told where nothing can be added. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commitAll, git, makeRepository, write, type Files } from '../../src/repository/testing/fixture.ts';
import { manifest } from './acme.ts';
import { runHere } from './run.ts';
import { json, workspace } from './support.ts';

const packages: Files = {
  'package.json': workspace('*'),
  'a/package.json': manifest('a', { b: '*' }),
  'b/package.json': manifest('b'),
};
const head = (name: string): string => `name: ${name} # ours\nscope_type: service\nversion: 1.0.0\n`;

/** After a change of the manifests: now `b` needs `c`, and `a` needs nothing. */
const later: Files = {
  'a/package.json': manifest('a'),
  'b/package.json': manifest('b', { c: '*' }),
  'c/package.json': manifest('c'),
};

async function needs(root: string): Promise<Record<string, readonly string[]>> {
  const { body } = await runHere(root, ['scope', 'graph', '--json']);
  const scopes = body['scopes'] as readonly { readonly path: string; readonly dependencies: string[] }[];
  return Object.fromEntries(scopes.map(({ path, dependencies }) => [path, dependencies]));
}

const nothing = [
  'dependencies: null',
  'dependencies: ~',
  'dependencies: ~ # none yet',
  'dependencies:',
  'dependencies: []',
  'dependencies: # none yet',
];

describe.each([
  ['LF', '\n'],
  ['CRLF', '\r\n'],
])('with lines that end in %s', (_title, end) => {
  const inEnds = (text: string): string => text.replaceAll('\n', end);
  const expectEnds = (text: string): void => {
    expect(text.match(/\r?\n/g)?.every((one) => one === end)).toBe(true);
  };

  it.each(nothing)("the top's %j is added to by init --derive", async (line) => {
    const text = inEnds(`${head('acme')}${line}\nowner: ann\n`);
    const root = makeRepository({
      ...packages,
      'package.json': json({ name: 'acme', workspaces: ['*'], dependencies: { a: '*' } }),
      'rhema.yaml': text,
    });
    expect(await runHere(root, ['init', '--derive', '--yes'])).toMatchObject({ code: 0 });
    expect(await needs(root)).toEqual({ '.': ['a'], a: ['b'], b: [] });
    const after = readFileSync(join(root, 'rhema.yaml'), 'utf8');
    expectEnds(after);
    expect(after).toContain(inEnds(head('acme')));
    expect(after).toContain(`owner: ann${end}`);
    expect(await runHere(root, ['scope', 'refresh', '--check'])).toMatchObject({ code: 0 });
  });

  it.each(nothing)("an entry's %j is added to by scope refresh", async (line) => {
    const root = makeRepository(packages);
    await runHere(root, ['init', '--yes']);
    const text = readFileSync(join(root, 'rhema.yaml'), 'utf8');
    const edited = inEnds(
      text.replace('      name: b\n', `      name: b\n      ${line}\n      owner: ann\n`),
    );
    write(root, { 'rhema.yaml': edited, ...later });
    expect(await runHere(root, ['scope', 'refresh', '--yes'])).toMatchObject({ code: 0 });
    expect(await needs(root)).toEqual({ '.': [], a: [], b: ['c'], c: [] });
    const after = readFileSync(join(root, 'rhema.yaml'), 'utf8');
    expectEnds(after);
    expect(after).toContain(`      owner: ann${end}`);
  });
});

describe('where something cannot be changed for certain, nothing is written, and file, line and key are told', () => {
  const block = 'agent_coordination:\n  enabled: true\n';
  const own = (text: string): Files => ({ ...packages, 'rhema.yaml': text });
  const wide = Object.fromEntries(
    Array.from({ length: 300 }, (_, index) => [`p${index}/package.json`, manifest(`p${index}`)]),
  );
  const all = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`p${index}`, '*']));

  it.each<readonly [title: string, files: Files, words: readonly string[], told: RegExp]>([
    [
      'a top in braces that a remark ends',
      own('{ name: acme # }\n}\n'),
      ['init', '--yes'],
      /^ {2}rhema\.yaml:2: error: has a form in which nothing can be added at its end/m,
    ],
    [
      'a list of dependencies that is a table',
      {
        ...own(`${head('acme')}dependencies:\n  of: [a]\n`),
        'package.json': json({ name: 'acme', workspaces: ['*'], dependencies: { a: '*' } }),
      },
      ['init', '--derive', '--yes'],
      /rhema\.yaml:4: error: .* under (?:dependencies|generated)/,
    ],
    [
      'scopes that are a text',
      own(`${head('acme')}${block}  scopes: all\n`),
      ['init', '--derive', '--yes'],
      /rhema\.yaml:6.*agent_coordination\.scopes/,
    ],
    [
      'a bound that a person has written',
      {
        'package.json': workspace('*'),
        ...wide,
        'all/package.json': manifest('all', all),
        'rhema.yaml': `${head('acme')}${block}  max_dependencies: 9\n`,
      },
      ['init', '--derive', '--yes'],
      /^ {2}rhema\.yaml:6: error: has max_dependencies already/m,
    ],
    [
      'a depth that is none',
      own(`${head('acme')}${block}generated:\n  from: package.json\n  depth: much\n`),
      ['scope', 'refresh', '--yes'],
      /^ {2}rhema\.yaml:8: error: generated\.depth is no whole number/m,
    ],
  ])('%s', async (_title, files, words, told) => {
    const root = makeRepository(files);
    const { code, stderr } = await runHere(root, words);
    expect(stderr).toMatch(told);
    expect(code).toBe(3);
    expect(readFileSync(join(root, 'rhema.yaml'), 'utf8')).toBe(files['rhema.yaml']);
  });

  it('an entry that was edited and is needed no more is told with its line, and stays', async () => {
    const root = makeRepository(packages);
    await runHere(root, ['init', '--yes', '--layout', 'files']);
    const text = readFileSync(join(root, 'a/rhema.yaml'), 'utf8');
    write(root, { ...later, 'a/rhema.yaml': text.replace('  - path: ../b\n', '  - path: ../b # why\n') });
    const { stdout } = await runHere(root, ['scope', 'refresh', '--yes']);
    expect(stdout).toMatch(/^a\/rhema\.yaml:5: warning: still names b, which the code no longer needs/m);
    expect((await needs(root))['a']).toEqual(['b']);
  });

  it('an option that fit --write would set', async () => {
    const root = makeRepository({
      'rhema.yaml': `name: shop\nagent_coordination: { scopes: { a: {} },\n  free: none } # }\n`,
    });
    for (let day = 0; day < 24; day += 1) {
      write(root, { 'yarn.lock': String(day), [`a/${day}`]: '' });
      commitAll(root);
    }
    const before = readFileSync(join(root, 'rhema.yaml'), 'utf8');
    const { code, stderr } = await runHere(root, ['fit', '--write']);
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/rhema\.yaml:3 .*under agent_coordination\.free/),
    ]);
    expect(readFileSync(join(root, 'rhema.yaml'), 'utf8')).toBe(before);
  });
});

describe('a member that Git ignores, whose files were added by force', () => {
  const cargo = (name: string, more = ''): string => `[package]\nname = "${name}"\n${more}`;
  it.each<readonly [title: string, files: Files]>([
    [
      'pnpm',
      {
        'pnpm-workspace.yaml': 'packages: [a, hidden]\n',
        'package.json': json({ name: 'r' }),
        'a/package.json': manifest('a'),
        'hidden/package.json': manifest('hidden', { a: '*' }),
      },
    ],
    [
      'npm',
      {
        'package.json': workspace('*'),
        'a/package.json': manifest('a'),
        'hidden/package.json': manifest('hidden', { a: '*' }),
      },
    ],
    [
      'Cargo',
      {
        'Cargo.toml': '[workspace]\nmembers = ["*"]\n',
        'a/Cargo.toml': cargo('a'),
        'hidden/Cargo.toml': cargo('hidden', '[dependencies]\na = { path = "../a" }\n'),
      },
    ],
    [
      'Go',
      { 'go.mod': 'module m\n', 'a/a.go': 'package a\n', 'hidden/h.go': 'package hidden\nimport _ "m/a"\n' },
    ],
    [
      'uv',
      {
        'pyproject.toml': '[project]\nname = "r"\n[tool.uv.workspace]\nmembers = ["*"]\n',
        'a/pyproject.toml': '[project]\nname = "a"\n',
        'hidden/pyproject.toml':
          '[project]\nname = "hidden"\ndependencies = ["a"]\n[tool.uv.sources]\na = { workspace = true }\n',
      },
    ],
  ])('of %s is told of, belongs to its parent, and is in step', async (_title, files) => {
    const root = makeRepository({ ...files, '.gitignore': 'hidden/\n' });
    git(root, 'add', '--all', '--force');
    git(root, 'commit', '--quiet', '--message=all');
    const { code, stdout } = await runHere(root, ['init', '--yes']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^hidden\/\S+: warning: makes hidden a part, but Git ignores what is new there/m);
    expect(git(root, 'status', '--porcelain')).toBe('?? rhema.yaml\n');
    expect(await needs(root)).toEqual({ '.': ['a'], a: [] });
    expect(await runHere(root, ['scope', 'refresh', '--check'])).toMatchObject({ code: 0 });
    await runHere(root, ['agent', 'join', 'bob']);
    const held = await runHere(root, ['lock', 'acquire', 'hidden/x', '--agent', 'bob', '--json']);
    expect(held.body).toMatchObject({ ok: true });
  });
});
