import { chmodSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findRepository, fingerprintOnly, ScanMemory, scanRepository, type ScanResult } from '../index.ts';
import {
  commitAll,
  flat,
  git,
  graphOf,
  makeRepository,
  problemsOf,
  scan,
  scanBare,
  temporaryFolder,
  write,
  type Files,
} from '../testing/fixture.ts';
import { defaultConfig } from '../../config/index.ts';
import { asBound } from '../testing/nobody.ts';

/** A root scope's file with these lines in its block. */
const rootFile = (...lines: readonly string[]): string =>
  ['name: top', 'agent_coordination:', ...lines.map((line) => `  ${line}`), ''].join('\n');

/** Folders that hold something. */
const folders = (...paths: readonly string[]): Files =>
  Object.fromEntries(paths.map((path) => [`${path}/file.txt`, 'x\n']));

const scanned = (lines: readonly string[], more: Files = {}): ReturnType<typeof scan> =>
  scan(makeRepository({ 'rhema.yaml': rootFile(...lines), ...more }));

const twoListed = {
  'rhema.yaml': rootFile('lock_timeout: 2m', 'scopes:', '  a: { dependencies: [/b] }', '  b:'),
  'c/rhema.yaml': flat('c'),
  ...folders('a', 'b'),
};

async function expectAllKept(root: string, before: ScanResult): Promise<void> {
  expectKept(before, await scan(root, before));
}

function expectKept(before: ScanResult, after: ScanResult): void {
  expect(graphOf(before)).toEqual({ '.': [], a: ['b'], b: [], c: [] });
  expect(graphOf(after)).toEqual(graphOf(before));
  expect(after.config.config).toEqual(before.config.config);
  expect(after.sound).toBe(false);
  expect([...after.configUnread, ...after.config.problems]).not.toEqual([]);
  expect(after.problems.map(({ message }) => message)).toContainEqual(
    expect.stringMatching(/lists: the last good definition of \d scopes stays/),
  );
}

