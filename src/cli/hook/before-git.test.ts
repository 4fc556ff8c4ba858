import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { commitAll, git, makeRepository, temporaryFolder, write } from '../../repository/testing/fixture.ts';
import { rhemaIn } from '../testing/direct.ts';
import { held, Session, shopFiles } from '../testing/hook-session.ts';
import { begunIn, run } from '../testing/shell-session.ts';

function shop(): string {
  const root = makeRepository(shopFiles());
  commitAll(root);
  return root;
}

const begun = () => begunIn(shop());

describe('a command of Git on a whole tree', () => {
  test('names those whose work it would touch, and the narrower command', async () => {
    const { root, two } = await begun();
    await two.before('web/w.ts');
    write(root, { 'web/w.ts': 'of two\n' });
    expect((await run(two, 'git stash')).told).toMatch(
      /would take away what others have not committed yet in this working tree:\n {2}claude-\w{6}: api\/a\.ts \(editing in claude\)\n {2}For your own files alone: git stash push -- web\/w\.ts\n/,
    );
    for (const command of ['git rebase main', 'git stash branch mine'])
      expect((await run(two, command)).told, command).toMatch(/git worktree add/);
  });

  test('is judged the same by guard check, for whoever asks', async () => {
    const { root } = await begun();
    const check = (command: string, ...words: string[]) =>
      rhemaIn(root, 'guard', 'check', '--command', command, ...words);
    const agent = (await held(root))[0]?.split(' ')[1] ?? '';
    expect(await check('git stash; ls > out.log')).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(
        /^rhema: not run: it would take away what others have not committed yet .*\n {4,}claude-\w{6}: api\/a\.ts .*\n.*git stash push/,
      ) as string,
    });
    expect((await check('git -C api reset --hard')).code).toBe(3);
    expect((await check('git stash; echo x > api/a.ts')).stderr).toMatch(
      /1 of 1 file may[^]*not run: it would/,
    );
    expect((await check('git stash', '--agent', agent)).code).toBe(0);
    expect((await check('git stash push -- web/w.ts')).code).toBe(0);
  });

  test('is run where the others have committed, work elsewhere, or nobody else is there', async () => {
    const { root, one, two } = await begun();
    expect((await run(one, 'git reset --hard')).code).toBe(0);
    const tree = join(temporaryFolder(), 'mine');
    git(root, 'worktree', 'add', '--quiet', tree);
    expect((await run(new Session(tree, 'three'), 'git reset --hard')).code).toBe(0);
    expect((await run(two, `git -C ${tree} clean -fdx`)).code).toBe(0);
    commitAll(root);
    for (const command of ['git reset --hard', 'git switch -c mine'])
      expect((await run(two, command)).code, command).toBe(0);
  });

  test('is run where the others have only new files, unless it is of these, too', async () => {
    const root = shop();
    const [one, two] = [new Session(root, 'one'), new Session(root, 'two')];
    await one.before('api/new.ts', 'Write');
    write(root, { 'api/new.ts': 'of one\n', 'web/w.ts': 'of two\n' });
    for (const command of ['git stash', 'git reset --hard', 'git commit -am x', 'git add -u'])
      expect(await run(two, command), command).toMatchObject({ code: 0 });
    for (const command of [
      'git stash -u',
      'git clean -fd',
      'git add -A',
      'git add api',
      'git add api/new.ts',
      'git switch main',
      'git switch -c mine',
    ])
      expect(await run(two, command), command).toMatchObject({ code: 2 });
    expect(await run(one, 'git add api/new.ts')).toMatchObject({ code: 0 });
  });
});
