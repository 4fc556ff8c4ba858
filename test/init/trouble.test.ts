import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  commitAll,
  git,
  makeRepository,
  temporaryFolder,
  write,
} from '../../src/repository/testing/fixture.ts';
import { asBound, closeFolder } from '../../src/repository/testing/nobody.ts';
import { changesOf, graph, init, json, noticesOf, planInit, planRefresh, refresh } from './support.ts';

describe('a broken manifest', () => {
  it.each([
    ['package.json', 'package.json', '{\n  "name": "x",\n  "workspaces": [,\n', 3],
    ['package.json that holds no keys', 'package.json', '["x"]', null],
    ['pnpm-workspace.yaml', 'pnpm-workspace.yaml', 'packages:\n  - "a\n', null],
    ['pnpm-workspace.yaml with an alias that leads nowhere', 'pnpm-workspace.yaml', 'packages: *no\n', null],
    ['Cargo.toml', 'Cargo.toml', '[package]\nname = x\n', 2],
    ['pyproject.toml', 'pyproject.toml', '[project\n', 1],
    ['go.mod', 'go.mod', 'go 1.22\n', 1],
    ['turbo.json', 'turbo.json', '{ "tasks": { ', 1],
    ['tsconfig.json', 'tsconfig.json', '{ "compilerOptions": ] }', 1],
    ['tsconfig.json that nests too deeply', 'tsconfig.json', '['.repeat(100_000), null],
    ['package.json that nests too deeply', 'package.json', '['.repeat(100_000), null],
    ['pnpm-workspace.yaml that nests too deeply', 'pnpm-workspace.yaml', '['.repeat(100_000), null],
    ['Cargo.toml that nests too deeply', 'Cargo.toml', `x = ${'['.repeat(100_000)}`, null],
  ])('%s is named with its place and a remedy, and the rest goes on', async (_title, file, text, line) => {
    const root = makeRepository({
      [file]: text,
      'web/index.ts': "import 'x';\n",
      'api/package.json': json({ name: 'api' }),
    });
    const plan = await init(root);
    const [notice] = plan.notices;
    expect(notice).toMatchObject({ code: 'MANIFEST_BROKEN', file, severity: 'warning' });
    if (line !== null) expect(notice?.line).toBe(line);
    expect(notice?.message).toMatch(/cannot be used: .*was left out, repair it and run this again/);
    expect(Object.keys(graph(plan))).toContain('api');
  });

  it.each(['pnpm-workspace.yaml', 'package.json', 'Cargo.toml'])(
    'is %s in which a merge is not resolved, and that is what is said',
    async (file) => {
      const ours = file === 'package.json' ? '{\n"name": "a"' : 'name = "a"';
      const text = `${ours}\n<<<<<<< HEAD\nx: 1\n=======\nx: 2\n>>>>>>> other\n`;
      const root = makeRepository({ [file]: text, 'api/package.json': json({ name: 'api' }) });
      const plan = await init(root);
      expect(plan.notices[0]).toMatchObject({ code: 'MANIFEST_BROKEN', file });
      expect(plan.notices[0]?.message).toContain('merge conflict is not resolved');
    },
  );

  it('is a workspace whose pattern would take for ever to match', async () => {
    const slow = `**/${'a*'.repeat(18)}b`;
    const root = makeRepository({
      'package.json': json({ name: 'acme', workspaces: [slow, 'p/*'] }),
      [`${'a'.repeat(60)}/package.json`]: json({ private: true }),
      'p/b/package.json': json({ name: 'b' }),
    });
    const plan = await init(root);
    expect(noticesOf(plan)).toEqual(['MANIFEST_BROKEN package.json']);
    expect(plan.notices[0]?.message).toContain(`${JSON.stringify(slow)} has too many stars`);
    expect(graph(plan)).toEqual({ '.': [], ['a'.repeat(60)]: [], 'p/b': [] });
  });

  it('of one member does not hide the others', async () => {
    const root = makeRepository({
      'package.json': json({ name: 'acme', workspaces: ['*'] }),
      'a/package.json': '{ "name": "a", }',
      'b/package.json': json({ name: 'b', dependencies: { a: '*' } }),
    });
    const plan = await init(root);
    expect(noticesOf(plan)).toEqual(['MANIFEST_BROKEN a/package.json:1:16']);
    expect(graph(plan)).toEqual({ '.': [], b: [] });
  });

  it('takes nothing away from what was derived before', async () => {
    const root = makeRepository({
      'package.json': json({ name: 'acme', workspaces: ['*'] }),
      'a/package.json': json({ name: 'a' }),
      'b/package.json': json({ name: 'b', peerDependencies: { a: '*' } }),
      'a/index.ts': "import '../c/index.ts';\n",
      'c/package.json': json({ name: 'c' }),
    });
    const before = graph(await init(root));
    write(root, { 'a/package.json': '{' });
    const plan = await planRefresh(root);
    expect(plan.changes).toEqual([]);
    expect(graph(plan)).toEqual(before);
  });
});

