/** All scopes in the file at the top: what init writes, and what a refresh changes there. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  commitAll,
  flat,
  git,
  makeRepository,
  write,
  type Files,
} from '../../src/repository/testing/fixture.ts';
import {
  changesOf,
  graph,
  init as initWith,
  json,
  library,
  noticesOf,
  planInit,
  planRefresh,
  refresh,
  workspace,
} from './support.ts';
import type { Plan } from '../../src/init/index.ts';

const manifest = (name: string, ...dependencies: readonly string[]): string =>
  json({ name, dependencies: Object.fromEntries(dependencies.map((dependency) => [dependency, '*'])) });

const init = (at: string, options: object = {}): Promise<Plan> => initWith(at, { layout: null, ...options });

let root = '';
const read = (): string => readFileSync(join(root, 'rhema.yaml'), 'utf8');
const edit = (change: (text: string) => string): void => {
  const [before, after] = [read(), change(read())];
  expect(after).not.toBe(before);
  writeFileSync(join(root, 'rhema.yaml'), after);
};

beforeEach(async () => {
  root = makeRepository({
    'package.json': json({ name: 'acme', workspaces: ['*'] }),
    'a/package.json': manifest('a'),
    'b/package.json': manifest('b', 'a'),
    'c/package.json': json({ name: 'c', dependencies: { a: '*' }, devDependencies: { b: '*' } }),
  });
  await init(root);
});

it('one file says what each scope is, and a second run has nothing to do', async () => {
  expect(read()).toMatchInlineSnapshot(`
    "# By \`rhema init\`. \`rhema scope refresh\` keeps what \`generated\` lists in step with the code; the rest is yours.
    name: acme
    scope_type: repository
    version: 1.0.0

    # How agents are coordinated. See: rhema config explain
    agent_coordination:
      enabled: true # false: nothing is locked here, and nobody waits
      # How many scopes an agent may hold at once.
      max_locks_per_agent: 4
      # How many may hold locks at the same time; one more waits.
      max_concurrent_agents: 8
      scopes:
        a:
          name: a
          type: library
          generated: { from: package.json, digest: deebd8ec505c }
        b:
          name: b
          type: library
          dependencies: [/a]
          generated:
            from: package.json
            digest: 8f9ba8ae4721
            dependencies: [/a]
        c:
          name: c
          type: library
          dependencies:
            - /a
            - { path: /b, dependency_type: development }
          generated:
            from: package.json
            digest: 9a95f8588cbb
            dependencies: [/a, /b]

    generated:
      from: package.json
      digest: d8932ae645f3
      rules: 2
    "
  `);
  expect(existsSync(join(root, 'a/rhema.yaml'))).toBe(false);
  expect((await planRefresh(root)).changes).toEqual([]);
  expect((await planInit(root, { layout: null })).changes).toEqual([]);
  edit((text) => text.replaceAll('\n', '\r\n'));
  expect((await planRefresh(root)).changes).toEqual([]);
});

describe('code that changed', () => {
  it('changes entries, adds them in their order, and takes them out', async () => {
    write(root, { 'ab/package.json': manifest('ab', 'c'), 'b/package.json': manifest('beta', 'a') });
    rmSync(join(root, 'a'), { recursive: true });
    const plan = await refresh(root);
    expect(changesOf(plan)).toEqual(['change rhema.yaml']);
    expect(graph(plan)).toEqual({ '.': [], ab: ['c'], b: [], c: [] });
    expect(read()).toMatch(/ {2}scopes:\n {4}ab:\n[^]*\n {4}b:\n {6}name: beta\n[^]*\n {4}c:\n/);
    expect((await planRefresh(root)).changes).toEqual([]);
  });
});

describe('what a person has written', () => {
  it('stays byte for byte, whatever changes around it', async () => {
    edit((text) =>
      text
        .replace(
          '    b:\n      name: b\n',
          '    # the second\n    b: # b\n      # its name\n      name: b # mine\n      owner: bob\n',
        )
        .replace('  scopes:\n', '  scopes: # all of them\n')
        .replace('    c:\n', '\n    # the last\n    c:\n'),
    );
    write(root, { 'aa/package.json': manifest('aa'), 'b/package.json': manifest('other', 'a', 'aa') });
    await refresh(root);
    expect(read()).toContain(
      '    # the second\n    b: # b\n      # its name\n      name: b # mine\n      owner: bob\n      type: library\n      dependencies: [/a, /aa]\n',
    );
    expect(read()).toContain('  scopes: # all of them\n');
    expect(read()).toContain('\n\n    # the last\n    c:\n');
    expect((await planRefresh(root)).changes).toEqual([]);
  });

  it('counts: a dependency that was taken out is not put in again, and one that was added stays', async () => {
    edit((text) => text.replace('dependencies: [/a]\n', 'dependencies: [/]\n'));
    const plan = await planRefresh(root);
    expect(plan.changes).toEqual([]);
    expect(graph(plan)['b']).toEqual(['.']);
  });

  it('is named with its place where the code no longer has it', async () => {
    edit((text) => text.replace('    b:\n', '    b: # mine\n'));
    rmSync(join(root, 'b'), { recursive: true });
    const plan = await planRefresh(root);
    expect(noticesOf(plan)).toEqual([expect.stringMatching(/^KEPT_BY_HAND rhema\.yaml:\d+:5$/)]);
    expect(plan.notices[0]?.message).toContain('the entry of b describes a part that the code no longer has');
  });

  it('is an entry without generated, or one for a folder that is no part: they are left alone', async () => {
    edit((text) => text.replace(/( {4}a:\n)(?: {6}.*\n)+/, '$1      type: mine\n    docs/old:\n'));
    write(root, { 'a/package.json': manifest('a', 'c') });
    const plan = await planRefresh(root);
    expect(plan.changes).toEqual([]);
    expect(graph(plan)).toEqual({ '.': [], a: [], b: ['a'], c: ['a', 'b'], 'docs/old': [] });
  });

  it('in a form in which nothing can be added is refused with line and key', async () => {
    edit((text) => text.replace('dependencies: [/a]\n', 'dependencies: { children: [/a] }\n'));
    write(root, { 'b/package.json': manifest('b', 'a', 'c'), 'c/package.json': manifest('c') });
    const plan = await planRefresh(root);
    const line =
      read()
        .split('\n')
        .findIndex((one) => one.includes('children')) + 1;
    expect(noticesOf(plan)).toEqual([`KEPT_BY_HAND rhema.yaml:${line}`]);
    expect(plan.notices[0]?.message).toMatch(/^the entry of b .*under dependencies for certain/);
  });

  it('in an own file beside a list stays there, and others are listed', async () => {
    write(root, { 'd/package.json': manifest('d', 'a'), 'e/rhema.yaml': flat('e', '/a') });
    const plan = await refresh(root);
    expect(graph(plan)).toMatchObject({ d: ['a'], e: ['a'] });
    expect(changesOf(plan)).toEqual(['change rhema.yaml']);
  });
});

describe('where scopes are written', () => {
  const files: Files = {
    'package.json': workspace('*'),
    'a/package.json': manifest('a'),
    'b/package.json': manifest('b'),
  };

  it('is each folder where scopes have files already, and one file where only the top has one', async () => {
    root = makeRepository({ ...files, 'a/rhema.yaml': flat('a') });
    expect(changesOf(await init(root, { derive: true }))).toEqual(['add rhema.yaml', 'add b/rhema.yaml']);
    root = makeRepository({ ...files, '.rhema/rhema.yaml': 'name: top\ndependencies: ~\n' });
    expect(changesOf(await init(root, { derive: true }))).toEqual(['change .rhema/rhema.yaml']);
  });

  it('is each folder where one file would be longer than anybody reads', async () => {
    const many = Object.fromEntries(
      Array.from({ length: 2_600 }, (_, index) => [
        `p${index}/package.json`,
        manifest(`p${index}`, `p${index + 1}`),
      ]),
    );
    root = makeRepository({ 'package.json': workspace('*'), ...many });
    const plan = await planInit(root, { layout: null });
    expect(plan.changes).toHaveLength(2_601);
    expect(plan.notices.map(({ code, severity }) => `${severity} ${code}`)).toEqual(['warning TOO_LONG']);
    const asked = await planInit(root, { layout: 'one' });
    expect(asked.notices.map(({ code, severity }) => `${severity} ${code}`)).toEqual(['error TOO_LONG']);
  });

  it('is the list alone where it was written by hand', async () => {
    root = makeRepository({ ...files, 'rhema.yaml': 'name: top\nagent_coordination:\n  scopes:\n    a:\n' });
    const plan = await init(root, { derive: true });
    expect(changesOf(plan)).toEqual(['change rhema.yaml']);
    expect(graph(plan)).toEqual({ '.': [], a: [], b: [] });
    expect(read()).toContain('  scopes:\n    a:\n    b:\n      name: b\n');
  });
});

describe('what is left to the scope around it', () => {
  const packages = (...paths: readonly string[]): Files =>
    Object.fromEntries(paths.map((path) => [`${path}/package.json`, manifest(path)]));

  it('is what lies in fixtures and examples, as the configuration says from then on', async () => {
    root = makeRepository({
      'package.json': workspace('**'),
      ...packages('core', 'core/test/fixtures/one', 'examples/shop', 'core/test/helper', 'test/smoke'),
      'core/test/fixtures/one/index.js': "import 'test/smoke'\n",
    });
    const plan = await init(root);
    expect(plan.leftAside).toEqual({
      exclude: ['**/examples/**', '**/fixtures/**', 'core/test/**'],
      parts: 3,
    });
    expect(graph(plan)).toEqual({ '.': [], core: [], examples: [], 'test/smoke': [] });
    expect((await planRefresh(root)).changes).toEqual([]);
    edit((text) => text.replace('    - core/test/**\n', ''));
    expect(graph(await refresh(root))).toMatchObject({ 'core/test/helper': [] });
    edit((text) =>
      text.replace('    - "**/examples/**"\n', '').replace('  exclude:\n', '  exclude:\n    - helper\n'),
    );
    const less = await refresh(root);
    expect(Object.keys(graph(less))).toEqual(['.', 'core', 'examples/shop', 'test/smoke']);
  });

  it('is nothing where nothing else would be left, or where somebody has written a scope', async () => {
    root = makeRepository({ 'package.json': workspace('**'), ...packages('examples/a', 'examples/b') });
    expect(Object.keys(graph(await init(root)))).toEqual(['.', 'examples/a', 'examples/b']);
    root = makeRepository({
      'package.json': workspace('**'),
      ...packages('core', 'examples/a', 'examples/b'),
      'examples/a/rhema.yaml': flat('mine'),
    });
    expect(Object.keys(graph(await init(root, { derive: true })))).toEqual([
      '.',
      'core',
      'examples/a',
      'examples/b',
    ]);
  });

  it('is no longer a scope once it is excluded, and its file goes if nobody has changed it', async () => {
    root = makeRepository({ 'package.json': workspace('**'), ...packages('core', 'old/a', 'old/b') });
    await init(root, { layout: 'files' });
    writeFileSync(join(root, 'old/b/rhema.yaml'), 'name: mine\n');
    edit((text) => text.replace(/  enabled: true.*\n/, '  enabled: true\n  exclude: [old/**]\n'));
    const plan = await refresh(root);
    expect(changesOf(plan)).toEqual(['add old/rhema.yaml', 'remove old/a/rhema.yaml']);
  });
});

describe('folders at the top in which no part is', () => {
  it('are scopes of their own beside manifests, but for those of tools', async () => {
    root = makeRepository({
      'go.mod': 'module example.org/x\n\ngo 1.22\n',
      'main.go': 'package main\n',
      'pkg/util/util.go': 'package util\n',
      ...Object.fromEntries(
        ['docs', 'examples', '.github/workflows', '.vscode', '.changeset', 'dist'].map((path) => [
          `${path}/x`,
          '',
        ]),
      ),
    });
    commitAll(root);
    git(root, 'rm', '-q', '--cached', 'dist/x');
    expect(Object.keys(graph(await init(root)))).toEqual(['.', '.github', 'docs', 'examples', 'pkg/util']);
    write(root, { 'new/x': '' });
    expect(changesOf(await refresh(root))).toEqual(['change rhema.yaml']);
  });

  it('are none where scopes were derived before there was such a rule, until init is run again', async () => {
    root = makeRepository({ 'package.json': workspace('a'), 'a/package.json': manifest('a'), 'docs/x': '' });
    await init(root, { layout: 'files' });
    rmSync(join(root, 'docs/rhema.yaml'));
    edit((text) => text.replace('  rules: 2\n', ''));
    expect((await planRefresh(root)).changes).toEqual([]);
    expect(changesOf(await init(root))).toEqual(['change rhema.yaml', 'add docs/rhema.yaml']);
    expect(read()).toContain('  rules: 2\n');
  });
});

describe('a member that Git ignores', () => {
  it.each<readonly [title: string, files: Files]>([
    [
      'of npm',
      {
        'package.json': workspace('*'),
        'a/package.json': manifest('a'),
        'checks/package.json': manifest('checks', 'a'),
      },
    ],
    [
      'of pnpm',
      {
        'pnpm-workspace.yaml': 'packages: [a, checks]\n',
        'a/package.json': manifest('a'),
        'checks/package.json': manifest('checks', 'a'),
      },
    ],
    [
      'of Cargo',
      {
        'Cargo.toml': '[workspace]\nmembers = ["*"]\n',
        'a/Cargo.toml': '[package]\nname = "a"\n',
        'checks/Cargo.toml': '[package]\nname = "checks"\n[dependencies]\na = { path = "../a" }\n',
      },
    ],
    [
      'of Go',
      { 'go.mod': 'module m\n', 'a/a.go': 'package a\n', 'checks/c.go': 'package checks\nimport _ "m/a"\n' },
    ],
    [
      'of uv',
      {
        'pyproject.toml': '[project]\nname = "r"\n[tool.uv.workspace]\nmembers = ["*"]\n',
        'a/pyproject.toml': '[project]\nname = "a"\n',
        'checks/pyproject.toml':
          '[project]\nname = "checks"\ndependencies = ["a"]\n[tool.uv.sources]\na = { workspace = true }\n',
      },
    ],
  ])('%s is named and left to its parent, which needs what it needs', async (_title, files) => {
    root = makeRepository({ ...files, '.gitignore': 'checks/\n' });
    git(root, 'add', '--all', '--force');
    for (const layout of ['one', 'files'] as const) {
      const plan = await planInit(root, { layout });
      expect(graph(plan)).toEqual({ '.': ['a'], a: [] });
      expect(noticesOf(plan)).toEqual([expect.stringMatching(/^IGNORED_BY_GIT checks\//)]);
      expect(plan.notices[0]).toMatchObject({ severity: 'warning' });
    }
  });
});

describe('the limits of a new configuration', () => {
  const commit = (at: string, files: readonly string[], text: string): void => {
    write(at, Object.fromEntries(files.map((file) => [file, text])));
    commitAll(at);
  };

  it('fit the history: what 95 of 100 commits of people needed, and 4 at least', async () => {
    const scopes = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
    root = makeRepository({
      'package.json': workspace('*'),
      ...Object.fromEntries(scopes.map((path) => [`${path}/package.json`, manifest(path)])),
    });
    commitAll(root);
    expect((await planInit(root, { layout: null })).changes[0]?.after).toContain(
      '  max_locks_per_agent: 4\n',
    );
    for (let count = 0; count < 20; count += 1) commit(root, ['a/x'], String(count));
    for (let count = 0; count < 4; count += 1)
      commit(
        root,
        scopes.slice(0, 6).map((path) => `${path}/y`),
        String(count),
      );
    for (let count = 0; count < 9; count += 1) {
      write(root, Object.fromEntries(scopes.map((path) => [`${path}/z`, String(count)])));
      git(root, 'add', '--all');
      git(root, 'commit', '--quiet', '--message=x', '--author=renovate[bot] <bot@example.org>');
    }
    await init(root, { agents: 12 });
    expect(read()).toContain(
      '  # Of the last 24 commits of people 95 in 100 changed at most 6 scopes.\n  max_locks_per_agent: 6\n',
    );
    expect(read()).toContain('  max_concurrent_agents: 12\n');
  });

  it('are not added to a configuration that somebody has written', async () => {
    root = makeRepository({
      'package.json': library('x'),
      'a/x': '',
      'rhema.yaml': 'name: x\nagent_coordination:\n  enabled: true\n',
    });
    await init(root, { derive: true });
    expect(read()).not.toContain('max_');
  });
});
