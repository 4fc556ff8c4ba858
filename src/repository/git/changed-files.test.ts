import { rmSync, symlinkSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { commitAll, git, makeRepository, write } from '../testing/fixture.ts';
import { changedFiles } from './changed-files.ts';

it('names what was changed, staged, added, removed, renamed, and is new; not what is ignored', async () => {
  const root = makeRepository({ a: 'a', b: 'b', c: 'c', d: 'd'.repeat(99), e: 'e', '.gitignore': 'junk\n' });
  commitAll(root);
  write(root, { a: 'a2', 'new/file é': '', junk: '', staged: '' });
  rmSync(join(root, 'c'));
  git(root, 'mv', 'd', 'moved');
  git(root, 'add', 'staged');
  expect(await changedFiles(root)).toEqual(['a', 'c', 'd', 'moved', 'new/file é', 'staged']);
});

it('names nothing where nothing is changed, also when a file was only touched', async () => {
  const root = makeRepository({ a: 'a' });
  commitAll(root);
  utimesSync(join(root, 'a'), 1, 1);
  expect(await changedFiles(root)).toEqual([]);
});

it('names all files before the first commit', async () => {
  const root = makeRepository({ a: 'a', b: 'b' });
  git(root, 'add', 'a');
  expect(await changedFiles(root)).toEqual(['a', 'b']);
});

it('names a link, and nothing of what it leads to; nor a repository inside', async () => {
  const root = makeRepository({ a: 'a' });
  commitAll(root);
  symlinkSync('/', join(root, 'out'));
  git(root, 'init', '-q', 'inner');
  write(root, { 'inner/x': '' });
  expect(await changedFiles(root)).toEqual(['out']);
});

it('refuses a filter of which Git would not be told that it is off', async () => {
  const root = makeRepository({ a: 'a', '.gitattributes': '* filter=x=y\n' });
  git(root, 'config', 'filter.x=y.clean', 'touch started');
  await expect(changedFiles(root)).rejects.toMatchObject({
    code: 'GIT_FAILED',
    message: expect.stringContaining('"filter.x=y.clean"') as string,
  });
});
