import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { commitAll, git, makeRepository, temporaryFolder, write } from '../../repository/testing/fixture.ts';
import { held, Session, shopFiles } from '../testing/hook-session.ts';
import { run } from '../testing/shell-session.ts';

function shop(): string {
  const root = makeRepository(shopFiles());
  commitAll(root);
  return root;
}

describe('a command of Git that takes commits from a branch', () => {
  const commitOf = (root: string, agent: string | null, file: string): void => {
    write(root, { [file]: `of ${agent}\n` });
    git(root, 'add', '.');
    const trailers = agent === null ? [] : ['--message', `Rhema-Agent: ${agent}`];
    git(root, 'commit', '--quiet', '--message', `change ${file}`, ...trailers);
  };

  /** Commits of one, and of two on top; all is committed. */
  const committed = async () => {
    const root = shop();
    const [one, two] = [new Session(root, 'one'), new Session(root, 'two')];
    const names = [];
    for (const [session, file] of [
      [one, 'api/a.ts'],
      [two, 'web/w.ts'],
    ] as const) {
      await session.before(file);
      names.push((await held(root)).find((lock) => lock.startsWith(file))?.split(' ')[1] ?? '');
      commitOf(root, names.at(-1) ?? '', file);
    }
    return { root, one, two, names };
  };

  test.each([
    'git reset HEAD~2',
    'git reset --soft HEAD~2',
    'git reset --hard HEAD~2',
    'git rebase -i HEAD~2',
    'git rebase --onto HEAD~2 HEAD~1',
    'git checkout -B main HEAD~2',
    'git switch -C main HEAD~2',
    'git filter-branch --msg-filter cat',
  ])('is refused where one of them is of another agent: %s', async (command) => {
    const { two, names } = await committed();
    const { code, told } = await run(two, command);
    expect([code, told]).toEqual([
      2,
      expect.stringMatching(
        new RegExp(`before they are pushed:\n  ${names[0]}: [0-9a-f]{10} change api/a.ts\n.*git revert REV`),
      ),
    ]);
  });

  test.each([
    'git branch -D kept',
    'git branch -f kept HEAD',
    'git branch -M other kept',
    'git update-ref refs/heads/kept HEAD',
    'git update-ref -d refs/heads/kept',
    'git update-ref HEAD HEAD~2',
  ])('is refused where only that branch has one of another agent: %s', async (command) => {
    const { root, two, names } = await committed();
    git(root, 'branch', 'other', 'HEAD~2');
    if (!command.includes(' HEAD ')) {
      git(root, 'branch', 'kept');
      git(root, 'reset', '--quiet', '--hard', 'HEAD~2');
    }
    const { code, told } = await run(two, command);
    expect([code, told]).toEqual([2, expect.stringContaining(`  ${names[0]}: `)]);
  });

  test('of a branch is run where nothing is lost by it, and not where others work on it in a tree of theirs', async () => {
    const { root, two, names } = await committed();
    git(root, 'branch', 'same');
    git(root, 'branch', 'older', 'HEAD~2');
    for (const command of [
      'git branch -D same older',
      'git branch -f older HEAD',
      'git branch new HEAD~2',
      'git branch -d older',
      'git update-ref refs/heads/older HEAD',
      'git update-ref refs/tags/x HEAD~2',
    ])
      expect((await run(two, command)).told, command).toBe('');
    const tree = join(temporaryFolder(), 'theirs');
    git(root, 'worktree', 'add', '--quiet', tree, 'older');
    await new Session(tree, 'three').before(join(tree, 'api/b.ts'));
    for (const command of ['git update-ref refs/heads/older HEAD', 'git branch -f older HEAD'])
      expect((await run(two, command)).told, command).toContain('would move under');
    expect((await run(two, 'git symbolic-ref HEAD refs/heads/same')).code).toBe(0);
    expect(names).toHaveLength(2);
  });

  test('is run where all of them are its own, pushed, on another branch, or of nobody that is here', async () => {
    const { root, one, two, names } = await committed();
    for (const command of [
      'git reset HEAD~1',
      'git reset HEAD~1 --',
      'git commit --amend --no-edit',
      'git rebase -i HEAD~1',
      'git switch -C new HEAD~2',
      'git reset -- api/a.ts',
      'git pull --rebase',
      'git rebase HEAD~2',
    ])
      expect(await run(two, command), command).toMatchObject({ code: 0 });
    expect((await run(one, 'git commit --amend --no-edit')).told).toContain(`  ${names[1]}: `);
    git(root, 'branch', 'kept', 'HEAD~1');
    expect((await run(two, 'git reset --hard HEAD~2')).code).toBe(0);
    git(root, 'branch', '-D', 'kept');
    expect((await run(two, 'git reset --hard HEAD~2')).code).toBe(2);
    git(root, 'update-ref', 'refs/remotes/origin/main', 'HEAD~1');
    expect((await run(two, 'git reset --hard HEAD~2')).code).toBe(0);
    git(root, 'update-ref', '-d', 'refs/remotes/origin/main');
    await one.say('SessionEnd');
    expect((await run(two, 'git reset --hard HEAD~2')).code).toBe(0);
  });
});
