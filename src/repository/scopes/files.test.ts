import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ScopePath } from '../../core/index.ts';
import { liesAt, pathTypedIn, placeOf, repositoryPath, scopeFromInput } from '../index.ts';
import { git, makeRepository, temporaryFolder, write } from '../testing/fixture.ts';

describe('repositoryPath', () => {
  test('every spelling of one file gives one path', () => {
    const root = temporaryFolder();
    write(root, { 'src/api/a.ts': '' });
    symlinkSync('src', join(root, 'link'));
    const spellings = [
      'api/a.ts',
      './api//a.ts',
      '../src/api/a.ts',
      '../link/api/a.ts',
      join(root, 'src/api/a.ts'),
    ];
    for (const spelling of spellings)
      expect(repositoryPath(root, join(root, 'src'), spelling)).toEqual({ ok: true, value: 'src/api/a.ts' });
  });

  test('a file that does not exist yet has a path too', () => {
    const root = temporaryFolder();
    mkdirSync(join(root, 'real'));
    symlinkSync('real', join(root, 'link'));
    expect(repositoryPath(root, root, 'link/new/file')).toEqual({ ok: true, value: 'real/new/file' });
  });

  test('what leads out is refused, through a link as well', () => {
    const root = temporaryFolder();
    symlinkSync(temporaryFolder(), join(root, 'link'));
    for (const text of ['..', '../x', '/etc/passwd', 'link', 'link/new', 'a\0b', 'a\nb'])
      expect(repositoryPath(root, root, text)).toMatchObject({ ok: false });
  });

  test.each([
    ['a\\b', '.'],
    ['src/a\\b', 'src'],
    ['a\\b/c', '.'],
  ])('%s is not the file that slashes would make of it', (text, folder) => {
    const root = temporaryFolder();
    write(root, { 'src/a/b': '', 'a/b/c': '', [text]: '' });
    const problem = expect.stringContaining('has a backslash') as string;
    expect(placeOf(root, root, text)).toEqual({ kind: 'unnameable', folder, problem });
    expect(repositoryPath(root, root, text)).toEqual({ ok: false, problem });
  });

  test('a link to a file that is not there yet is that file', () => {
    const root = temporaryFolder();
    mkdirSync(join(root, 'web'));
    mkdirSync(join(root, 'api'));
    symlinkSync('../web/new.yaml', join(root, 'api/notes.yaml'));
    symlinkSync('notes.yaml', join(root, 'api/alias.yaml'));
    symlinkSync(join(temporaryFolder(), 'new.yaml'), join(root, 'api/out.yaml'));
    symlinkSync('circle', join(root, 'api/circle'));
    for (const name of ['notes.yaml', 'alias.yaml'])
      expect(repositoryPath(root, join(root, 'api'), name)).toEqual({ ok: true, value: 'web/new.yaml' });
    expect(repositoryPath(root, root, 'api/out.yaml')).toMatchObject({ ok: false });
    expect(repositoryPath(root, root, 'api/circle')).toEqual({ ok: true, value: 'api/circle' });
  });

  test.each(['beside it', 'in it'])('what lies in another working tree %s has its path there', (place) => {
    const root = makeRepository({ 'api/a.ts': '' });
    git(root, 'add', '.');
    git(root, 'commit', '--quiet', '--message', 'first');
    const linked = join(place === 'in it' ? root : temporaryFolder(), 'linked');
    git(root, 'worktree', 'add', '--quiet', linked);
    for (const [here, there] of [
      [root, linked],
      [linked, root],
    ] as const)
      expect(repositoryPath(here, here, join(there, 'api/new.ts'))).toEqual({
        ok: false,
        problem: expect.stringMatching(
          `is in another working tree of this repository, ${there}. A lock .* name it as "${here}/api/new.ts"$`,
        ) as unknown,
      });
    expect(repositoryPath(linked, linked, 'api/a.ts')).toEqual({ ok: true, value: 'api/a.ts' });
    expect(repositoryPath(linked, linked, join(root, '.git/HEAD'))).toMatchObject({
      problem: expect.stringContaining('leads out') as unknown,
    });
  });

  test('another repository within has locks of its own; its top folder is an entry of the tree around it', () => {
    const root = makeRepository();
    git(root, 'init', '--quiet', 'lib/inner');
    mkdirSync(join(root, 'lib/inner/src'));
    mkdirSync(join(root, 'fake/.git'), { recursive: true });
    symlinkSync('lib/inner', join(root, 'link'));
    for (const [cwd, text, tree] of [
      ['.', 'lib/inner/new.ts', 'lib/inner'],
      ['.', 'link/new.ts', 'lib/inner'],
      ['.', 'lib/inner/src', 'lib/inner'],
      ['lib', 'inner/src/a.ts', 'inner'],
      ['lib/inner/src', 'a.ts', '..'],
    ] as const)
      expect(repositoryPath(root, join(root, cwd), text)).toEqual({
        ok: false,
        problem: `"${text}" is in another repository, ${join(root, 'lib/inner')}, which has locks of its own: work there, or say -C ${tree}`,
      });
    expect(repositoryPath(root, root, 'lib/inner')).toEqual({ ok: true, value: 'lib/inner' });
    const lies = ['lib', 'lib/inner', 'lib/inner/src', 'fake', 'none', '.'].map((path) =>
      liesAt(root, path as ScopePath),
    );
    expect(lies).toEqual(['folder', 'file', 'folder', 'folder', 'nothing', 'folder']);
    expect(repositoryPath(root, root, '.git/config')).toEqual({
      ok: false,
      problem: '".git/config" is in Git\'s own folder: nothing there can be locked',
    });
    expect(repositoryPath(root, root, 'lib/new.ts')).toEqual({ ok: true, value: 'lib/new.ts' });
    expect(repositoryPath(root, root, 'fake/a.ts')).toEqual({ ok: true, value: 'fake/a.ts' });
  });

  test('a submodule that is not initialised is another repository as well, empty or written to', () => {
    const root = makeRepository({
      'src/a.ts': '',
      '.gitmodules': '[submodule "named"]\n\tpath = libs/named\n',
      'libs/named/by-hand.ts': '',
    });
    git(root, 'add', '.gitmodules', 'src');
    const commit = '1'.repeat(40);
    for (const path of ['libs/named', 'bare'])
      git(root, 'update-index', '--add', '--cacheinfo', `160000,${commit},${path}`);
    mkdirSync(join(root, 'bare'));
    mkdirSync(join(root, 'empty'));
    for (const [cwd, text, tree] of [
      ['.', 'libs/named/by-hand.ts', 'libs/named'],
      ['.', 'libs/named/src/new.ts', 'libs/named'],
      ['libs', 'named/new.ts', 'named'],
      ['bare', 'new/deep.ts', '.'],
    ] as const)
      expect(repositoryPath(root, join(root, cwd), text)).toEqual({
        ok: false,
        problem: `"${text}" is in a submodule that is not initialised, ${join(root, cwd, tree)}: it is a repository that has locks of its own. Say git submodule update --init -- ${tree}, then work there`,
      });
    for (const text of ['libs/named', 'bare', 'libs/new.ts', 'empty/new.ts', 'src/new.ts'])
      expect(repositoryPath(root, root, text)).toEqual({ ok: true, value: text });
    const lies = ['libs/named', 'bare', 'empty', 'src'].map((path) => liesAt(root, path as ScopePath));
    expect(lies).toEqual(['file', 'file', 'folder', 'folder']);
  });

  test('a folder that begins with two dots is inside', () => {
    const root = temporaryFolder();
    expect(repositoryPath(root, root, '..a/b')).toEqual({ ok: true, value: '..a/b' });
  });
});

