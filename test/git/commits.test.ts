import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Stage } from './support.ts';

let stage: Stage;

beforeEach(async () => {
  stage = new Stage();
  await stage.prepare();
  stage.put('api/a.ts', '2\n');
  stage.put('web/b.ts', '2\n');
});

afterEach(() => stage.sandbox.clear());

const head = (cwd = stage.root): string => stage.sandbox.git('-C', cwd, 'rev-parse', 'HEAD').trim();

/** That nothing is committed, of whatever Git ends with, and the way out. */
async function expectRefused(
  args: readonly string[],
  ...[way]: [Parameters<Stage['git']>[1]?]
): Promise<string> {
  const before = head(way?.cwd);
  const { code, stderr } = await stage.git(args, way);
  expect(stderr).toContain('api/a.ts is held by alice');
  expect(stderr).toContain('without this check: git');
  expect(stderr.includes('if you are alice, say so: RHEMA_AGENT=alice git commit ...')).toBe(
    way?.as === undefined,
  );
  expect(code).not.toBe(0);
  expect(head(way?.cwd)).toBe(before);
  return stderr;
}

describe('a commit of what another agent has', () => {
  it('is refused with -a, of the index, of paths, and by an agent that is another', async () => {
    await expectRefused(['commit', '-qam', 'all']);
    await expectRefused(['commit', '-qam', 'all'], { as: 'bob' });
    await expectRefused(['commit', '-qm', 'one', '--', 'api/a.ts', 'web/b.ts']);
    stage.sandbox.git('add', '.');
    await expectRefused(['commit', '-qm', 'index']);
  });

  it('is refused by an index that GIT_INDEX_FILE names', async () => {
    const env = { GIT_INDEX_FILE: join(stage.root, '.git', 'other index') };
    await stage.git(['read-tree', 'HEAD'], { env });
    await stage.git(['add', 'api/a.ts'], { env });
    await expectRefused(['commit', '-qm', 'other'], { env });
  });

  it('leaves the rest to be committed by the line that is offered, and what is staged of others where it is', async () => {
    stage.sandbox.git('add', '.');
    const { stderr } = await stage.git(['commit', '-qm', 'both'], { as: 'bob' });
    expect(stderr).toContain('to commit the rest: git commit -- :/web/b.ts');
    const { code } = await stage.git(['commit', '-qm', 'mine', '--', ':/web/b.ts'], { as: 'bob' });
    expect(code).toBe(0);
    expect(stage.sandbox.git('show', '--format=', '--name-only').trim()).toBe('web/b.ts');
    expect(stage.sandbox.git('diff', '--cached', '--name-only').trim()).toBe('api/a.ts');
  });

  it('is refused in a linked working tree, and by names that are odd', async () => {
    const linked = join(stage.sandbox.folder, 'linked tree');
    stage.sandbox.git('worktree', 'add', '--quiet', '--detach', linked);
    writeFileSync(join(linked, 'api/a.ts'), '3\n');
    await expectRefused(['commit', '-qam', 'there'], { cwd: linked });
    const odd = 'api/\u{e9} "x"\n.ts';
    await stage.ask('lock', 'acquire', 'api', '--agent', 'alice');
    stage.sandbox.git('checkout', '-q', 'api/a.ts');
    stage.put(odd, '');
    stage.sandbox.git('add', odd);
    const { code, stderr } = await stage.git(['commit', '-qm', 'odd']);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringContaining('is held by alice') as string,
    });
  });

  it('is refused at the end of a merge without conflicts, and of one with', async () => {
    stage.sandbox.git('checkout', '-q', '.');
    stage.sandbox.git('switch', '-qc', 'theirs');
    stage.put('api/a.ts', '3\n');
    await stage.git(['commit', '-qam', 'theirs'], { as: 'alice' });
    stage.sandbox.git('switch', '-q', 'main');
    stage.put('web/b.ts', '3\n');
    await stage.git(['commit', '-qam', 'ours']);
    const wayOut = 'the merge is not undone: git commit ends it later, git merge --abort puts back';
    stage.sandbox.git('-c', 'core.hooksPath=/dev/null', 'merge', '-q', '--no-commit', 'theirs');
    expect(await expectRefused(['commit', '-q', '--no-edit'])).toContain(wayOut);
    await stage.git(['merge', '--abort']);
    stage.put('api/a.ts', '4\n');
    await stage.git(['commit', '-qam', 'ours'], { as: 'alice' });
    await stage.git(['merge', '-q', '--no-edit', 'theirs'], { as: 'alice' });
    stage.put('api/a.ts', '5\n');
    stage.sandbox.git('add', '.');
    await expectRefused(['commit', '-q', '--no-edit']);
    expect(await stage.git(['commit', '-q', '--no-edit'], { as: 'alice' })).toMatchObject({ code: 0 });
  });
});

