import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { rhema, rhemaJson, startRhema, type Envelope, type Running } from './support/cli.ts';
import { LogAudit } from './support/log-audit.ts';
import { kill, ownersOf } from './support/processes.ts';
import { Sandbox } from './support/sandbox.ts';
import { until } from './support/until.ts';

let sandbox: Sandbox;

beforeEach(() => {
  sandbox = new Sandbox({ api: [], web: ['api'] });
});

afterEach(async () => {
  try {
    const audit = new LogAudit();
    await audit.readFrom(sandbox.paths.database);
    expect(audit.faults).toEqual([]);
  } finally {
    await sandbox.clear();
  }
});

/** A command that must succeed, and what it answered. */
async function done(...args: readonly string[]): Promise<Envelope> {
  const { exitCode, envelope } = await rhemaJson(sandbox, ...args);
  expect({ exitCode, code: envelope.code, message: envelope.message }).toEqual({ exitCode: 0 });
  return envelope;
}

async function joinBoth(): Promise<void> {
  await done('agent', 'join', 'alice');
  await done('agent', 'join', 'bob');
}

/** A shell in which an agent waits for a scope; resolves when it is in the queue. */
async function waitingShell(agent: string): Promise<{ readonly shell: Running; readonly ticket: number }> {
  const shell = startRhema(sandbox, 'lock', 'acquire', 'api', '--agent', agent, '--wait', '60s', '--json');
  return { shell, ticket: await until(`${agent} waits`, () => ticketOf(agent)) };
}

async function ticketOf(agent: string): Promise<number | null> {
  const { waiters } = (await done('status')) as unknown as { waiters: { agent: string; ticket: number }[] };
  return waiters.find((waiter) => waiter.agent === agent)?.ticket ?? null;
}

async function tokenOfApi(): Promise<number | undefined> {
  const { locks } = (await done('status')) as unknown as { locks: { token: number }[] };
  return locks[0]?.token;
}

async function holderOf(scope: string): Promise<string | null> {
  const { locks } = (await done('status')) as unknown as { locks: { agent: string; scope: string }[] };
  return locks.find((lock) => lock.scope === scope)?.agent ?? null;
}

async function envelopeOf(shell: Running): Promise<Envelope> {
  const { stdout, stderr, code } = await shell.ended;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as Envelope;
}

function killOwner(): void {
  const owners = ownersOf(sandbox.folder).map(({ pid }) => pid);
  expect(owners).toHaveLength(1);
  kill(owners);
}

it('lets two shells take turns on a scope: the second is refused, waits, and is given it on release', async () => {
  await joinBoth();
  const first = await done('lock', 'acquire', 'api', '--agent', 'alice', '--reason', 'the login');
  const refused = await rhemaJson(sandbox, 'lock', 'acquire', 'api', '--agent', 'bob');
  expect(refused).toMatchObject({
    exitCode: 3,
    envelope: { ok: false, code: 'LOCK_HELD', details: { holder: 'alice' } },
  });
  const { shell } = await waitingShell('bob');
  await done('lock', 'release', 'api', '--agent', 'alice');
  const second = await envelopeOf(shell);
  expect(Number(second['token'])).toBeGreaterThan(Number(first['token']));
});

it('gives up a wait with exit code 4 when its time is over, and leaves no ticket behind', async () => {
  await joinBoth();
  await done('lock', 'acquire', 'api', '--agent', 'alice');
  const vain = await rhemaJson(sandbox, 'lock', 'acquire', 'api', '--agent', 'bob', '--wait', '50ms');
  expect(vain).toMatchObject({ exitCode: 4, envelope: { ok: false, code: 'WAITED_IN_VAIN' } });
  expect(await ticketOf('bob')).toBeNull();
});

it('keeps the place of a waiting shell that is killed: the next one of the same agent goes on waiting there', async () => {
  await joinBoth();
  await done('lock', 'acquire', 'api', '--agent', 'alice');
  const before = await waitingShell('bob');
  before.shell.child.kill('SIGKILL');
  await before.shell.ended;
  const after = await waitingShell('bob');
  expect(after.ticket).toBe(before.ticket);
  await done('lock', 'release', 'api', '--agent', 'alice');
  const { revision } = await envelopeOf(after.shell);
  expect(revision).toBeGreaterThan(before.ticket);
});

