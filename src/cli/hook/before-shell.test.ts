import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { commitAll, makeRepository, write } from '../../repository/testing/fixture.ts';
import { held, Session, shopFiles } from '../testing/hook-session.ts';
import { begunIn, ran, run } from '../testing/shell-session.ts';

function shop(): string {
  const root = makeRepository(shopFiles());
  commitAll(root);
  return root;
}

const begun = () => begunIn(shop());

describe('a shell command', () => {
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
