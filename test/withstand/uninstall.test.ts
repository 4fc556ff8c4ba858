/** `rhema uninstall` beside a coordinator that runs, where the path is too long for a socket, and killed at any moment. */
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { bytesOf } from '../init/bytes.ts';
import { rhema } from './support/cli.ts';
import { cliMain } from './support/paths.ts';
import { Sandbox } from './support/sandbox.ts';

let sandbox: Sandbox;

beforeEach(() => {
  sandbox = new Sandbox({ api: [], web: ['api'] });
  for (const name of ['run', 'tmp']) mkdirSync(join(sandbox.folder, name), { mode: 0o700 });
  sandbox.env['XDG_RUNTIME_DIR'] = join(sandbox.folder, 'run');
  sandbox.env['TMPDIR'] = join(sandbox.folder, 'tmp');
});
afterEach(() => sandbox.clear());

async function must(folder: string, ...words: string[]): Promise<string> {
  const ended = await rhema(sandbox, '-C', folder, ...words);
  expect(ended).toMatchObject({ code: 0 });
  return ended.stdout;
}

/** Two agents, locks, a context file that somebody has removed again, a run, a client. */
async function use(folder: string): Promise<void> {
  await must(folder, 'migrate', '--yes', '--stage', 'strict');
  await must(folder, 'agent', 'join', 'alice');
  await must(folder, 'lock', 'acquire', 'api', '--agent', 'alice');
  await must(folder, 'lock', 'release', '--agent', 'alice');
  await must(folder, 'run', '--scope', 'web', '--', 'true');
  await must(folder, 'context', 'add', 'todos', 'title=x', '--scope', 'api', '--agent', 'alice');
  await must(folder, 'mcp', '--client-config', 'codex', '--write');
}

it('leaves nothing: of a coordinator that runs, and in the folders of the user', async () => {
  const long = join(sandbox.folder, 'a-path-that-is-too-long-for-a-socket-'.repeat(4));
  cpSync(sandbox.worktree, long, { recursive: true });
  const before = bytesOf(sandbox.folder);
  await use(long);
  expect(readdirSync(join(sandbox.folder, 'run'), { recursive: true }).length).toBeGreaterThan(1);
  expect((await rhema(sandbox, '-C', long, 'daemon', 'status')).stdout).toContain('process ');
  const { stdout } = await rhema(sandbox, '-C', long, 'uninstall', '--yes');
  expect(stdout).toContain('1 context file of yours stays: api/.rhema/todos.yaml\n');
  const mine = Object.keys(bytesOf(sandbox.folder)).filter((name) => !Object.hasOwn(before, name));
  expect(mine.map((name) => name.split('/').slice(1).join('/'))).toEqual([
    'api/.rhema',
    'api/.rhema/todos.yaml',
  ]);
  rmSync(join(long, 'api/.rhema'), { recursive: true });
  expect(bytesOf(sandbox.folder)).toEqual(before);
});

const delaysMs = [150, 250, 350, 450, 550, 650, 800];

it('killed at any moment, it is completed by the next', async () => {
  const before = bytesOf(sandbox.worktree);
  for (const delayMs of delaysMs) {
    await use(sandbox.worktree);
    await killed(delayMs);
    await must(sandbox.worktree, 'uninstall', '--yes');
    const { ['api/.rhema']: _folder, ['api/.rhema/todos.yaml']: _todos, ...now } = bytesOf(sandbox.worktree);
    expect([delayMs, now]).toEqual([delayMs, before]);
    expect(existsSync(join(sandbox.worktree, 'api/.rhema/todos.yaml'))).toBe(true);
    rmSync(join(sandbox.worktree, 'api/.rhema'), { recursive: true });
  }
});

/** Starts one, and kills it after so long. */
function killed(delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [cliMain, 'uninstall', '--yes'], {
      cwd: sandbox.worktree,
      env: sandbox.env,
      stdio: 'ignore',
    });
    const timer = setTimeout(() => child.kill('SIGKILL'), delayMs);
    child.on('exit', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
