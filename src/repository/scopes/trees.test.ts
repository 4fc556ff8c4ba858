import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { fingerprintOnly, findRepository, scanRepository } from '../index.ts';
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
} from '../testing/fixture.ts';

afterEach(() => vi.unstubAllEnvs());

describe('Git decides what is looked at', () => {
  test('ignored folders are not scopes', async () => {
    const files = { '.gitignore': 'vendor/\n', 'vendor/x/rhema.yaml': flat('x'), 'y/rhema.yaml': flat('y') };
    expect(graphOf(await scan(makeRepository(files)))).toEqual({ y: [] });
  });

  test('a tracked file that was deleted is gone', async () => {
    const root = makeRepository({ 'a/rhema.yaml': flat('a'), 'b/rhema.yaml': flat('b') });
    commitAll(root);
    rmSync(join(root, 'a/rhema.yaml'));
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
    expect(problemsOf(result)[0]).toBe('MERGE_CONFLICT a/rhema.yaml:1:1');
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
      'node_modules/x/rhema.yaml': flat('installed'),
      'big/rhema.yaml': `name: ${'x'.repeat(1_100_000)}`,
    });
    symlinkSync('../rhema.yaml', join(source, 'libs', 'rhema.yaml'));
    commitAll(source);
    const bare = join(temporaryFolder(), 'bare.git');
    git(source, 'clone', '--quiet', '--bare', source, bare);
    const result = await scanBare(bare);
    expect(graphOf(result)).toEqual({ '.': ['libs/ä'], 'libs/ä': [] });
    expect(problemsOf(result)).toEqual(['FILE_TOO_LARGE big/rhema.yaml', 'SYMLINK_OUTSIDE libs/rhema.yaml']);
    expect(await fingerprintOnly(await findRepository({ cwd: bare, env: { GIT_DIR: bare } }))).toBe(
      result.fingerprint,
    );
  });

  test('a bare repository without commits has no scopes', async () => {
    const root = temporaryFolder();
    git(root, 'init', '--quiet', '--bare');
    // Where there is no working tree, init is refused.
    const message = expect.stringContaining(
      ': rhema init in a clone or worktree of it derives them',
    ) as string;
    expect(await scanBare(root)).toMatchObject({
      definitions: [],
      problems: [{ code: 'NO_SCOPES', message }],
    });
  });
});

test('a repository that Git refuses to read is a failure, with what Git said', async () => {
  const root = makeRepository({ 'a/rhema.yaml': flat('a') });
  const repository = await findRepository({ cwd: root, env: {} });
  write(root, { '.git/config': '[core' });
  await expect(scanRepository(repository, { previous: null, env: {} })).rejects.toMatchObject({
    code: 'GIT_FAILED',
    message: expect.stringMatching(/^git ls-files failed: bad config/),
  });
});

describe('a sparse checkout', () => {
  const files = {
    'rhema.yaml': flat('top'),
    'a/rhema.yaml': flat('a', '../b'),
    'b/rhema.yaml': flat('b', '../c/d'),
    'c/d/.rhema/rhema.yaml': flat('d'),
  };
  const sparse = (root: string, ...folders: string[]): string =>
    git(root, 'sparse-checkout', 'set', ...folders);

  test('has the scopes of every other one: those that are left out are read from the index', async () => {
    const root = makeRepository(files);
    commitAll(root);
    const whole = await scan(root);
    sparse(root, 'a');
    const part = await scan(root);
    expect(existsSync(join(root, 'b'))).toBe(false);
    expect(part).toMatchObject({ definitions: whole.definitions, places: whole.places, problems: [] });
    expect([...part.notCheckedOut.keys()]).toEqual(['b/rhema.yaml', 'c/d/.rhema/rhema.yaml']);
  });

  test('follows what is committed, also where it is not checked out', async () => {
    const root = makeRepository(files);
    commitAll(root);
    git(root, 'branch', 'other');
    write(root, { 'b/rhema.yaml': flat('b') });
    commitAll(root);
    sparse(root, 'a');
    const repository = await findRepository({ cwd: root, env: {} });
    const before = await scan(root);
    expect(await fingerprintOnly(repository)).toBe(before.fingerprint);
    git(root, 'checkout', '--quiet', 'other');
    expect(await fingerprintOnly(repository)).not.toBe(before.fingerprint);
    expect(graphOf(before)['b']).toEqual([]);
    expect(graphOf(await scan(root))['b']).toEqual(['c/d']);
  });

  test('has what is on disk before what is in the index, and misses what was deleted', async () => {
    const root = makeRepository(files);
    commitAll(root);
    sparse(root, 'a');
    write(root, { 'b/rhema.yaml': flat('other') });
    rmSync(join(root, 'a/rhema.yaml'));
    const found = await scan(root);
    expect(graphOf(found)).toEqual({ '.': [], b: [], 'c/d': [] });
    expect(found.definitions.find(({ path }) => path === 'b')?.name).toBe('other');
  });

  test('may leave out what cannot be read: it is named, and its last good definition stays', async () => {
    const big = `name: big\n# ${'x'.repeat(1024 * 1024)}\n`;
    const root = makeRepository({ ...files, 'big/rhema.yaml': big, 'link/target': '' });
    symlinkSync('../a/rhema.yaml', join(root, 'link/rhema.yaml'));
    commitAll(root);
    const object = git(root, 'rev-parse', 'HEAD:b/rhema.yaml').trim();
    const good = await scan(root);
    sparse(root, 'a');
    rmSync(join(root, '.git/objects', object.slice(0, 2), object.slice(2)));
    const found = await scan(root, good);
    expect(problemsOf(found)).toEqual([
      'UNREADABLE_FILE b/rhema.yaml',
      'LAST_GOOD_KEPT b/rhema.yaml',
      'FILE_TOO_LARGE big/rhema.yaml',
      'SYMLINK_OUTSIDE link/rhema.yaml',
      'LAST_GOOD_KEPT link/rhema.yaml',
    ]);
    expect(graphOf(found)).toEqual(graphOf(good));
  });
});

