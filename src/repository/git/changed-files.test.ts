import { chmodSync, existsSync, readFileSync, rmSync, symlinkSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { commitAll, git, makeRepository, write } from '../testing/fixture.ts';
import { changedAmong, changedFiles, committedBy, ignoredAmong, stagedFiles } from './changed-files.ts';

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

it('names what a commit would change: both names of a file that was renamed, what is gone, what is ignored but added', async () => {
  const root = makeRepository({ a: 'a', b: 'b', d: 'd'.repeat(99), '.gitignore': 'junk\n' });
  expect(await stagedFiles(root, null)).toEqual([]);
  git(root, 'add', '.');
  expect(await stagedFiles(root, null)).toEqual(['.gitignore', 'a', 'b', 'd']);
  commitAll(root);
  write(root, { a: 'a2', junk: '', 'new é': '' });
  git(root, 'mv', 'd', 'moved');
  git(root, 'rm', '--quiet', 'b');
  git(root, 'add', '--force', 'junk', 'new é');
  expect(await stagedFiles(root, null)).toEqual(['b', 'd', 'junk', 'moved', 'new é']);
});

it('looks at the index that Git names to its hooks, as for a commit of some files only', async () => {
  const root = makeRepository({ a: 'a', b: 'b' });
  commitAll(root);
  write(root, { a: 'a2', b: 'b2' });
  git(root, 'add', '.');
  write(root, {
    '.git/hooks/pre-commit': `#!/bin/sh\nprintf '%s' "$GIT_INDEX_FILE" > named; cp "$GIT_INDEX_FILE" kept; exit 1\n`,
  });
  chmodSync(join(root, '.git/hooks/pre-commit'), 0o755);
  expect(() => git(root, 'commit', '--quiet', '--message', 'a', '--', 'a')).toThrow();
  expect(readFileSync(join(root, 'named'), 'utf8')).toContain('next-index');
  expect(await stagedFiles(root, 'kept')).toEqual(['a']);
  expect(await stagedFiles(root, join(root, 'kept'))).toEqual(['a']);
  expect(await stagedFiles(root, null)).toEqual(['a', 'b']);
});

it('starts no program that a configuration names to see what is staged, or is ignored', async () => {
  const root = makeRepository({ a: 'a', '.gitattributes': '* filter=x diff=x\n', '.gitignore': 'junk\n' });
  const started = join(root, 'started');
  for (const key of ['filter.x.clean', 'filter.x.smudge', 'diff.x.command', 'diff.x.textconv'])
    git(root, 'config', key, `touch ${started}; cat`);
  git(root, 'config', 'core.fsmonitor', `touch ${started}`);
  git(root, '-c', 'filter.x.clean=cat', '-c', 'core.fsmonitor=', 'add', '.');
  expect(await stagedFiles(root, null)).toEqual(['.gitattributes', '.gitignore', 'a']);
  expect(await ignoredAmong(root, ['a', 'junk', 'junk/x', 'new'])).toEqual(new Set(['junk', 'junk/x']));
  expect(await ignoredAmong(root, ['a'])).toEqual(new Set());
  expect(existsSync(started)).toBe(false);
});

it('leaves the index as it is, to the byte, where a file was only touched', async () => {
  const root = makeRepository({ a: 'a', b: 'b' });
  commitAll(root);
  write(root, { b: 'b2' });
  const index = join(root, '.git/index');
  const before = readFileSync(index);
  // As an editor does that writes the same again.
  utimesSync(join(root, 'a'), 1_000_000_000, 1_000_000_000);
  expect(await changedFiles(root)).toEqual(['b']);
  expect(await changedAmong(root, root, ['a', 'b'])).toEqual(['b']);
  expect(await committedBy(root, root, ['a', 'b'])).toEqual(['b']);
  expect(await stagedFiles(root, null)).toEqual([]);
  expect(readFileSync(index).equals(before)).toBe(true);
});