it('hands the scope of a killed shell to who waits for it, within one lease', async () => {
  await joinBoth();
  const hang = ['--', process.execPath, '-e', 'setInterval(() => {}, 1000)'];
  const shell = startRhema(sandbox, 'run', '--scope', 'api', '--agent', 'alice', '--ttl', '2s', ...hang);
  await until('alice holds the lock', async () => (await holderOf('api')) === 'alice');
  shell.child.kill('SIGKILL');
  const bob = await done('lock', 'acquire', 'api', '--agent', 'bob', '--wait', '30s');
  expect(bob['token']).toBe(bob.revision);
  const { entries } = (await done('log', '--scope', 'api')) as unknown as {
    entries: { events: { kind: string }[] }[];
  };
  expect(entries.flatMap(({ events }) => events.map((event) => event.kind))).toContain('lock.expired');
});

it('survives the killing of the coordinator: holders hold, waiters wait on, and log and why tell it all', async () => {
  await joinBoth();
  const held = await done('lock', 'acquire', 'api', '--agent', 'alice', '--reason', 'the login');
  const { shell, ticket } = await waitingShell('bob');
  killOwner();
  expect(await ticketOf('bob')).toBe(ticket);
  expect(await holderOf('api')).toBe('alice');
  killOwner();
  await done('lock', 'release', 'api', '--agent', 'alice');
  const granted = await envelopeOf(shell);

  const why = await rhema(sandbox, 'why', 'api');
  expect(why.stdout).toContain('bob');
  const then = await done('why', 'api', '--at', `@${ticket}`);
  expect(then).toMatchObject({
    revision: ticket,
    locks: [{ agent: 'alice', token: held['token'], reason: 'the login' }],
    waiters: [{ agent: 'bob', ticket }],
  });
  const log = await rhema(sandbox, 'log', '--scope', 'api');
  for (const part of [`@${String(held['token'])} `, `@${ticket} `, `@${String(granted['token'])} `])
    expect(log.stdout).toContain(part);
});

it('shares one coordinator among all worktrees of a repository', async () => {
  await joinBoth();
  const other = join(sandbox.folder, 'second-worktree');
  sandbox.git('worktree', 'add', '--quiet', other);
  await done('lock', 'acquire', 'api', '--agent', 'alice');
  const refused = await rhemaJson(sandbox, '-C', other, 'lock', 'acquire', 'api', '--agent', 'bob');
  expect(refused).toMatchObject({
    exitCode: 3,
    envelope: { code: 'LOCK_HELD', details: { holder: 'alice' } },
  });
  expect(ownersOf(sandbox.folder)).toHaveLength(1);
});

it('wraps a command like flock: gives it the token, passes on its exit code, and leaves nothing behind', async () => {
  const print = 'console.log(process.env.RHEMA_SCOPE, Number(process.env.RHEMA_TOKEN) > 0); process.exit(7)';
  const ended = await rhema(sandbox, 'run', '--scope', 'api', '--', process.execPath, '-e', print);
  expect(ended).toMatchObject({ code: 7, stdout: 'api true\n' });
  expect(await done('status')).toMatchObject({ agents: [], locks: [], waiters: [] });
});

it('keeps its lock, and gives it back, when the coordinator is killed while the command runs', async () => {
  const untilTold = 'while [ ! -e told ]; do sleep 0.05; done';
  const shell = startRhema(sandbox, 'run', '--scope', 'api', '--ttl', '30s', '--', 'sh', '-c', untilTold);
  const token = await until('the lock is held', tokenOfApi);
  killOwner();
  expect(await tokenOfApi()).toBe(token);
  sandbox.write('repository/told', '');
  expect(await shell.ended).toMatchObject({ code: 0, stderr: '' });
  expect(await done('status')).toMatchObject({ agents: [], locks: [] });
});

