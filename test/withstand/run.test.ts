import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { rhema, rhemaJson, startRhema, type Running } from './support/cli.ts';
import { childrenOf, kill, ownersOf, processesOf } from './support/processes.ts';
import { Sandbox } from './support/sandbox.ts';
import { until } from './support/until.ts';

let sandbox: Sandbox;

beforeEach(() => {
  sandbox = new Sandbox({ api: [] });
});

afterEach(() => sandbox.clear());

/** Ignores SIGTERM, and has started something that does so too and leads a group of its own. */
const stubborn = `trap '' TERM; setsid sh -c 'while :; do sleep 0.1; done' & touch ../begun; while :; do sleep 0.1; done`;

const workers = (): readonly string[] =>
  processesOf(sandbox.folder)
    .filter(({ command: [file] }) => file === 'sh' || file === 'sleep')
    .map(({ command }) => command.join(' '));

const orphans = (): readonly string[] =>
  processesOf(sandbox.folder)
    .map(({ command }) => command.join(' '))
    .filter((command) => command.startsWith('timeout ') || command.includes('sleep 0.1'));

/** Writes down each SIGTERM, and works on. */
const noting = `trap 'echo told >> ../told' TERM; touch ../begun; while :; do sleep 0.1; done`;

const timesTold = (): number => {
  const file = join(sandbox.folder, 'told');
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').length - 1 : 0;
};

/** A run at work, under a short lease. */
async function atWork(command = stubborn, ttl = '3s'): Promise<Running> {
  expect((await rhema(sandbox, 'agent', 'join', 'bob')).code).toBe(0);
  const run = startRhema(sandbox, 'run', '--scope', 'api', '--ttl', ttl, '--', 'sh', '-c', command);
  await until('the command has begun', () => existsSync(join(sandbox.folder, 'begun')));
  return run;
}

/** Bob takes the scope as soon as he can; what the former holder's command has running by then. */
async function leftWhenGranted(...options: readonly string[]): Promise<readonly string[]> {
  await until('bob is granted the scope', async () => {
    const { exitCode } = await rhemaJson(sandbox, ...options, 'lock', 'acquire', 'api', '--agent', 'bob');
    return exitCode === 0;
  });
  return workers();
}

it('a command has ended before another agent is granted its scope, when run is killed', async () => {
  const run = await atWork();
  run.child.kill('SIGKILL');
  await run.ended.catch(() => undefined);
  expect(await leftWhenGranted()).toEqual([]);
});

it('a command whose tether is killed gets another, which ends it when run is killed', async () => {
  const run = await atWork();
  const tethers = (): readonly number[] =>
    childrenOf(run.child.pid ?? 0)
      .filter(({ command }) => command.some((word) => word.endsWith('tether-main.js')))
      .map(({ pid }) => pid);
  const first = tethers();
  expect(first).toHaveLength(1);
  kill(first);
  await until('there is another tether', () => tethers().some((pid) => !first.includes(pid)));
  run.child.kill('SIGKILL');
  await run.ended.catch(() => undefined);
  expect(await leftWhenGranted()).toEqual([]);
});

it('a command has ended before another agent is granted its scope, when run stands still', async () => {
  const run = await atWork();
  run.child.kill('SIGSTOP');
  expect(await leftWhenGranted()).toEqual([]);
  run.child.kill('SIGCONT');
  expect((await run.ended).code).toBe(1);
});

it('a command is told to end before it is ended by force, once, when run stands still', async () => {
  const run = await atWork(noting);
  run.child.kill('SIGSTOP');
  expect(await leftWhenGranted()).toEqual([]);
  expect(timesTold()).toBe(1);
  run.child.kill('SIGCONT');
  expect((await run.ended).code).toBe(1);
});

it('a command is told to end once, by run alone, when the coordinator stands still', async () => {
  const run = await atWork(noting, '6s');
  const [owner] = ownersOf(sandbox.folder);
  process.kill(owner?.pid ?? 0, 'SIGSTOP');
  expect((await run.ended).code).toBe(1);
  expect(timesTold()).toBe(1);
  process.kill(owner?.pid ?? 0, 'SIGCONT');
});

it('a command has ended before another agent is granted its scope, when the coordinator stands still', async () => {
  const run = await atWork();
  const [owner] = ownersOf(sandbox.folder);
  process.kill(owner?.pid ?? 0, 'SIGSTOP');
  expect(await leftWhenGranted('--direct')).toEqual([]);
  process.kill(owner?.pid ?? 0, 'SIGCONT');
  const { code, stderr } = await run.ended;
  expect(code).toBe(1);
  expect(stderr).toContain('LOCK LOST on api: its lease could not be renewed in time');
});

/** Under a lease long enough that no renewal falls into the test. */
async function atLongWork(...options: readonly string[]): Promise<Running> {
  const command = 'touch ../begun; while :; do sleep 0.1; done';
  const run = startRhema(
    sandbox,
    'run',
    '--scope',
    'api',
    '--ttl',
    '10m',
    ...options,
    '--',
    'sh',
    '-c',
    command,
  );
  await until('the command has begun', () => existsSync(join(sandbox.folder, 'begun')));
  return run;
}