describe('placeOf', () => {
  test('tells where a path leads that can have no lock, and what is around it', () => {
    const root = makeRepository({ 'api/a.ts': '' });
    git(root, 'add', '.');
    git(root, 'commit', '--quiet', '--message', 'first');
    const linked = join(temporaryFolder(), 'linked');
    git(root, 'worktree', 'add', '--quiet', linked);
    git(root, 'init', '--quiet', 'inner');
    const place = (text: string) => placeOf(root, join(root, 'api'), text);
    expect(place('a.ts')).toEqual({ kind: 'here', path: 'api/a.ts' });
    expect(place('..')).toEqual({ kind: 'here', path: '.' });
    expect(place('../..')).toEqual({ kind: 'outside' });
    for (const text of ['../.git', '../.git/hooks/x', join(linked, '..', 'linked/../../none/x')])
      expect(place(text).kind).toBe(text.includes('.git') ? 'gitFolder' : 'outside');
    expect(place(linked)).toEqual({ kind: 'otherTree', tree: linked, path: '.' });
    expect(place(join(linked, 'x/a\nb'))).toEqual({ kind: 'otherTree', tree: linked, path: 'x/a\nb' });
    expect(place('../inner/x')).toEqual({ kind: 'otherRepository', tree: join(root, 'inner') });
    expect(place('new/a\nb')).toMatchObject({ kind: 'unnameable', folder: 'api/new' });
    expect(place('a\nb/c/d')).toMatchObject({ kind: 'unnameable', folder: 'api' });
    expect(placeOf(root, root, 'a\nb')).toMatchObject({ kind: 'unnameable', folder: '.' });
  });
});

