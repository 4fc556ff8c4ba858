import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { fingerprintOnly, findRepository } from './index.ts';
import {
  commitAll,
  git,
  graphOf,
  makeRepository,
  problemsOf,
  scan,
  temporaryFolder,
  write,
} from './testing/fixture.ts';

const flat = (name: string, ...dependencies: string[]): string =>
  [
    `name: ${name}`,
    'scope_type: service',
    'dependencies:',
    ...dependencies.map((path) => `  - path: ${path}`),
  ].join('\n');

describe('layouts', () => {
  test('a scope is defined in either folder under either name', async () => {
    const result = await scan(
      makeRepository({
        'a/.rhema/rhema.yaml': flat('a'),
        'b/.rhema/scope.yaml': flat('b'),
        'c/rhema.yaml': flat('c'),
        'd/scope.yaml': flat('d'),
        'rhema.yaml': flat('top'),
      }),
    );
    expect(Object.keys(graphOf(result))).toEqual(['.', 'a', 'b', 'c', 'd']);
    expect(result.files.get('a' as never)).toBe('a/.rhema/rhema.yaml');
    expect(result).toMatchObject({ problems: [], sound: true });
  });

  test('of several files of one folder the first in the order of precedence counts, and the others are named', async () => {
    const result = await scan(
      makeRepository({ 'a/.rhema/scope.yaml': flat('chosen'), 'a/rhema.yaml': flat('passed-over') }),
    );
    expect(result.definitions).toMatchObject([{ path: 'a', name: 'chosen' }]);
    expect(problemsOf(result)).toEqual(['SHADOWED_FILE a/rhema.yaml']);
    expect(result.sound).toBe(true);
  });

  test("other tools' files called scope.yaml are left alone, also when they are not YAML", async () => {
    const files = { 'a/scope.yaml': 'kind: Scope\nmetadata: { name: x }\n', 'b/scope.yaml': '{{ helm }}: [' };
    expect(problemsOf(await scan(makeRepository(files)))).toEqual(['NO_SCOPES -']);
  });

  test('a scope.yaml that only lacks a name is ignored with a warning', async () => {
    const result = await scan(
      makeRepository({ 'a/scope.yaml': 'scope_type: service\n', 'rhema.yaml': flat('r') }),
    );
    expect(graphOf(result)).toEqual({ '.': [] });
    expect(problemsOf(result)).toEqual(['NAME_MISSING a/scope.yaml']);
  });

  test('a broken scope.yaml that has keys of ours is an error', async () => {
    const result = await scan(makeRepository({ 'a/scope.yaml': 'scope_type: service\nname: [\n' }));
    expect(problemsOf(result)[0]).toMatch(/^YAML_SYNTAX a\/scope.yaml/);
  });

  test('deeper inside a .rhema folder nothing is a scope', async () => {
    const result = await scan(
      makeRepository({ '.rhema/templates/rhema.yaml': flat('t'), 'rhema.yaml': flat('r') }),
    );
    expect(graphOf(result)).toEqual({ '.': [] });
    expect(problemsOf(result)).toEqual(['MISPLACED_FILE .rhema/templates/rhema.yaml']);
  });

  test('no scope at all is worth a word', async () => {
    expect(await scan(makeRepository())).toMatchObject({ problems: [{ code: 'NO_SCOPES' }], sound: true });
  });
});