describe('a scope that the root scope’s file lists', () => {
  test('has no options of its own: a warning names the place of one', async () => {
    const result = await scanned(['scopes:', '  a: { type: library, strict_mode: true }'], folders('a'));
    expect(result.problems.map(({ severity, message }) => [severity, message])).toEqual([
      ['warning', 'strict_mode is of no scope by itself: move it under agent_coordination.safety_validation'],
    ]);
  });

  test('is what its entry says, and depends on what that names', async () => {
    const result = await scanned(
      [
        'scopes:',
        '  packages/ui:',
        '    name: "@acme/ui"',
        '    type: library',
        '    description: buttons',
        '    dependencies: [/packages/core, ../util]',
        '  packages/core:',
        '    scope_type: service',
        '  packages/util/: { dependencies: [{ path: ../core, dependency_type: development }] }',
        '  apps/web:',
      ],
      folders('packages/ui', 'packages/core', 'packages/util', 'apps/web'),
    );
    expect(result).toMatchObject({ problems: [], sound: true });
    expect(graphOf(result)).toEqual({
      '.': [],
      'apps/web': [],
      'packages/core': [],
      'packages/ui': ['packages/core', 'packages/util'],
      'packages/util': ['packages/core'],
    });
    expect(result.definitions.map(({ name, type }) => `${name} ${type}`)).toEqual([
      'top unspecified',
      'web unspecified',
      'core service',
      '@acme/ui library',
      'util unspecified',
    ]);
    expect(result.places.get('packages/ui' as never)).toMatchObject({
      kind: 'listed',
      position: { file: 'rhema.yaml', line: 4, column: 5 },
    });
  });

  test('is read from the block under rhema as well, and through an alias', async () => {
    const text =
      'rhema:\n  scope: { name: top }\n  agent_coordination:\n    scopes:\n      a: &same { type: app }\n      b: *same\n';
    const result = await scan(makeRepository({ 'rhema.yaml': text, ...folders('a', 'b') }));
    expect(result.definitions.map(({ path, type }) => `${path} ${type}`)).toEqual([
      '. unspecified',
      'a app',
      'b app',
    ]);
  });

  test('is what its own file says, where it has one, and the entry is named', async () => {
    const result = await scanned(['scopes:', '  a: { name: listed }'], { 'a/rhema.yaml': flat('own') });
    expect(result.definitions.find(({ path }) => path === 'a')?.name).toBe('own');
    expect(problemsOf(result)).toEqual(['SHADOWED_ENTRY rhema.yaml:4:5']);
    expect(result.problems[0]?.message).toContain('a/rhema.yaml says what that scope is');
    expect(result.sound).toBe(true);
  });

  test('may be the folder of installed packages, or one that is not there yet', async () => {
    const result = await scanned(['scopes:', '  node_modules/x:', '  later:'], folders('node_modules/x'));
    expect(Object.keys(graphOf(result))).toEqual(['.', 'later', 'node_modules/x']);
    expect(problemsOf(result)).toEqual(['FOLDER_MISSING rhema.yaml:5:5']);
    expect(result.sound).toBe(true);
  });

  test.each<readonly [title: string, line: string, code: string, said: string]>([
    ['a path that leads out', '../a: {}', 'INVALID_PATH', 'leads out of the repository'],
    ['a file', 'file.txt: {}', 'INVALID_PATH', 'is a file'],
    ['Git’s own folder', '.git/hooks: {}', 'INVALID_PATH', 'nothing in .git'],
    ['Git’s own folder in capitals', '.GIT: {}', 'INVALID_PATH', 'nothing in .git'],
    ['a spelling in another case', 'PACKAGES/a: {}', 'INVALID_PATH', 'spelled packages/a'],
    ['nothing', '"": {}', 'INVALID_PATH', 'needs the path of a folder'],
    ['a map', '? { x: y }\n    : z', 'INVALID_PATH', 'needs the path of a folder'],
    ['a symlink to another folder', 'link: {}', 'INVALID_PATH', 'list packages/a'],
    ['a symlink that leads out', 'out: {}', 'OUTSIDE_REPOSITORY', 'leads out'],
    ['a symlink that leads nowhere', 'nowhere: {}', 'OUTSIDE_REPOSITORY', 'or nowhere'],
    ['a text', 'packages/a: library', 'WRONG_TYPE', 'must be keys and values'],
    ['a name that is none', 'packages/a: { name: [x] }', 'WRONG_TYPE', 'name must be text'],
    [
      'a dependency on nothing',
      'packages/a: { dependencies: [nothing/here] }',
      'UNKNOWN_DEPENDENCY',
      'is no scope',
    ],
    ['a bad pattern', 'packages/a: { split: ["{a"] }', 'INVALID_PATTERN', 'brace'],
    ['a pattern that is no text', 'packages/a: { split: [1] }', 'INVALID_PATTERN', 'must be a text'],
  ])('that is %s is an error with its place and what to do', async (_title, line, code, said) => {
    const root = makeRepository({ 'rhema.yaml': rootFile('scopes:', `  ${line}`), ...folders('packages/a') });
    writeFileSync(join(root, 'file.txt'), 'x');
    symlinkSync('packages/a', join(root, 'link'));
    symlinkSync(temporaryFolder(), join(root, 'out'));
    symlinkSync('gone', join(root, 'nowhere'));
    const result = await scan(root);
    expect(result.sound).toBe(false);
    expect(result.problems).toMatchObject([
      { code, file: 'rhema.yaml', line: 4, message: expect.stringContaining(said) as string },
    ]);
  });

  test('is of the folder whose name it has, also where that begins or ends with a space', async () => {
    const { definitions, problems } = await scanned(["scopes: { a: {}, 'a ': {}, ' b': {} }"], {
      'a/x': '',
      'a /x': '',
      ' b/x': '',
    });
    expect(problems).toEqual([]);
    expect(definitions.map(({ path }) => path)).toEqual([' b', '.', 'a', 'a ']);
  });

  test('that is listed twice, in two spellings, is an error', async () => {
    const result = await scanned(['scopes:', '  a: {}', '  ./a/: {}'], folders('a'));
    expect(problemsOf(result)).toEqual(['DUPLICATE_KEY rhema.yaml:5:5']);
  });

  test('keeps its last good definition while its entry is broken, and the others follow', async () => {
    const root = makeRepository({
      'rhema.yaml': rootFile('scopes:', '  a: { type: one }', '  b: { type: one }'),
      ...folders('a', 'b'),
    });
    const before = await scan(root);
    writeFileSync(join(root, 'rhema.yaml'), rootFile('scopes:', '  a: { name: [] }', '  b: { type: two }'));
    const after = await scan(root, before);
    expect(after.definitions.map(({ path, type }) => `${path} ${type}`)).toEqual([
      '. unspecified',
      'a one',
      'b two',
    ]);
    expect(problemsOf(after)).toEqual(
      ['LAST_GOOD_KEPT rhema.yaml:4:5', 'WRONG_TYPE rhema.yaml:4:16'].toSorted(),
    );
  });

  test.each([
    ['is no YAML', 'name: [top'],
    ['has a block that is none', 'name: top\nagent_coordination: [a]\n'],
    ['has a list that is none', rootFile('scopes: [a]')],
    ['is empty', ''],
    ['has remarks alone', '# name: top\n'],
    ['has the mark of a document alone', '---\n'],
    ['says null', 'null\n'],
    ['has braces alone', '{}\n'],
    ['is a text', 'top\n'],
  ])('stays while the file that lists it %s', async (_title, broken) => {
    const root = makeRepository(twoListed);
    const before = await scan(root);
    writeFileSync(join(root, 'rhema.yaml'), broken);
    await expectAllKept(root, before);
  });

  test.each([
    ['is a link that leads out of the repository', '/etc/hostname'],
    ['is a link that leads nowhere', 'nowhere'],
  ])('stays while the file that lists it %s', async (_title, target) => {
    const root = makeRepository(twoListed);
    const before = await scan(root);
    rmSync(join(root, 'rhema.yaml'));
    symlinkSync(target, join(root, 'rhema.yaml'));
    await expectAllKept(root, before);
  });

  test('stays while the folder of the file that lists it is a link', async () => {
    const { 'rhema.yaml': text, ...others } = twoListed;
    const root = makeRepository({ '.rhema/rhema.yaml': text, ...others });
    const before = await scan(root);
    const elsewhere = temporaryFolder();
    renameSync(join(root, '.rhema'), join(elsewhere, 'moved'));
    symlinkSync(join(elsewhere, 'moved'), join(root, '.rhema'));
    await expectAllKept(root, before);
    write(root, { 'rhema.yaml': 'name: other\n' });
    await expectAllKept(root, before);
  });

  test('stays while a link in a commit is the file that lists it, of which a bare repository follows none', async () => {
    const root = makeRepository(twoListed);
    const before = await scan(root);
    renameSync(join(root, 'rhema.yaml'), join(root, 'list.yaml'));
    symlinkSync('list.yaml', join(root, 'rhema.yaml'));
    commitAll(root);
    const bare = temporaryFolder();
    git(bare, 'clone', '--quiet', '--bare', root, '.');
    expectKept(before, await scanBare(bare, before));
  });

  test('stays while nobody may open the file that lists it', async () => {
    const root = makeRepository(twoListed);
    await asBound(root, async () => {
      const before = await scan(root);
      chmodSync(join(root, 'rhema.yaml'), 0);
      await expectAllKept(root, before);
    });
  });

  test('is read from the last commit of a bare repository, as its folders are', async () => {
    const root = makeRepository({
      'rhema.yaml': rootFile('scopes:', '  a:', '  B:', '  later:', '  file:', 'split: [src/*]'),
      file: 'x',
      ...folders('a', 'b', 'src/one', 'src/two/deep'),
    });
    commitAll(root);
    const bare = temporaryFolder();
    git(bare, 'clone', '--quiet', '--bare', root, '.');
    const result = await scanBare(bare);
    expect(Object.keys(graphOf(result))).toEqual(['.', 'a', 'later', 'src/one', 'src/two']);
    expect(problemsOf(result)).toEqual([
      'INVALID_PATH rhema.yaml:5:5',
      'FOLDER_MISSING rhema.yaml:6:5',
      'INVALID_PATH rhema.yaml:7:5',
    ]);
  });

  test('is not missing where a sparse checkout leaves its folder out', async () => {
    const root = makeRepository({
      'rhema.yaml': rootFile('scopes:', '  a:', '  b:', '  c:', 'split: [d/*]'),
      ...folders('a', 'b', 'd/one'),
    });
    commitAll(root);
    git(root, 'sparse-checkout', 'set', 'a');
    const result = await scan(root);
    expect(Object.keys(graphOf(result))).toEqual(['.', 'a', 'b', 'c', 'd/one']);
    expect(problemsOf(result)).toEqual(['FOLDER_MISSING rhema.yaml:6:5']);
  });
});