it('a command ends at once when an operator revokes its lock, long before the next renewal', async () => {
  const run = await atLongWork();
  const revoke = ['lock', 'revoke', 'api', '--reason', 'needed elsewhere'];
  expect((await rhema(sandbox, ...revoke)).code).toBe(0);
  const { code, stderr } = await run.ended;
  expect(code).toBe(1);
  expect(stderr).toMatch(/LOCK LOST on api: api was taken from .*needed elsewhere/);
  expect(workers()).toEqual([]);
});

/** Its helper has ended, and has left a program at work in a group of its own. */
const withOrphan = `sh -c 'timeout 1000 sh -c "touch ../begun; while :; do sleep 0.1; done" & exit 0'`;

it('what its helper left in a group of its own ends with the command, when its lock is revoked', async () => {
  const run = await atWork(`${withOrphan}; sleep 100`, '10m');
  expect((await rhema(sandbox, 'lock', 'revoke', 'api')).code).toBe(0);
  expect((await run.ended).code).toBe(1);
  expect(orphans()).toEqual([]);
});

it('what its helper left in a group of its own ends with the command, when run is killed', async () => {
  const run = await atWork(`${withOrphan}; sleep 100`, '4s');
  run.child.kill('SIGKILL');
  await run.ended.catch(() => undefined);
  await leftWhenGranted();
  expect(orphans()).toEqual([]);
});

it('a command keeps its lock while what it left behind works; Ctrl-C ends that', async () => {
  const run = await atWork(withOrphan, '3s');
  await until('run says what works on', () => run.said.stderr.includes('sh has ended, but'));
  expect(run.said.stderr).toMatch(/works on: .*\(timeout\).*; api stays locked until that has ended/);
  expect((await rhema(sandbox, 'lock', 'acquire', 'api', '--agent', 'bob')).code).toBe(3);
  expect(orphans()).not.toEqual([]);
  run.child.kill('SIGINT');
  expect((await run.ended).code).toBe(0);
  expect(orphans()).toEqual([]);
  expect((await rhema(sandbox, 'lock', 'acquire', 'api', '--agent', 'bob')).code).toBe(0);
});

it('what a command left behind has ended before another agent is granted its scope, when run is killed', async () => {
  const run = await atWork(withOrphan, '3s');
  await until('run says what works on', () => run.said.stderr.includes('sh has ended, but'));
  run.child.kill('SIGKILL');
  await run.ended.catch(() => undefined);
  await leftWhenGranted();
  expect(orphans()).toEqual([]);
});

it('a daemon that a command has started is not waited for', async () => {
  const run = await atWork('setsid sh -c "touch ../begun; sleep 100" >/dev/null 2>&1 &');
  expect((await run.ended).code).toBe(0);
  expect(run.said.stderr).toBe('');
});

it('a command ends as soon as its log is replaced by a backup, long before the next renewal', async () => {
  const { directory } = sandbox.paths;
  const backup = join(sandbox.folder, 'backup');
  const copy = (from: string, to: string): unknown => execFileSync('cp', ['-a', from, to]);
  expect((await rhema(sandbox, 'status')).code).toBe(0);
  expect((await rhema(sandbox, 'daemon', 'stop')).code).toBe(0);
  copy(directory, backup);
  const run = await atLongWork();
  expect((await rhema(sandbox, 'daemon', 'stop')).code).toBe(0);
  rmSync(directory, { recursive: true });
  copy(backup, directory);
  const { code, stderr } = await run.ended;
  expect(code).toBe(1);
  expect(stderr).toMatch(/LOCK LOST on api: .*the log began anew/);
  expect(workers()).toEqual([]);
});

it('a command ends at once when its agent gives the lock back from another shell', async () => {
  expect((await rhema(sandbox, 'agent', 'join', 'alice')).code).toBe(0);
  const run = await atLongWork('--agent', 'alice');
  expect((await rhema(sandbox, 'lock', 'release', 'api', '--agent', 'alice')).code).toBe(0);
  const { code, stderr } = await run.ended;
  expect(code).toBe(1);
  expect(stderr).toContain('LOCK LOST on api: alice gave back api');
  expect(workers()).toEqual([]);
});

it('a command that the system refuses at once is told as one that cannot be run, and its lock is given back', async () => {
  const { code, stderr } = await rhema(sandbox, 'run', '--scope', 'api', '--', 'api/rhema.yaml/tool');
  expect([code, stderr]).toEqual([
    126,
    'rhema: api/rhema.yaml/tool: it cannot be run (ENOTDIR) (COMMAND_NOT_STARTED)\n',
  ]);
  expect((await rhemaJson(sandbox, 'status')).envelope).toMatchObject({ locks: [] });
});
