import { expect, it } from 'vitest';
import { git, makeRepository, commitAll, write, temporaryFolder } from '../testing/fixture.ts';
import { commitsIn, filesOf, type CommitsWish } from './commits-in.ts';

function history(): string {
  const root = makeRepository({ a: '1', b: '1' });
  commitAll(root);
  git(root, 'tag', 'first');
  git(root, 'switch', '--quiet', '--create', 'other');
  write(root, { a: '2' });
  git(root, 'commit', '--quiet', '--all', '--message', 'two');
  git(root, 'switch', '--quiet', '-');
  write(root, { 'odd\n é': '', b: '2' });
  git(root, 'add', '.');
  git(
    root,
    'commit',
    '--quiet',
    '--message',
    'three\tof\n\nRhema-Agent: al\nRhema-Token: 12\nRhema-Token: 15',
  );
  git(root, 'merge', '--quiet', '--no-commit', 'other');
  write(root, { beside: '' });
  git(root, 'add', '.');
  git(root, 'commit', '--quiet', '--message', 'merge');
  return root;
}

it('tells of each commit of a range when, by which agent and what, and of a merge what it has beside its parents', async () => {
  const root = history();
  const commits = (await commitsIn(root, { range: 'first..' })) ?? [];
  const files = await filesOf(
    root,
    commits.map(({ id }) => id),
  );
  const told = commits.map(({ id, subject, agent, tokens }) => [subject, agent, tokens, files.get(id)]);
  expect(told[0]).toEqual(['merge', null, [], ['beside']]);
  expect(told).toContainEqual(['three\tof', 'al', [12, 15], ['b', 'odd\n é']]);
  expect(told).toContainEqual(['two', null, [], ['a']]);
  expect(told).toHaveLength(3);
  const seconds = Number(git(root, 'log', '-1', '--format=%ct').trim());
  expect(commits[0]?.committedAtMs).toBe(seconds * 1_000);
});

it('takes one commit for all that led to it, without what remotes have', async () => {
  const root = history();
  const subjects = async (range: string, more: Partial<CommitsWish> = {}) =>
    (await commitsIn(root, { range, ...more }))?.map(({ subject }) => subject);
  expect(await subjects('other')).toHaveLength(2);
  expect(await subjects('other', { without: ['0'.repeat(40), 'first'] })).toEqual(['two']);
  expect(await subjects('other', { newestOnly: true })).toEqual(['two']);
  expect(await subjects('other', { notOnRemotes: true })).toHaveLength(2);
  git(root, 'update-ref', 'refs/remotes/origin/main', 'first');
  expect(await subjects('other', { notOnRemotes: true })).toEqual(['two']);
  expect(await subjects('nothing')).toBeUndefined();
  expect(await subjects('other..nothing')).toBeUndefined();
  expect(await subjects('--all')).toBeUndefined();
});

it('works in a bare repository', async () => {
  const bare = temporaryFolder();
  git(history(), 'clone', '--quiet', '--bare', '.', bare);
  expect(await commitsIn(bare, { range: 'first..HEAD' })).toHaveLength(3);
});