describe('a partial clone', () => {
  const files = { 'rhema.yaml': flat('top'), 'a/rhema.yaml': flat('a', '../b'), 'b/rhema.yaml': flat('b') };
  /** Has the content of what is checked out, and of nothing else. */
  function partialClone(...options: string[]): string {
    const source = makeRepository({ ...files, 'b/program.ts': 'export {};\n' });
    commitAll(source);
    for (const allowed of ['allowFilter', 'allowAnySHA1InWant'])
      git(source, 'config', `uploadpack.${allowed}`, 'true');
    const root = join(temporaryFolder(), 'clone');
    git(source, 'clone', '--quiet', '--no-local', '--filter=blob:none', ...options, `file://${source}`, root);
    return root;
  }
  function sparseClone(): string {
    const root = partialClone('--sparse');
    git(root, 'sparse-checkout', 'set', 'a');
    return root;
  }
  /** How many files have no content in it. */
  const missing = (root: string): number =>
    git(root, 'rev-list', '--objects', '--missing=print', 'HEAD').match(/^\?/gm)?.length ?? 0;

  test('is read without fetching anything: what is not in it is named, with what gets it', async () => {
    const root = sparseClone();
    const found = await scan(root);
    expect(missing(root)).toBe(2);
    expect(problemsOf(found)).toEqual([
      'UNREADABLE_FILE b/rhema.yaml',
      'BROKEN_DEPENDENCY a/rhema.yaml:4:11',
    ]);
    expect(found.problems[0]?.message).toMatch(/not in this clone.*git sparse-checkout add its folder$/);
  });

  test('keeps the last good definition of a scope whose content is not in it', async () => {
    const good = await scan(makeRepository(files));
    const root = sparseClone();
    const found = await scan(root, good);
    expect(problemsOf(found)).toEqual(['UNREADABLE_FILE b/rhema.yaml', 'LAST_GOOD_KEPT b/rhema.yaml']);
    expect(graphOf(found)).toEqual({ '.': [], a: ['b'], b: [] });
    expect(missing(root)).toBe(2);
  });

  test('that is bare is read without fetching: each definition that is not in it is named, with what gets it', async () => {
    const root = partialClone('--bare');
    expect(missing(root)).toBe(4);
    const found = await scanBare(root);
    expect(problemsOf(found).slice(1, 3)).toEqual([
      'UNREADABLE_FILE a/rhema.yaml',
      'UNREADABLE_FILE b/rhema.yaml',
    ]);
    expect(found.problems[1]?.message).toMatch(/not in this clone.*git cat-file -e [0-9a-f]{40} fetches it$/);
    expect(missing(root)).toBe(4);
  });
});

describe('without Git on the machine', () => {
  test('the folders are walked by the rules of .gitignore', async () => {
    const root = makeRepository({
      '.gitignore': 'vendor/\n*.gen/\n',
      'vendor/rhema.yaml': flat('no'),
      'a/node_modules/x/rhema.yaml': flat('no'),
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
    rmSync(join(root, 'a'), { recursive: true });
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

  test('a pipe in the place of a file is an error, and nobody waits for its writer', async () => {
    const root = makeRepository({ 'a/rhema.yaml': flat('a') });
    commitAll(root);
    rmSync(join(root, 'a/rhema.yaml'));
    execFileSync('sh', ['-c', 'mkfifo a/rhema.yaml'], { cwd: root });
    expect(problemsOf(await scan(root))).toEqual(['UNREADABLE_FILE a/rhema.yaml']);
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