describe('what lies in the tree', () => {
  it('may have blanks and letters of any alphabet in its paths', async () => {
    const root = makeRepository({
      'package.json': json({ name: 'acme', workspaces: ['packages/*'] }),
      'packages/my größe/package.json': json({ name: 'größe', dependencies: { 日本: '*' } }),
      'packages/日本/package.json': json({ name: '日本' }),
      "packages/it's: #1/package.json": json({ name: "it's: #1", dependencies: { größe: '*' } }),
      'packages/-/package.json': json({ name: 'yes' }),
      'packages/1.0/package.json': json({ name: '1.0', dependencies: { yes: '*' } }),
    });
    expect(graph(await init(root))).toEqual({
      '.': [],
      'packages/-': [],
      'packages/1.0': ['packages/-'],
      "packages/it's: #1": ['packages/my größe'],
      'packages/my größe': ['packages/日本'],
      'packages/日本': [],
    });
    expect((await planInit(root)).changes).toEqual([]);
  });

  it('may be spelled on disk in another Unicode form', async () => {
    const onDisk = 'packages/gro\u0308sse';
    const root = makeRepository({
      'package.json': json({ name: 'acme', workspaces: ['packages/*'] }),
      [`${onDisk}/package.json`]: json({ name: 'a' }),
      'packages/b/package.json': json({ name: 'b', dependencies: { a: '*' } }),
    });
    const plan = await init(root);
    expect(changesOf(plan)).toContain(`add ${onDisk}/rhema.yaml`);
    expect(graph(plan)['packages/b']).toEqual(['packages/gr\u00f6sse']);
  });

  it('may have two folders of one name in two Unicode forms: that is said', async () => {
    const root = makeRepository({
      'package.json': json({ name: 'acme', workspaces: ['*'] }),
      'e\u0301/package.json': json({ name: 'one' }),
      'e\u0301/sub/file': '',
      '\u00e9/package.json': json({ name: 'two' }),
      'u\u0308/package.json': json({ name: 'three' }),
    });
    const plan = await init(root);
    expect(noticesOf(plan)).toEqual(['INVALID_PATH \u00e9']);
    expect(plan.notices[0]?.message).toContain(
      'is there twice, under names that differ in Unicode form only',
    );
    expect(Object.keys(graph(plan))).toEqual(['.', '\u00e9', '\u00fc']);
  });

  it('is not looked at where Git ignores it', async () => {
    const root = makeRepository({
      '.gitignore': 'out/\n',
      'a/package.json': json({ name: 'a' }),
      'out/b/package.json': json({ name: 'b' }),
    });
    expect(Object.keys(graph(await init(root)))).toEqual(['.', 'a']);
  });

  it('may be a submodule: it is not entered, and that is said', async () => {
    const other = makeRepository({ 'package.json': json({ name: 'other' }) });
    commitAll(other);
    const root = makeRepository({ 'a/package.json': json({ name: 'a' }) });
    git(root, '-c', 'protocol.file.allow=always', 'submodule', 'add', '--quiet', other, 'vendored');
    const plan = await init(root);
    expect(noticesOf(plan)).toEqual(['SUBMODULE_SKIPPED vendored']);
    expect(Object.keys(graph(plan))).toEqual(['.', 'a']);
  });

  it('may be another repository: it is not entered, and that is said', async () => {
    const root = makeRepository({
      'a/package.json': json({ name: 'a' }),
      'inner/package.json': json({ name: 'b' }),
    });
    git(join(root, 'inner'), 'init', '--quiet');
    const plan = await init(root);
    expect(noticesOf(plan)).toEqual(['REPOSITORY_SKIPPED inner']);
    expect(Object.keys(graph(plan))).toEqual(['.', 'a']);
  });

  it('may be symlinks: none is followed', async () => {
    const outside = temporaryFolder();
    writeFileSync(join(outside, 'package.json'), json({ name: 'outside' }));
    const root = makeRepository({ 'a/package.json': json({ name: 'a' }) });
    symlinkSync(outside, join(root, 'linked'));
    mkdirSync(join(root, 'b'));
    symlinkSync('../a/package.json', join(root, 'b/package.json'));
    const plan = await init(root);
    expect(noticesOf(plan)).toEqual(['SYMLINK_SKIPPED linked', 'SYMLINK_SKIPPED b/package.json']);
    expect(Object.keys(graph(plan))).toEqual(['.', 'a', 'b']);
  });

  it('may be symlinks in a circle: none is followed, and the rest goes on', async () => {
    const root = makeRepository({ 'a/package.json': json({ name: 'a' }) });
    symlinkSync('loop', join(root, 'loop'));
    symlinkSync('there', join(root, 'a/here'));
    symlinkSync('here', join(root, 'a/there'));
    symlinkSync('nowhere', join(root, 'dangling'));
    commitAll(root);
    const plan = await init(root);
    expect(noticesOf(plan)).toEqual(['a/here', 'a/there', 'loop'].map((file) => `SYMLINK_SKIPPED ${file}`));
    expect(plan.notices[2]?.message).toBe('is a symlink that leads in a circle: not followed, remove it');
    expect(Object.keys(graph(plan))).toEqual(['.', 'a']);
  });

  it('may be a symlink into a folder that may not be entered: it is not followed, and the rest goes on', async () => {
    const closed = temporaryFolder();
    mkdirSync(join(closed, 'in'));
    const root = makeRepository({ 'a/package.json': json({ name: 'a' }) });
    symlinkSync(join(closed, 'in'), join(root, 'linked'));
    closeFolder(closed);
    const plan = await asBound(root, () => init(root));
    expect(noticesOf(plan)).toEqual(['SYMLINK_SKIPPED linked']);
    expect(plan.notices[0]?.message).toContain('is a symlink that cannot be followed: EACCES');
    expect(Object.keys(graph(plan))).toEqual(['.', 'a']);
  });

  it('may be a symlink to a folder inside whose name begins with two dots', async () => {
    const root = makeRepository({ '..x/package.json': json({ name: 'x' }) });
    symlinkSync('..x', join(root, 'linked'));
    expect(noticesOf(await planInit(root))).toEqual([]);
  });
});

