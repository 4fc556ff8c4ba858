import { join } from 'node:path';
import { expect, it } from 'vitest';
import { commitAll, git, makeRepository, temporaryFolder } from '../testing/fixture.ts';
import { checkedOut } from './checked-out.ts';

it('names the branch of each working tree that is at one', async () => {
  const root = makeRepository({ a: 'a' });
  commitAll(root);
  git(root, 'switch', '--quiet', '--create', 'main2');
  const [one, two] = [join(temporaryFolder(), 'ö ne'), join(temporaryFolder(), 'two')];
  git(root, 'worktree', 'add', '--quiet', '-b', 'feature/x', one);
  git(root, 'worktree', 'add', '--quiet', '--detach', two);
  const expected = [
    { worktree: root, branch: 'refs/heads/main2' },
    { worktree: one, branch: 'refs/heads/feature/x' },
  ];
  expect(await checkedOut(root)).toEqual(expected);
  expect(await checkedOut(two)).toEqual(expected);
});
