import { describe, expect, test } from 'vitest';
import { commitAll, git, makeRepository, write } from '../../repository/testing/fixture.ts';
import { shopFiles } from '../testing/hook-session.ts';
import { begunIn, run } from '../testing/shell-session.ts';

function shop(): string {
  const root = makeRepository(shopFiles());
  commitAll(root);
  return root;
}

const begun = () => begunIn(shop());

describe('a command of Git on the index', () => {
  test('that takes what is staged is refused where others have staged something', async () => {
    const { root, two } = await begun();
    expect((await run(two, 'git commit -m x')).code).toBe(0);
    git(root, 'add', 'api/a.ts');
    expect((await run(two, 'git commit -m x')).code).toBe(2);
  });

  test.each([
    'git reset',
    'git reset HEAD',
    'git reset .',
    'git reset api/a.ts',
    'git reset -- api web',
    'git reset --mixed HEAD',
    'git restore --staged api/a.ts',
    'cd api && git restore -S .',
    'git rm --cached api/a.ts',
    'git rm -r --cached api',
    'git stash push -- api/a.ts',
    'git stash -- api/a.ts web',
    'git stash push --staged',
  ])('that takes out of the index, or away, what others have staged is refused: %s', async (command) => {
    const { root, two } = await begun();
    write(root, { 'web/w.ts': 'of two\n' });
    git(root, 'add', 'api/a.ts', 'web/w.ts');
    const { code, told } = await run(two, command);
    expect([code, told], told).toEqual([2, expect.stringContaining('api/a.ts')]);
  });

  test('that takes out of the index what is its own, or nothing, is run', async () => {
    const { root, one, two } = await begun();
    await two.before('web/w.ts');
    write(root, { 'web/w.ts': 'of two\n' });
    for (const command of ['git reset', 'git restore --staged .'])
      expect((await run(two, command)).told, command).toBe('');
    git(root, 'add', '.');
    for (const command of [
      'git reset web/w.ts',
      'git restore --staged web',
      'git rm --cached web/w.ts',
      'git stash push -- web/w.ts',
      'git reset --soft HEAD',
    ])
      expect((await run(two, command)).told, command).toBe('');
    expect((await run(two, 'git reset')).told).toMatch(
      /would take out of the index [^]* {2}claude-\w{6}: api\/a\.ts[^]*git restore --staged -- web\/w\.ts/,
    );
    expect((await run(one, 'git reset api/a.ts')).code).toBe(0);
  });
});