it('a folder that may not be entered is named, and nothing that was derived from it is taken away', async () => {
  const root = makeRepository({
    'package.json': json({ name: 'acme', workspaces: ['packages/*'] }),
    'packages/a/package.json': json({ name: 'a', dependencies: { b: '*' } }),
    'packages/b/package.json': json({ name: 'b' }),
  });
  await init(root);
  closeFolder(join(root, 'packages/b'));
  const plan = await asBound(root, () => planRefresh(root));
  expect(plan.changes).toEqual([]);
  expect(plan.notices).toMatchObject([
    {
      code: 'FILE_UNREADABLE',
      file: 'packages/b',
      message: 'is a folder that cannot be opened (Permission denied): nobody knows what is in it',
    },
  ]);
  expect(plan.problems.map(({ code, file }) => `${code} ${file}`)).toEqual([
    'UNKNOWN_DEPENDENCY packages/a/rhema.yaml',
  ]);
});

it('a member that a workspace names but that is not there is named', async () => {
  const root = makeRepository({
    'package.json': json({ name: 'acme', workspaces: ['a', 'gone', 'more/*'] }),
    'a/package.json': json({ name: 'a' }),
    'native/Cargo.toml': '[workspace]\nmembers = ["b", "lost"]\n',
    'native/b/Cargo.toml': '[package]\nname = "b"\n',
  });
  const plan = await init(root);
  expect(noticesOf(plan)).toEqual(['MEMBER_MISSING package.json', 'MEMBER_MISSING native/Cargo.toml']);
  expect(Object.keys(graph(plan))).toEqual(['.', 'a', 'native/b']);
});

it('a scope whose file Git would ignore is named and left out, since nobody else would see it', async () => {
  const root = makeRepository({
    '.gitignore': 'a/*.yaml\n',
    'a/package.json': json({ name: 'a' }),
    'b/package.json': json({ name: 'b' }),
  });
  const plan = await planInit(root);
  expect(plan.notices).toMatchObject([
    { code: 'IGNORED_BY_GIT', severity: 'warning', file: 'a/package.json' },
  ]);
  expect(changesOf(plan)).toEqual(['add rhema.yaml', 'add b/rhema.yaml']);
});

it('a source of many megabytes is not read, and hides nothing else', async () => {
  const files = {
    'package.json': json({ name: 'acme', workspaces: ['*'] }),
    'a/package.json': json({ name: 'a' }),
    'b/package.json': json({ name: 'b' }),
  };
  const root = makeRepository({ ...files, 'a/bundle.js': `import 'b';\n${'//'.padEnd(5_000_000, ' ')}\n` });
  const plan = await init(root);
  expect(noticesOf(plan)).toEqual(['FILE_UNREADABLE a/bundle.js']);
  expect(graph(plan)['a']).toEqual([]);
  rmSync(join(root, 'b/package.json'));
  expect(changesOf(await planRefresh(root))).toEqual(['remove b/rhema.yaml']);
});

