import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { commitAll, git, makeRepository, temporaryFolder, write } from '../../repository/testing/fixture.ts';
import { rhemaIn } from '../testing/direct.ts';
import { held, Session, shopFiles, type Heard } from '../testing/hook-session.ts';

function shop(more?: string): string {
  const root = makeRepository(shopFiles(more));
  commitAll(root);
  return root;
}

describe('a shell command', () => {
  const run = (session: Session, command: string): Promise<Heard> =>
    session.say('PreToolUse', { tool_name: 'Bash', tool_input: { command } });
  const ran = (session: Session, command: string): Promise<Heard> =>
    session.say('PostToolUse', { tool_name: 'Bash', tool_input: { command } });

  /** One has uncommitted work in api/a.ts. */
  const begun = async () => {
    const root = shop();
    const [one, two] = [new Session(root, 'one'), new Session(root, 'two')];
    await one.before('api/a.ts');
    write(root, { 'api/a.ts': 'of one\n' });
    return { root, one, two };
  };

  test.each([
    'echo x > api/a.ts',
    'cd api && sed -i s/a/b/ a.ts',
    "bash -c 'cat web/w.ts | tee -a api/a.ts'",
    'rm -rf api',
    'mv web/w.ts api/a.ts',
    'rm api/*.ts',
    'git restore api/a.ts',
    'git stash',
    'git add -A',
    'git commit -am all',
    'git reset --hard && true',
    'git checkout other',
    'git switch other',
    'git switch -c mine',
    'git checkout -b mine',
    'git checkout --orphan mine',
    'git symbolic-ref HEAD refs/heads/mine',
    'cd web && git clean -fd && git stash -u',
    'git pull --rebase',
    'git add api/a.ts web',
    'cd api && git commit -m a a.ts',
    'git commit --no-verify -m a -- api',
    'git add -u',
    'git checkout api/a.ts',
    'cd api && git checkout -q a.ts || true',
    'git checkout api',
    'git checkout --theirs api/a.ts',
    'git checkout -f',
  ])('that would write what another agent holds is refused: %s', async (command) => {
    const { two } = await begun();
    const { code, told } = await run(two, command);
    expect([code, told], told).toEqual([2, expect.stringContaining('api/a.ts')]);
  });

  test.each([
    'cat api/a.ts',
    'echo x > web/w.ts',
    'rm api/*.js',
    'git status && git diff',
    'git add web/w.ts',
    'git commit -m w -- web/w.ts',
    'git log > out.log',
    'git add $FILE',
    'git checkout web/w.ts',
    'git add -p',
    'git clean -f',
    'ls > /dev/null',
  ])('that would not is run: %s', async (command) => {
    const { two } = await begun();
    expect(await run(two, command)).toMatchObject({ code: 0, told: '' });
  });

  test.each([
    ['rm link', 0],
    ['unlink link', 0],
    ['mv link other', 0],
    ['mv web/w.ts link', 0],
    ['ln -sf web/w.ts link', 0],
    ['sed -i s/a/b/ link', 0],
    ['cp --remove-destination web/w.ts link', 0],
    ['git rm --quiet link', 0],
    ['rm -r folder', 0],
    ['echo x > link', 2],
    ['tee link', 2],
    ['sed -i --follow-symlinks s/a/b/ link', 2],
    ['cp web/w.ts link', 2],
    ['rm folder/a.ts', 2],
    ['mv link folder/a.ts', 2],
    ['rm folder/*.ts', 2],
  ])('is of a link, or of what it leads to, as the command takes it: %s', async (command, code) => {
    const { root, two } = await begun();
    symlinkSync('api/a.ts', join(root, 'link'));
    symlinkSync('api', join(root, 'folder'));
    expect(await run(two, command)).toMatchObject({ code });
  });

  test('that makes a link another one is refused where somebody else has that link', async () => {
    const { root, one, two } = await begun();
    symlinkSync('w.ts', join(root, 'web/link'));
    await run(one, 'ln -sf ../api/a.ts web/link');
    expect((await run(two, 'rm web/link')).told).toContain('web/link is held by');
    expect((await run(two, 'echo x > web/link')).code).toBe(0);
  });

  test('locks what it writes, and gives it back once it is committed', async () => {
    const root = shop();
    const one = new Session(root, 'one');
    await run(one, 'echo x > api/a.ts');
    expect((await held(root)).map((lock) => lock.split(' ')[0])).toEqual(['api/a.ts']);
    write(root, { 'api/a.ts': 'x\n' });
    await ran(one, 'echo x > api/a.ts');
    expect(await held(root)).toHaveLength(1);
    commitAll(root);
    await ran(one, 'git commit -am x');
    expect(await held(root)).toEqual([]);
  });

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

  test('on a whole tree names those whose work it would touch, and the narrower command', async () => {
    const { root, two } = await begun();
    await two.before('web/w.ts');
    write(root, { 'web/w.ts': 'of two\n' });
    expect((await run(two, 'git stash')).told).toMatch(
      /would take away what others have not committed yet in this working tree:\n {2}claude-\w{6}: api\/a\.ts \(editing in claude\)\n {2}For your own files alone: git stash push -- web\/w\.ts\n/,
    );
    for (const command of ['git rebase main', 'git stash branch mine'])
      expect((await run(two, command)).told, command).toMatch(/git worktree add/);
  });

  test('on a whole tree is judged the same by guard check, for whoever asks', async () => {
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

  test('on a whole tree is run where the others have committed, work elsewhere, or nobody else is there', async () => {
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

  test('on a whole tree is run where the others have only new files, unless it is of these, too', async () => {
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

  describe('that takes commits from a branch', () => {
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
          new RegExp(
            `before they are pushed:\n  ${names[0]}: [0-9a-f]{10} change api/a.ts\n.*git revert REV`,
          ),
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

  describe('on the stash', () => {
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
      expect([code, told]).toEqual([
        2,
        expect.stringMatching(/claude-\w{6}: web\/(new|w)\.ts[^]*stash@\{N\}/),
      ]);
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

  test('that shows a file is a read of it: what was changed since is not written over', async () => {
    const root = shop();
    const [one, two] = [new Session(root, 'one'), new Session(root, 'two')];
    await run(two, 'cat api/a.ts');
    await one.before('api/a.ts');
    write(root, { 'api/a.ts': 'of one\n' });
    await one.say('SessionEnd');
    expect((await two.before('api/a.ts')).told).toContain('changed since you read it');
  });
});