describe('Git decides what is looked at', () => {
  test('ignored folders are not scopes', async () => {
    const files = { '.gitignore': 'vendor/\n', 'vendor/x/rhema.yaml': flat('x'), 'y/rhema.yaml': flat('y') };
    expect(graphOf(await scan(makeRepository(files)))).toEqual({ y: [] });
  });

  test('a tracked file that was deleted is gone', async () => {
    const root = makeRepository({ 'a/rhema.yaml': flat('a'), 'b/rhema.yaml': flat('b') });
    commitAll(root);
    git(root, 'rm', '--quiet', 'a/rhema.yaml');
    git(root, 'reset', '--quiet');
    expect(graphOf(await scan(root))).toEqual({ b: [] });
  });

  test('a file in conflict is one file', async () => {
    const root = makeRepository({ 'a/rhema.yaml': flat('a') });
    commitAll(root);
    git(root, 'checkout', '--quiet', '-b', 'other');
    write(root, { 'a/rhema.yaml': flat('theirs') });
    commitAll(root);
    git(root, 'checkout', '--quiet', 'main');
    write(root, { 'a/rhema.yaml': flat('ours') });
    commitAll(root);
    expect(() => git(root, 'merge', '--quiet', 'other')).toThrow();
    const result = await scan(root);
    expect(problemsOf(result)[0]).toMatch(/^YAML_SYNTAX a\/rhema.yaml:1/);
    expect(result.sound).toBe(false);
  });

  test('submodules and other repositories inside are their own', async () => {
    const library = makeRepository({ 'rhema.yaml': flat('library') });
    commitAll(library);
    const root = makeRepository({ 'a/rhema.yaml': flat('a') });
    git(root, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', library, 'lib');
    git(root, 'clone', '--quiet', library, 'nested');
    expect(graphOf(await scan(root))).toEqual({ a: [] });
    expect(graphOf(await scan(join(root, 'lib')))).toEqual({ '.': [] });
  });

  test('every worktree gives the graph of the main one', async () => {
    const root = makeRepository({ 'a/rhema.yaml': flat('a') });
    commitAll(root);
    const linked = join(temporaryFolder(), 'linked');
    git(root, 'worktree', 'add', '--quiet', linked);
    write(linked, { 'only-here/rhema.yaml': flat('only-here') });
    expect(graphOf(await scan(linked))).toEqual({ a: [] });
  });

  test('variables that a hook sets do not lead it to another index', async () => {
    const root = makeRepository({ 'a/rhema.yaml': flat('a') });
    commitAll(root);
    vi.stubEnv('GIT_INDEX_FILE', join(root, 'no-such-index'));
    vi.stubEnv('GIT_DIR', join(makeRepository(), '.git'));
    expect(graphOf(await scan(root))).toEqual({ a: [] });
  });

  test('a bare repository is read from the commit that HEAD names', async () => {
    const source = makeRepository({
      'rhema.yaml': flat('top', 'libs/ä'),
      'libs/ä/.rhema/rhema.yaml': flat('umlaut'),
      'big/rhema.yaml': `name: ${'x'.repeat(1_100_000)}`,
    });
    symlinkSync('../rhema.yaml', join(source, 'libs', 'rhema.yaml'));
    commitAll(source);
    const bare = join(temporaryFolder(), 'bare.git');
    git(source, 'clone', '--quiet', '--bare', source, bare);
    const result = await scan(bare);
    expect(graphOf(result)).toEqual({ '.': ['libs/ä'], 'libs/ä': [] });
    expect(problemsOf(result)).toEqual(['FILE_TOO_LARGE big/rhema.yaml', 'SYMLINK_OUTSIDE libs/rhema.yaml']);
    expect(await fingerprintOnly(await findRepository({ cwd: bare, env: {} }))).toBe(result.fingerprint);
  });

  test('a bare repository without commits has no scopes', async () => {
    const root = temporaryFolder();
    git(root, 'init', '--quiet', '--bare');
    expect(await scan(root)).toMatchObject({ definitions: [], problems: [{ code: 'NO_SCOPES' }] });
  });
});

afterEach(() => vi.unstubAllEnvs());

describe('without Git on the machine', () => {
  test('the folders are walked by the rules of .gitignore', async () => {
    const root = makeRepository({
      '.gitignore': 'vendor/\n*.gen/\n',
      'vendor/rhema.yaml': flat('no'),
      'a/rhema.yaml': flat('a', '../b'),
      'b/.gitignore': '!kept.gen/\nout/\n',
      'b/rhema.yaml': flat('b'),
      'b/kept.gen/rhema.yaml': flat('kept'),
      'b/out/rhema.yaml': flat('no'),
      'c.gen/rhema.yaml': flat('no'),
      '.git/info/exclude': 'private/\n',
      'private/rhema.yaml': flat('no'),
    });
    git(temporaryFolder(), 'init', '--quiet', join(root, 'nested'));
    write(root, { 'nested/rhema.yaml': flat('no') });
    symlinkSync(join(root, 'a'), join(root, 'link'));
    const withGit = graphOf(await scan(root));
    vi.stubEnv('PATH', temporaryFolder());
    expect(graphOf(await scan(root))).toEqual(withGit);
    expect(withGit).toEqual({ a: ['b'], b: [], 'b/kept.gen': [] });
  });
});

describe('symlinks', () => {
  test('a scope file that is a link out of the repository is not read', async () => {
    const outside = temporaryFolder();
    write(outside, { 'rhema.yaml': flat('secret') });
    const root = makeRepository({ 'rhema.yaml': flat('top'), 'a/file': '', 'b/file': '', 'c/file': '' });
    symlinkSync(join(outside, 'rhema.yaml'), join(root, 'a', 'rhema.yaml'));
    symlinkSync('../gone', join(root, 'b', 'rhema.yaml'));
    symlinkSync('../.git/config', join(root, 'c', 'rhema.yaml'));
    const result = await scan(root);
    expect(graphOf(result)).toEqual({ '.': [] });
    expect(problemsOf(result)).toEqual(
      ['a', 'b', 'c'].map((folder) => `SYMLINK_OUTSIDE ${folder}/rhema.yaml`),
    );
    expect(JSON.stringify(result.problems)).not.toContain('secret');
  });

  test('a scope file that is a link to another file inside is read', async () => {
    const root = makeRepository({ 'shared.yaml': flat('shared'), 'a/file': '' });
    symlinkSync('../shared.yaml', join(root, 'a', 'rhema.yaml'));
    expect((await scan(root)).definitions).toMatchObject([{ path: 'a', name: 'shared' }]);
  });

  test('a folder that became a link after its files were tracked is not entered', async () => {
    const outside = temporaryFolder();
    write(outside, { 'rhema.yaml': flat('secret') });
    const root = makeRepository({ 'a/rhema.yaml': flat('a'), 'b/rhema.yaml': flat('b') });
    commitAll(root);
    git(root, 'rm', '-r', '--quiet', 'a');
    git(root, 'reset', '--quiet');
    symlinkSync(outside, join(root, 'a'));
    expect(graphOf(await scan(root))).toEqual({ b: [] });
  });

  test('a dependency through a link inside the repository is the scope behind it', async () => {
    const root = makeRepository({
      'libs/v2/rhema.yaml': flat('v2'),
      'app/rhema.yaml': flat('app', '../libs/current'),
    });
    symlinkSync('v2', join(root, 'libs', 'current'));
    expect(graphOf(await scan(root))).toMatchObject({ app: ['libs/v2'] });
  });

  test('something that is not a regular file is an error and does not block', async () => {
    const root = makeRepository({ 'a/rhema.yaml': flat('a') });
    commitAll(root);
    git(root, 'rm', '--quiet', 'a/rhema.yaml');
    git(root, 'reset', '--quiet');
    write(root, { 'a/rhema.yaml/file': '' });
    expect(graphOf(await scan(root))).toEqual({});
  });
});

describe('a file that was good and is now broken', () => {
  test('keeps its last good definition, and the scan says that it is not sound', async () => {
    const root = makeRepository({ 'a/rhema.yaml': flat('a', '../b'), 'b/rhema.yaml': flat('b') });
    const good = await scan(root);
    write(root, { 'a/rhema.yaml': 'name: [a\n' });
    const broken = await scan(root, good);
    expect(broken.definitions).toEqual(good.definitions);
    expect(broken.sound).toBe(false);
    expect(problemsOf(broken)).toContain('LAST_GOOD_KEPT a/rhema.yaml');
  });

  test('keeps it as well when a dependency can no longer be resolved', async () => {
    const root = makeRepository({ 'a/rhema.yaml': flat('a', '../b'), 'b/rhema.yaml': flat('b') });
    const good = await scan(root);
    write(root, { 'a/rhema.yaml': flat('a', '../b', '../c') });
    expect((await scan(root, good)).definitions).toEqual(good.definitions);
  });

  test('loses only the dependencies on scopes that have gone', async () => {
    const root = makeRepository({
      'a/rhema.yaml': flat('a', '../b', '../c'),
      'b/rhema.yaml': flat('b'),
      'c/rhema.yaml': flat('c'),
    });
    const good = await scan(root);
    write(root, { 'a/rhema.yaml': '\t: [' });
    git(root, 'clean', '-fdq', 'c');
    expect(graphOf(await scan(root, good))).toEqual({ a: ['b'], b: [] });
  });

  test('is left out when it never was good, and who depends on it is told why', async () => {
    const root = makeRepository({ 'a/rhema.yaml': flat('a', '../b'), 'b/rhema.yaml': 'name: [' });
    const result = await scan(root);
    expect(graphOf(result)).toEqual({ a: [] });
    expect(result.problems).toContainEqual(
      expect.objectContaining({
        code: 'UNKNOWN_DEPENDENCY',
        message: expect.stringContaining('repair that first'),
      }),
    );
  });

  test('keeps the configuration that was in force', async () => {
    const config = (timeout: string): string => `name: r\nagent_coordination:\n  lock_timeout: ${timeout}\n`;
    const root = makeRepository({ 'rhema.yaml': config('120') });
    const good = await scan(root);
    write(root, { 'rhema.yaml': config('-1') });
    const bad = await scan(root, good);
    expect(bad.config.config.lockTtlMs).toBe(120_000);
    expect(problemsOf(bad)).toEqual(['CONFIG_WRONG_TYPE rhema.yaml:3:17']);
    expect(bad.sound).toBe(false);
    write(root, { 'rhema.yaml': 'name: [' });
    expect((await scan(root, good)).config.config.lockTtlMs).toBe(120_000);
  });
});

describe('configuration', () => {
  test('is read from the root scope, also in the nested shape, and says where each value came from', async () => {
    const root = makeRepository({
      '.rhema/rhema.yaml': 'rhema:\n  scope: { name: r }\n  agent_coordination: { lock_timeout: 90s }\n',
    });
    const { config } = await scan(root);
    expect(config.config.lockTtlMs).toBe(90_000);
    expect(config.origins.lockTtlMs).toMatchObject({ kind: 'file', file: '.rhema/rhema.yaml', line: 3 });
  });

  test('in another scope is not read, and a warning says so', async () => {
    const text = `${flat('a')}\nagent_coordination:\n  lock_timeout: 90\n`;
    const result = await scan(makeRepository({ 'a/rhema.yaml': text }));
    expect(result.config.config.lockTtlMs).toBe(60_000);
    expect(problemsOf(result)).toEqual(['MISPLACED_CONFIG a/rhema.yaml:5:3']);
  });
});

describe('the fingerprint', () => {
  test('is that of the scan until a definition file is added, changed or removed', async () => {
    const root = makeRepository({ 'a/rhema.yaml': flat('a'), 'other.txt': '' });
    const repository = await findRepository({ cwd: root, env: {} });
    const { fingerprint } = await scan(root);
    write(root, { 'other.txt': 'changed' });
    expect(await fingerprintOnly(repository)).toBe(fingerprint);
    const seen = new Set([fingerprint]);
    for (const files of [{ 'a/rhema.yaml': flat('other') }, { 'b/scope.yaml': flat('b') }]) {
      write(root, files);
      seen.add(await fingerprintOnly(repository));
    }
    git(root, 'clean', '-fdq', 'b');
    seen.add(await fingerprintOnly(repository));
    expect(seen.size).toBe(3);
  });
});

describe('folders with difficult names', () => {
  test('spaces, umlauts and other scripts are fine', async () => {
    const names = ['with space', 'ünïcode', '日本', "quo'te", '-dash', 'a:b'];
    const root = makeRepository(Object.fromEntries(names.map((name) => [`${name}/rhema.yaml`, flat('x')])));
    expect(Object.keys(graphOf(await scan(root)))).toEqual(names.toSorted());
  });

  test('control characters and backslashes are refused with the file named', async () => {
    const files = { 'a\nb/rhema.yaml': flat('x'), 'c\\d/rhema.yaml': flat('x'), 'rhema.yaml': flat('r') };
    expect(problemsOf(await scan(makeRepository(files)))).toEqual([
      'INVALID_PATH "a\\nb/rhema.yaml"',
      'INVALID_PATH "c\\\\d/rhema.yaml"',
    ]);
  });

  test('a name that is not UTF-8 is refused', async () => {
    const root = makeRepository({ 'rhema.yaml': flat('r') });
    const folder = Buffer.concat([Buffer.from(`${root}/`), Buffer.from([0x66, 0xff])]);
    const { mkdirSync, writeFileSync } = await import('node:fs');
    mkdirSync(folder);
    writeFileSync(Buffer.concat([folder, Buffer.from('/rhema.yaml')]), flat('x'));
    const result = await scan(root);
    expect(result.problems).toMatchObject([{ code: 'INVALID_PATH' }]);
    expect(graphOf(result)).toEqual({ '.': [] });
  });

  test('two folders that differ in Unicode form only are one path, hence an error', async () => {
    const result = await scan(
      makeRepository({ 'e\u0301/rhema.yaml': flat('x'), '\u00e9/rhema.yaml': flat('y') }),
    );
    expect(result.problems).toMatchObject([{ code: 'DUPLICATE_SCOPE', severity: 'error' }]);
    expect(result.definitions).toHaveLength(1);
  });

  test('folders that differ in case are different scopes', async () => {
    expect(
      graphOf(await scan(makeRepository({ 'A/rhema.yaml': flat('A'), 'a/rhema.yaml': flat('a') }))),
    ).toEqual({ A: [], a: [] });
  });
});

describe('real data', () => {
  const gastown = resolve('../shared/data/gastown.scopes.json');

  test.skipIf(!existsSync(gastown))(
    'the 76 scopes and 322 dependencies of gastown are found (skipped without ../shared/data)',
    async () => {
      const data = JSON.parse(readFileSync(gastown, 'utf8')) as {
        scopes: { path: string; dependencies: string[] }[];
      };
      const files = data.scopes.map(({ path, dependencies }) => [
        `${path}/rhema.yaml`,
        flat(path, ...dependencies.map((one) => `/${one}`)),
      ]);
      const result = await scan(makeRepository(Object.fromEntries(files) as Record<string, string>));
      expect(result.problems).toEqual([]);
      expect(graphOf(result)).toEqual(
        Object.fromEntries(data.scopes.map(({ path, dependencies }) => [path, dependencies.toSorted()])),
      );
      expect(result.definitions).toHaveLength(76);
      expect(result.definitions.flatMap(({ dependencies }) => dependencies)).toHaveLength(322);
    },
  );

  test('the scopes of this project are sound', async () => {
    const result = await scan(resolve('.'));
    expect(result.problems).toEqual([]);
    expect(Object.keys(graphOf(result))).toContain('src/context');
    expect(result.config.config.maxConcurrentAgents).toBe(8);
  });
});
