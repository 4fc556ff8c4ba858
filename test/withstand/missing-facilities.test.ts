import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { cliMain } from './support/paths.ts';
import { killAllOf } from './support/processes.ts';
import { Sandbox } from './support/sandbox.ts';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = new Sandbox({ api: [] });
});
afterEach(async () => {
  await killAllOf(sandbox.folder);
  await sandbox.clear();
});

/** Runs the program from a shell that has done something before. */
function after(
  before: string,
  ...args: readonly string[]
): { readonly code: number | null; readonly said: string } {
  const { status, stdout, stderr } = spawnSync(
    'bash',
    ['-c', `${before} && exec "$@"`, 'bash', process.execPath, cliMain, ...args],
    { cwd: sandbox.folder, env: sandbox.env, encoding: 'utf8' },
  );
  return { code: status, said: stdout + stderr };
}

const gone = 'mkdir gone && cd gone && rmdir ../gone';

it('works on a repository named by -C from a folder that has been deleted', () => {
  expect(after(gone, '-C', sandbox.worktree, 'scope', 'list')).toMatchObject({
    code: 0,
    said: expect.stringContaining('api') as string,
  });
});

it.runIf(existsSync('/dev/full')).each([['status'], ['--json', 'status']])(
  'says in a line that its answer has no room on a disk that is full: %s',
  (...words) => {
    const { code, said } = after('exec 1>/dev/full', '-C', sandbox.worktree, ...words);
    expect(code).toBe(1);
    expect(said).toMatch(/^rhema: the answer cannot be written: ENOSPC.*; what was asked for may be done\n$/);
    expect(after('exec 1>/dev/full 2>&1', '-C', sandbox.worktree, ...words)).toEqual({ code: 1, said: '' });
  },
);

it.each([['status'], ['-C', 'below', 'status'], ['doctor']])(
  'says of %s in a folder that has been deleted that there is no such folder',
  (...args) => {
    const { code, said } = after(gone, ...args);
    expect(code).toBe(1);
    expect(said).toContain(join(sandbox.folder, 'gone'));
    expect(said).not.toMatch(/\n {4}at |Node\.js v/);
  },
);

it.runIf(process.getuid?.() === 0)('acts for a user who has no name on this system', () => {
  const uid = 54_321;
  mkdirSync(join(sandbox.folder, 'home'), { recursive: true });
  spawnSync('chown', ['-R', `${uid}:${uid}`, sandbox.folder]);
  const as = ['setpriv', `--reuid=${uid}`, `--regid=${uid}`, '--clear-groups'];
  const say = (...args: readonly string[]) =>
    spawnSync(as[0] ?? '', [...as.slice(1), process.execPath, cliMain, '-C', sandbox.worktree, ...args], {
      cwd: '/',
      env: sandbox.env,
      encoding: 'utf8',
    });
  say('agent', 'join', 'alice');
  say('lock', 'acquire', 'api', '--agent', 'alice');
  expect(say('lock', 'revoke', 'api', '--reason', 'stuck')).toMatchObject({ status: 0 });
  expect(say('log', '--json').stdout).toContain(`"by":"uid ${uid}"`);
});

it.each([20, 24])('says so where a process may have only %d files open', (openFilesMax) => {
  const { code, said } = after(`ulimit -n ${openFilesMax}`, '-C', sandbox.worktree, 'status');
  expect({ code, said }).toMatchObject({ code: 1, said: expect.stringContaining('ulimit -n') as string });
  expect(said).not.toMatch(/\bbug\b|Node\.js v/);
});

it('says so in JSON where that is asked for', () => {
  const { said } = after('ulimit -n 20', '-C', sandbox.worktree, 'status', '--json');
  expect(JSON.parse(said)).toMatchObject({ ok: false, code: 'STORE_FAILURE', details: { system: 'EMFILE' } });
});

it('answers in one line, and in JSON, where the program cannot be loaded', () => {
  const program = join(sandbox.folder, 'program');
  cpSync(dirname(cliMain), program, { recursive: true });
  rmSync(join(program, 'base.js'));
  const run = (...args: readonly string[]) =>
    spawnSync(process.execPath, [join(program, 'main.js'), 'status', ...args], { encoding: 'utf8' });
  const { status, stderr } = run();
  expect({ status, lines: stderr.split('\n').length }).toEqual({ status: 1, lines: 2 });
  expect(stderr).toContain('base.js');
  expect(JSON.parse(run('--json').stdout)).toMatchObject({ ok: false, code: 'INTERNAL', revision: null });
});