describe('what is excluded', () => {
  const files = {
    'test/fixtures/one/rhema.yaml': flat('one'),
    'test/fixtures/two/rhema.yaml': flat('two'),
    'test/rhema.yaml': flat('test'),
  };

  test('is no scope by its own file, unless it is included or listed', async () => {
    const excluded = await scanned(['exclude: "**/fixtures/**"'], files);
    expect(Object.keys(graphOf(excluded))).toEqual(['.', 'test']);
    expect(excluded).toMatchObject({ problems: [], sound: true });
    const included = await scanned(['exclude: ["**/fixtures/**"]', 'include: [two]'], files);
    expect(Object.keys(graphOf(included))).toEqual(['.', 'test', 'test/fixtures/two']);
    const listed = await scanned(['exclude: [fixtures]', 'scopes:', '  test/fixtures/three:'], {
      ...files,
      ...folders('test/fixtures/three'),
    });
    expect(Object.keys(graphOf(listed))).toEqual(['.', 'test', 'test/fixtures/three']);
  });

  test('never is the top folder', async () => {
    const result = await scanned(['exclude: ["**", "*"]'], files);
    expect(Object.keys(graphOf(result))).toEqual(['.']);
  });

  test.each([
    ['of no pattern', 'exclude: ["a//b"]', 'CONFIG_WRONG_TYPE rhema.yaml:3:13'],
    ['of something else', 'exclude: { a: b }', 'CONFIG_WRONG_TYPE rhema.yaml:3:12'],
    ['of another type', 'exclude: [1]', 'CONFIG_WRONG_TYPE rhema.yaml:3:13'],
    ['of too many', `exclude: [${'a,'.repeat(201)}]`, 'CONFIG_OUT_OF_BOUNDS rhema.yaml:3:12'],
  ])('by a list %s is an error with its place', async (_title, line, expected) => {
    expect(problemsOf(await scanned([line]))).toEqual([expected]);
  });
});

