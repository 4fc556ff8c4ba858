import { expect, it } from 'vitest';
import { commitAll, git, makeRepository, write } from '../testing/fixture.ts';
import { filesBetween } from './files-between.ts';

it('names the files that two commits have otherwise, and nothing for what names no commits', async () => {
  const root = makeRepository({ a: 'a', b: 'b' });
  commitAll(root);
  git(root, 'branch', 'first');
  write(root, { a: 'a2', 'new é': '' });
  commitAll(root);
  git(root, 'checkout', '-q', '-b', 'other', 'first');
  write(root, { b: 'b2' });
  commitAll(root);
  expect(await filesBetween(root, 'first..HEAD')).toEqual(['b']);
  expect(await filesBetween(root, 'HEAD~1..')).toEqual(['b']);
  expect(await filesBetween(root, 'first..first')).toEqual([]);
  const main = git(root, 'branch', '--format=%(refname:short)')
    .split('\n')
    .find((name) => name.startsWith('ma'));
  expect(await filesBetween(root, `${main}..other`)).toEqual(['a', 'b', 'new é']);
  expect(await filesBetween(root, `${main}...other`)).toEqual(['b']);
  for (const none of ['first', 'nowhere..HEAD', '--output=x..HEAD', 'HEAD:a..HEAD'])
    expect(await filesBetween(root, none)).toBeNull();
});