it('a source that cannot be parsed is looked through once, however many blanks are in it', async () => {
  const blanks = ' '.repeat(2_000_000);
  const root = makeRepository({
    'package.json': json({ name: 'acme', workspaces: ['*'] }),
    'a/package.json': json({ name: 'a' }),
    'a/broken.js': `((\nimport${blanks};\nfrom${blanks}'b';\n`,
    'b/package.json': json({ name: 'b' }),
  });
  const plan = await planInit(root);
  expect(noticesOf(plan)).toEqual(['SOURCE_BROKEN a/broken.js']);
  expect(graph(plan)['a']).toEqual(['b']);
});

it('a sparse checkout is said to be one, and nothing is taken away in it', async () => {
  const root = makeRepository({
    'package.json': json({ name: 'acme', workspaces: ['*'] }),
    'a/package.json': json({ name: 'a' }),
    'b/package.json': json({ name: 'b', dependencies: { a: '*' } }),
    'c/package.json': json({ name: 'c', dependencies: { b: '*' } }),
  });
  await init(root);
  commitAll(root);
  git(root, 'sparse-checkout', 'set', 'b', 'c');
  const plan = await planRefresh(root);
  expect(noticesOf(plan)).toEqual(['SPARSE_CHECKOUT -']);
  expect(plan.changes).toEqual([]);
});

it('a sparse checkout has the scopes of the whole, and nothing to do', async () => {
  const root = makeRepository({
    'package.json': json({ name: 'root', workspaces: ['packages/*'] }),
    'packages/a/package.json': json({ name: 'a', dependencies: { b: '*' } }),
    'packages/b/package.json': json({ name: 'b' }),
  });
  const whole = await init(root);
  commitAll(root);
  git(root, 'sparse-checkout', 'set', 'packages/a');
  const plan = await planRefresh(root);
  expect(plan).toMatchObject({
    scopes: whole.scopes.map(({ path }) => ({ path })),
    problems: [],
    changes: [],
  });
  expect(graph(plan)).toEqual(graph(whole));
  expect((await planInit(root)).changes).toEqual([]);
  write(root, {
    'packages/a/package.json': json({ name: 'a' }),
    'packages/c/package.json': json({ name: 'c' }),
  });
  expect(changesOf(await planRefresh(root))).toEqual(['add packages/c/rhema.yaml']);
});

it('a file that a sparse checkout leaves out is named where it would have to be changed', async () => {
  const root = makeRepository({ 'package.json': json({ name: 'root' }), 'a/rhema.yaml': 'name: a\n' });
  await init(root, { derive: true });
  commitAll(root);
  git(root, 'sparse-checkout', 'set', '--no-cone', '/package.json', '/a/');
  write(root, { 'package.json': json({ name: 'root', dependencies: { b: '*' } }) });
  write(root, { 'b/package.json': json({ name: 'b' }) });
  const plan = await planRefresh(root);
  expect(plan.notices).toContainEqual(
    expect.objectContaining({ code: 'NOT_CHECKED_OUT', severity: 'error', file: 'rhema.yaml' }),
  );
  expect(changesOf(plan)).toEqual(['add b/rhema.yaml']);
});

it('in a linked worktree its own files count, and it is said when they take effect', async () => {
  const main = makeRepository({ 'a/package.json': json({ name: 'a' }) });
  commitAll(main);
  const linked = join(temporaryFolder(), 'linked');
  git(main, 'worktree', 'add', '--quiet', linked, '-b', 'more');
  write(linked, { 'b/package.json': json({ name: 'b' }) });
  const plan = await planInit(linked);
  expect(noticesOf(plan)).toEqual(['LINKED_WORKTREE -']);
  expect(plan.notices[0]?.message).toContain(main);
  expect(Object.keys(graph(plan))).toEqual(['.', 'a', 'b']);
});

it('a bare repository has nothing to look at', async () => {
  const root = temporaryFolder();
  git(root, 'init', '--quiet', '--bare');
  const env = { PATH: process.env['PATH'] ?? '', GIT_DIR: root };
  await expect(planInit(root, { env })).rejects.toMatchObject({ code: 'NO_WORKTREE' });
  await expect(planInit(root)).rejects.toMatchObject({ code: 'NOT_A_REPOSITORY' });
});

it('refresh follows a tree that loses its folder on disk', async () => {
  const root = makeRepository({
    'a/package.json': json({ name: 'a' }),
    'b/package.json': json({ name: 'b', dependencies: { a: '*' } }),
  });
  await init(root);
  commitAll(root);
  git(root, 'rm', '-r', '--quiet', 'a');
  expect(graph(await refresh(root))).toEqual({ '.': [], b: [] });
});
