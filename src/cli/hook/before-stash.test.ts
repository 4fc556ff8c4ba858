import { describe, expect, test } from 'vitest';
import { commitAll, git, makeRepository, write } from '../../repository/testing/fixture.ts';
import { shopFiles } from '../testing/hook-session.ts';
import { begunIn, ran, run } from '../testing/shell-session.ts';

function shop(): string {
  const root = makeRepository(shopFiles());
  commitAll(root);
  return root;
}

const begun = () => begunIn(shop());

describe('a command of Git on the stash', () => {
  test('that puts changes aside keeps their locks, so that they are still its own when they come back', async () => {
    const { root, one, two } = await begun();
    const push = 'git stash push -- api/a.ts';
    expect((await run(one, push)).code).toBe(0);
    git(root, 'stash', 'push', '--quiet', '--', 'api/a.ts');
    await ran(one, push);
    expect((await two.before('api/a.ts')).code).toBe(2);
    expect((await run(one, 'git stash pop')).code).toBe(0);
    git(root, 'stash', 'pop', '--quiet');
    await ran(one, 'git stash pop');
    expect((await run(two, 'git checkout .')).code).toBe(2);
  });

  /** Both have put something aside, two last, and both have other work in the tree. */
  const putAside = async () => {
    const { root, one, two } = await begun();
    git(root, 'stash', 'push', '--quiet', '--', 'api/a.ts');
    await two.before('web/w.ts');
    await two.before('web/new.ts', 'Write');
    write(root, { 'web/w.ts': 'of two\n', 'web/new.ts': 'new\n' });
    git(root, 'stash', 'push', '--quiet', '--include-untracked', '--', 'web');
    await one.before('api/b.ts');
    await two.before('web/z.ts', 'Write');
    write(root, { 'api/b.ts': 'more of one\n', 'web/z.ts': 'z\n' });
    return { root, one, two };
  };

  test('an entry of its own comes back, whatever others have uncommitted beside it', async () => {
    const { one, two } = await putAside();
    for (const [session, command] of [
      [two, 'git stash pop'],
      [two, 'git stash apply stash@{0}'],
      [one, 'git stash pop stash@{1}'],
      [one, 'git stash pop 1'],
      [one, 'git stash drop 1'],
      [two, 'git stash drop'],
    ] as const)
      expect(await run(session, command), command).toMatchObject({ code: 0, told: '' });
  });

  test.each([
    'git stash pop',
    'git stash drop',
    'git stash clear',
    'git stash apply --index',
    'git stash drop 0',
  ])('an entry of another agent is left to it: %s', async (command) => {
    const { root, one } = await putAside();
    const { code, told } = await run(one, command);
    expect([code, told]).toEqual([2, expect.stringMatching(/claude-\w{6}: web\/(new|w)\.ts[^]*stash@\{N\}/)]);
    git(root, 'add', '.');
    git(root, 'commit', '--quiet', '--message', 'all');
    expect((await run(one, command)).code).toBe(2);
  });

  test('what nobody holds any more is anybody’s, and so is a stash without entries', async () => {
    const { root, one, two } = await putAside();
    await two.say('SessionEnd');
    for (const command of [
      'git stash pop',
      'git stash clear',
      'git stash drop stash@{7}',
      'git stash pop "$E"',
    ])
      expect((await run(one, command)).told, command).toBe('');
    git(root, 'stash', 'clear');
    expect((await run(two, 'git stash drop')).code).toBe(0);
  });
});