describe('pathTypedIn', () => {
  const root = temporaryFolder();
  write(root, { 'api/a.ts': '', 'api/rhema.yaml': 'name: api', 'a.ts': '', 'web/rhema.yaml': 'name: web' });
  symlinkSync('api', join(root, 'link'));

  test.each(['api/a.ts', 'api/new.ts', 'a.ts', 'web/x', 'api', '.', '..a/b'])(
    'a file, typed as told, is %j from every folder',
    (path) => {
      for (const folder of ['.', 'api', 'web', 'link', 'api/deeper']) {
        const cwd = join(root, folder);
        expect(repositoryPath(root, cwd, pathTypedIn(root, cwd, path))).toEqual({ ok: true, value: path });
      }
    },
  );

  test('a scope, typed as told, is meant and no other', async () => {
    write(root, { 'api/api/rhema.yaml': 'name: inner' });
    const cwd = join(root, 'api');
    for (const path of ['api', 'api/api', 'web', '.'])
      expect(await scopeFromInput({ worktree: root, cwd }, pathTypedIn(root, cwd, path))).toEqual({
        ok: true,
        value: path,
      });
  });

  test('in the top folder it is the path itself', () => {
    expect(pathTypedIn(root, root, 'api/a.ts')).toBe('api/a.ts');
  });
});

describe('scopeFromInput', () => {
  const root = temporaryFolder();
  write(root, {
    'rhema.yaml': '',
    'api/rhema.yaml': '',
    'src/api/.rhema/rhema.yaml': '',
    'src/web/rhema.yaml': '',
    'src/plain/file': '',
  });
  const from = async (cwd: string, text: string): Promise<unknown> => {
    const parsed = await scopeFromInput({ worktree: root, cwd: join(root, cwd) }, text);
    return parsed.ok ? parsed.value : parsed.problem;
  };

  test.each([
    ['src', 'web', 'src/web'],
    ['src', './web', 'src/web'],
    ['src/web', '.', 'src/web'],
    ['src/web', '..', 'src'],
    ['src', 'src/web', 'src/web'],
    ['src/web', 'api', 'api'],
    ['src', './api', 'src/api'],
    ['src', '../api/', 'api'],
    ['src', 'web/rhema.yaml', 'src/web'],
    ['', 'src/api/.rhema', 'src/api'],
    ['', '.rhema', '.'],
    ['', '.', '.'],
    ['src', 'not-here/yet', 'not-here/yet'],
    ['src', join(root, 'api'), 'api'],
    ['src/plain', 'file', 'src/plain/file'],
    ['src', 'rhema.yaml', '.'],
    ['src/web', 'src/plain/file', 'src/plain/file'],
  ])('in folder "%s", %s is %s', async (cwd, text, scope) => {
    expect(await from(cwd, text)).toBe(scope);
  });

  test('symlinks are followed in every spelling, and what leads to one scope means one', async () => {
    symlinkSync('src/web', join(root, 'link'));
    symlinkSync(temporaryFolder(), join(root, 'out'));
    for (const text of ['link', './link', 'link/', 'link/rhema.yaml', join(root, 'link')])
      expect(await from('', text), text).toBe('src/web');
    for (const text of ['link/notes.txt', './link/notes.txt', join(root, 'link/notes.txt')])
      expect(await from('', text), text).toBe('src/web/notes.txt');
    expect(await from('src', 'link')).toBe('src/web');
    expect(await from('src', 'link/new')).toBe('src/web/new');
    expect(await from('', 'out')).toBe('out');
  });

  test('two scopes that both fit are named', async () => {
    expect(await from('src', 'api')).toMatch(/"src\/api" or "api".*"\.\/api"/);
  });

  test.each(['', '../..', 'a\0b', 'a\nb', '/etc', 'x'.repeat(10_000)])('%j is refused', async (text) => {
    expect(await scopeFromInput({ worktree: root, cwd: root }, text)).toMatchObject({ ok: false });
  });

  test('without a working tree paths are seen from the top', async () => {
    expect(await scopeFromInput({ worktree: null, cwd: '/anywhere' }, './api/')).toEqual({
      ok: true,
      value: 'api',
    });
  });

  test('what the root scope’s file lists is a scope as well', async () => {
    const list = 'agent_coordination:\n  scopes:\n    src/ui:\n    src/both:\n    both:\n';
    const worktree = temporaryFolder();
    write(worktree, { 'rhema.yaml': list, 'src/ui/x': '', 'ui/x': '', 'src/both/x': '', 'both/x': '' });
    const meant = (text: string): Promise<unknown> =>
      scopeFromInput({ worktree, cwd: join(worktree, 'src') }, text);
    expect(await meant('ui')).toEqual({ ok: true, value: 'src/ui' });
    expect(await meant('both')).toMatchObject({ ok: false });
  });
});