describe('folders that patterns split', () => {
  const files = {
    ...folders('app/src/core/deep', 'app/src/ui', 'app/src/fixtures', 'other/src/x'),
    'app/src/top.ts': 'x',
    'app/src/own/rhema.yaml': flat('mine'),
    '.gitignore': 'ignored\n',
    'app/src/ignored/file.txt': 'x',
    'app/src/node_modules/file.txt': 'x',
  };

  test('are scopes, in which Git knows a file and which have none of their own', async () => {
    const result = await scanned(['split: app/src/*', 'exclude: [fixtures]'], files);
    expect(Object.keys(graphOf(result))).toEqual(['.', 'app/src/core', 'app/src/own', 'app/src/ui']);
    expect(result.definitions.map(({ name }) => name)).toEqual(['top', 'core', 'mine', 'ui']);
    expect(result.places.get('app/src/ui' as never)).toMatchObject({ kind: 'split', file: 'rhema.yaml' });
    expect(result).toMatchObject({ problems: [], sound: true });
  });

  test.each(['src/*', './src/*', 'app/src/*', '/app/src/{core,ui,fixtures,own}'])(
    'may be seen from the folder of an entry: %s',
    async (pattern) => {
      const result = await scanned(['scopes:', `  app: { split: ["${pattern}"] }`], files);
      expect(Object.keys(graphOf(result))).toEqual([
        '.',
        'app',
        'app/src/core',
        'app/src/fixtures',
        'app/src/own',
        'app/src/ui',
      ]);
    },
  );

  test('are seen when they come and go', async () => {
    const root = makeRepository({ 'rhema.yaml': rootFile('split: [src/*]'), ...folders('src/one') });
    const first = await scan(root);
    mkdirSync(join(root, 'src/two'));
    writeFileSync(join(root, 'src/two/file.txt'), 'x');
    const second = await scan(root);
    expect(Object.keys(graphOf(second))).toEqual(['.', 'src/one', 'src/two']);
    expect(second.fingerprint).not.toBe(first.fingerprint);
    rmSync(join(root, 'src/two'), { recursive: true });
    expect((await scan(root)).fingerprint).toBe(first.fingerprint);
  });

  test.each([null, new ScanMemory()])('change what is seen without reading any file', async (memory) => {
    const root = makeRepository({ 'rhema.yaml': rootFile('split: [src/*]'), ...folders('src/one') });
    const repository = await findRepository({ cwd: root, env: {} });
    const scanNow = async (): Promise<string> =>
      (await scanRepository(repository, { previous: null, env: {}, memory })).fingerprint;
    const first = await scanNow();
    expect(await fingerprintOnly(repository, memory)).toBe(first);
    mkdirSync(join(root, 'src/two'));
    writeFileSync(join(root, 'src/two/file.txt'), 'x');
    const second = await fingerprintOnly(repository, memory);
    expect(second).not.toBe(first);
    expect(await scanNow()).toBe(second);
    writeFileSync(join(root, 'rhema.yaml'), rootFile('split: [src/o*]'));
    expect(await fingerprintOnly(repository, memory)).toBe(await scanNow());
  });
});

describe('a folder that has become one with a scope of its own while the list cannot be read', () => {
  const lines = ['exclude: [fixtures]', 'scopes:', '  a:'];
  const files = { 'rhema.yaml': rootFile(...lines), ...folders('a'), 'fixtures/x/rhema.yaml': flat('x') };

  test('is none, since the list may exclude it; whoever scans for the first time knows no better', async () => {
    const root = makeRepository(files);
    const first = await scan(root);
    write(root, { 'rhema.yaml': 'x: [\n', 'new/rhema.yaml': flat('new') });
    const anew = await scan(root, { ...first, config: { ...first.config, config: defaultConfig } });
    expect(Object.keys(graphOf(anew))).toEqual(['.', 'a']);
    expect(anew.problems.filter(({ message }) => message.includes('2 folders'))).toHaveLength(1);
    write(root, { 'rhema.yaml': rootFile(...lines) });
    expect(Object.keys(graphOf(await scan(root, anew)))).toEqual(['.', 'a', 'new']);
  });
});