describe('trailers', () => {
  it('name the agent, and the token of what it has locked of the commit', async () => {
    const { code } = await stage.git(['commit', '-qam', 'mine'], { as: 'alice' });
    expect(code).toBe(0);
    expect(stage.message()).toMatch(/^mine\n\nRhema-Agent: alice\nRhema-Token: \d+$/);
    stage.put('web/b.ts', '3\n');
    await stage.git(['commit', '-qam', 'page'], { as: 'bob' });
    expect(stage.message()).toBe('page\n\nRhema-Agent: bob');
  });

  it('are not added for nobody, nor to a message that says nothing', async () => {
    await stage.git(['commit', '-qm', 'page', 'web/b.ts']);
    expect(stage.message()).toBe('page');
    stage.put('web/b.ts', '3\n');
    const before = head();
    const { code, stderr } = await stage.git(['commit', '-qam', ''], {
      as: 'alice',
      env: { GIT_EDITOR: 'true' },
    });
    expect({ code, stderr }).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('empty commit message') as string,
    });
    expect(head()).toBe(before);
  });
});

describe('where nobody can say who holds what', () => {
  it('nothing is committed, and the way out is said', async () => {
    await stage.ask('daemon', 'stop');
    const database = stage.sandbox.paths.database;
    renameSync(database, `${database}.kept`);
    mkdirSync(database);
    const before = head();
    const { code, stderr } = await stage.git(['commit', '-qam', 'x']);
    expect(code).toBe(1);
    expect(stderr).toContain('without this check: git commit --no-verify');
    expect(head()).toBe(before);
  });

  it('as where the program is gone, or the agent is none', async () => {
    const script = readFileSync(join(stage.root, '.git/hooks/rhema'), 'utf8');
    stage.put('.git/hooks/rhema', script.replaceAll('/cli/main.js', '/cli/gone.js'), 0o755);
    const gone = await stage.git(['commit', '-qam', 'x']);
    expect(gone).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('rhema hooks install git') as string,
    });
    await stage.ask('hooks', 'install', 'git', '--yes');
    // A shell may outlive its agent: then its commits are nobody's.
    const nobody = await stage.git(['commit', '-qam', 'x'], { as: 'carol' });
    expect(nobody).toMatchObject({ code: 1, stderr: expect.stringContaining('held by alice') as string });
  });
});

describe('what went past by --no-verify', () => {
  /** A lock counts from the second after it was granted. */
  const later = () => ({ GIT_COMMITTER_DATE: `@${Math.floor(Date.now() / 1_000) + 30} +0000` });

  it('is stopped when it is pushed, and what its holder committed is not', async () => {
    const remote = join(stage.sandbox.folder, 'remote.git');
    stage.sandbox.git('init', '--quiet', '--bare', remote);
    stage.sandbox.git('remote', 'add', 'origin', remote);
    await stage.git(['commit', '-qam', 'mine'], { as: 'alice', env: later() });
    expect(await stage.git(['push', '-q', 'origin', 'main'])).toMatchObject({ code: 0, stderr: '' });
    stage.put('api/a.ts', '3\n');
    await stage.git(['commit', '-qanm', 'unasked'], { env: later() });
    const stopped = await stage.git(['push', '-q', 'origin', 'main']);
    expect(stopped.stderr).toMatch(
      /api\/a\.ts: error: changed by commit \w{10} \(unasked\) while alice had it locked/,
    );
    expect(stopped.stderr).toContain('without this check: git push --no-verify');
    expect(stopped.code).toBe(1);
    expect(await stage.git(['push', '-q', 'origin', ':main'])).toMatchObject({ code: 0 });
  });
});

describe('a branch that is checked out where another agent works', () => {
  it('is moved there, and nowhere else', async () => {
    const linked = join(stage.sandbox.folder, 'linked');
    stage.sandbox.git('worktree', 'add', '--quiet', '-b', 'theirs', linked);
    await stage.ask('-C', linked, 'agent', 'join', 'carol');
    stage.sandbox.git('checkout', '-q', '.');
    await stage.git(['commit', '-q', '--allow-empty', '-m', 'more']);
    const moved = await stage.git(['update-ref', 'refs/heads/theirs', 'HEAD']);
    expect(moved.code).toBe(128);
    expect(moved.stderr).toContain(`the branch theirs is not moved: carol works on it in ${linked}`);
    expect(await stage.git(['update-ref', 'refs/heads/free', 'HEAD'])).toMatchObject({ code: 0 });
    expect(await stage.git(['update-ref', 'refs/heads/theirs', 'HEAD'], { as: 'carol' })).toMatchObject({
      code: 0,
    });
    expect(await stage.git(['commit', '-q', '--allow-empty', '-m', 'there'], { cwd: linked })).toMatchObject({
      code: 0,
    });
  });
});
