import { expect, test } from 'vitest';
import { git, makeRepository, temporaryFolder, write } from '../testing/fixture.ts';
import { readHistory } from './history.ts';

const max = 10;

function commit(root: string, files: readonly string[], author = 'Ann <ann@example.org>'): void {
  const content = `${git(root, 'rev-list', '--count', '--all')} ${files.join()}`;
  write(root, Object.fromEntries(files.map((file) => [file, content])));
  git(root, 'add', '--all');
  git(root, 'commit', '--quiet', '--message', 'x', '--author', author, '--date', '1700000000 +0000');
}

function begun(): string {
  const root = makeRepository();
  commit(root, ['a', 'b']);
  return root;
}

const filesOf = async (root: string, most = max): Promise<unknown> =>
  (await readHistory(root, most))?.commits.map(({ files }) => files);

test('of each commit the files, the latest first, and when it was made', async () => {
  const root = begun();
  commit(root, ['a']);
  commit(root, ['d/e f', 'b']);
  git(root, 'mv', 'a', 'moved');
  git(root, 'commit', '--quiet', '--message', 'x');
  const history = await readHistory(root, max);
  expect(history?.commits.map(({ files }) => files)).toEqual([['a', 'moved'], ['b', 'd/e f'], ['a']]);
  expect(history?.commits[1]).toMatchObject({
    authoredAtMs: 1_700_000_000_000,
    id: git(root, 'rev-parse', 'HEAD~').trim(),
  });
  expect(history).toMatchObject({ isShallow: false, leftOut: { byBots: 0, tooLarge: 0 } });
});

test('the commit that began a repository is no work in it', async () => {
  const root = begun();
  expect(await filesOf(root)).toEqual([]);
});

test('bots are left out and counted, coding agents are not', async () => {
  const root = begun();
  commit(root, ['x'], 'dependabot[bot] <1+dependabot[bot]@users.noreply.github.com>');
  commit(root, ['y'], 'renovate <renovate@example.org>');
  commit(root, ['z'], 'copilot-swe-agent[bot] <2+copilot[bot]@example.org>');
  commit(root, ['w'], 'Talbot <abbott@example.org>');
  expect(await readHistory(root, max)).toMatchObject({
    commits: [{ files: ['w'] }, { files: ['z'] }],
    leftOut: { byBots: 2 },
  });
});

test('a file whose name begins like the id of a commit is a file', async () => {
  const root = begun();
  const object = 'da39a3ee5e6b4b0d3255bfef95601890afd80709';
  commit(root, ['api/a']);
  commit(root, [`${object}.json`, 'zz', object]);
  expect(await filesOf(root)).toEqual([[object, `${object}.json`, 'zz'], ['api/a']]);
});

test('of commits that can be taken as many are read as were asked for, and what is older is not counted', async () => {
  const root = begun();
  const empty = () => git(root, 'commit', '--quiet', '--allow-empty', '--message', 'x');
  commit(root, ['old'], 'renovate <renovate@example.org>');
  for (const file of ['a', 'b', 'c']) commit(root, [file]);
  commit(root, ['new'], 'renovate <renovate@example.org>');
  for (let index = 0; index < 3; index += 1) empty();
  expect(await filesOf(root, 2)).toEqual([['c'], ['b']]);
  const leftOutOf = async (most: number) => (await readHistory(root, most))?.leftOut.byBots;
  expect([await leftOutOf(2), await leftOutOf(3), await leftOutOf(10)]).toEqual([1, 1, 2]);
});

test('merges, and commits without a change, are left out', async () => {
  const root = begun();
  git(root, 'checkout', '--quiet', '-b', 'side');
  commit(root, ['side']);
  git(root, 'checkout', '--quiet', '-');
  commit(root, ['main']);
  git(root, 'merge', '--quiet', '--no-edit', 'side');
  git(root, 'commit', '--quiet', '--allow-empty', '--message', 'x');
  expect(((await filesOf(root)) as string[][]).flat().sort()).toEqual(['main', 'side']);
});

test('what changes more than a thousand files is left out and counted', async () => {
  const root = begun();
  commit(
    root,
    Array.from({ length: 1_001 }, (_, index) => `many/f${index}`),
  );
  commit(root, ['a']);
  expect(await readHistory(root, max)).toMatchObject({
    commits: [{ files: ['a'] }],
    leftOut: { tooLarge: 1 },
  });
});

test('at the edge of a shallow clone no commit is taken for one that made everything', async () => {
  const root = begun();
  for (let index = 0; index < 3; index += 1) commit(root, [`f${index}`]);
  const clone = temporaryFolder();
  git(clone, 'clone', '--quiet', '--depth', '2', `file://${root}`, '.');
  expect(await readHistory(clone, max)).toMatchObject({ isShallow: true, commits: [{ files: ['f2'] }] });
});

test('where there is no commit, or no repository, there is no history', async () => {
  expect(await readHistory(makeRepository(), max)).toBeNull();
  expect(await readHistory(temporaryFolder(), max)).toBeNull();
});