it('lets wrapped commands take turns: none sees another inside', async () => {
  const once = 'mkdir inside && rmdir inside && echo done >> turns';
  const shells = Array.from({ length: 4 }, () =>
    startRhema(sandbox, 'run', '--scope', 'api', '--wait', '60s', '--', 'sh', '-c', once),
  );
  const ended = await Promise.all(shells.map((shell) => shell.ended));
  expect(ended.map(({ code, stderr }) => ({ code, failed: stderr.includes('inside') }))).toEqual(
    Array.from({ length: 4 }, () => ({ code: 0, failed: false })),
  );
});

it.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
  ['SIGQUIT', 131],
] as const)('releases on %s, ends its command with it, and answers %i', async (signal, code) => {
  const tell = 'process.stdout.write("started"); setInterval(() => {}, 1000)';
  const shell = startRhema(sandbox, 'run', '--scope', 'api', '--', process.execPath, '-e', tell);
  await until('the command runs', () => shell.said.stdout === 'started');
  shell.child.kill(signal);
  expect(await shell.ended).toMatchObject({ code });
  expect(await done('status')).toMatchObject({ agents: [], locks: [] });
});

it.each([
  ['SIGINT', 130],
  ['SIGQUIT', 131],
] as const)('gives its ticket back when %s interrupts it while it waits', async (signal, code) => {
  await joinBoth();
  await done('lock', 'acquire', 'api', '--agent', 'alice');
  const shell = startRhema(sandbox, 'run', '--scope', 'api', '--agent', 'bob', '--wait', '--', 'true');
  await until('bob waits', () => ticketOf('bob'));
  shell.child.kill(signal);
  expect(await shell.ended).toMatchObject({ code });
  expect(await ticketOf('bob')).toBeNull();
});

it('ends a wrapped command whose lease an operator took away, says so, and answers 1', async () => {
  const begun = join(sandbox.folder, 'begun');
  const hang = ['--', 'sh', '-c', `: > ${begun}; exec sleep 600`];
  const shell = startRhema(sandbox, 'run', '--scope', 'api', '--ttl', '3s', ...hang);
  await until('the command has begun', () => existsSync(begun));
  await done('lock', 'revoke', 'api');
  const { code, stderr } = await shell.ended;
  expect({ code, isTold: stderr.includes('LOCK LOST on api') }).toEqual({ code: 1, isTold: true });
});

it('ends a wrapped command that was frozen past its lease, while the next in line works on', async () => {
  await joinBoth();
  const hang = ['--', process.execPath, '-e', 'setInterval(() => {}, 1000)'];
  const frozen = startRhema(sandbox, 'run', '--scope', 'api', '--agent', 'alice', '--ttl', '2s', ...hang);
  await until('alice holds the lock', async () => (await holderOf('api')) === 'alice');
  frozen.child.kill('SIGSTOP');
  await done('lock', 'acquire', 'api', '--agent', 'bob', '--wait', '30s');
  frozen.child.kill('SIGCONT');
  const { code, stderr } = await frozen.ended;
  expect({ code, isTold: stderr.includes('LOCK LOST on api') }).toEqual({ code: 1, isTold: true });
  expect(await holderOf('api')).toBe('bob');
});

it('works for two shells that both go without a coordinator process', async () => {
  const direct = (...args: readonly string[]) => done('--direct', ...args);
  await direct('agent', 'join', 'alice');
  await direct('agent', 'join', 'bob');
  await direct('lock', 'acquire', 'api', '--agent', 'alice');
  const wait = ['--agent', 'bob', '--wait', '60s', '--json'];
  const bob = startRhema(sandbox, '--direct', 'lock', 'acquire', 'api', ...wait);
  await until('bob waits', async () => {
    const { waiters } = (await direct('status')) as unknown as { waiters: unknown[] };
    return waiters.length === 1;
  });
  await direct('lock', 'release', 'api', '--agent', 'alice');
  expect(Number((await envelopeOf(bob))['token'])).toBeGreaterThan(0);
  expect(ownersOf(sandbox.folder)).toHaveLength(0);
});
