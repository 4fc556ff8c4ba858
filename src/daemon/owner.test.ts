import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import {
  SocketCoordinator,
  connect,
  newRequestId,
  statePaths,
  type ConnectOptions,
} from '../client/index.ts';
import { asRevision, type Entry } from '../core/index.ts';
import { acquire, accepted, grants, joinAs, release, TestRepository } from './testing/repository.ts';

/** These tests run the owner as a process of its own, from the built files. */

const repositories: TestRepository[] = [];
const clients: SocketCoordinator[] = [];

afterEach(async () => {
  vi.unstubAllEnvs();
  for (const client of clients.splice(0)) await client.close();
  for (const repository of repositories.splice(0)) {
    await stop(repository);
    repository.remove();
  }
});

function repositoryWith(...scopes: string[]): TestRepository {
  const repository = new TestRepository(...scopes);
  repositories.push(repository);
  return repository;
}

async function open(
  repository: TestRepository,
  options: Partial<ConnectOptions> = {},
): Promise<SocketCoordinator> {
  const version = options.version ?? '1.0.0';
  const { commonDir } = repository;
  const client = await connect({ commonDir, version, startOwner: repository.owner(version), ...options });
  clients.push(client);
  return client;
}

async function stop({ commonDir }: TestRepository): Promise<void> {
  const client = new SocketCoordinator({ commonDir, version: '1.0.0', startOwner: null });
  await client.stopOwner('now').catch(() => {});
  await client.close();
}

const health = (client: SocketCoordinator) => client.query({ kind: 'health' });
const ownerPid = async (client: SocketCoordinator): Promise<number> => (await health(client)).pid;

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

it('is started by the first caller who finds nobody, and found by the next', async () => {
  const repository = repositoryWith('api');
  const first = await open(repository);
  const second = await open(repository, { startOwner: null });
  expect(await ownerPid(second)).toBe(await ownerPid(first));
  expect(await health(first)).toMatchObject({ ok: true, mode: 'daemon', version: '1.0.0', connections: 2 });
});

it('is one, however many start it at once', async () => {
  const repository = repositoryWith('api');
  const starters = await Promise.all(Array.from({ length: 6 }, () => open(repository)));
  const pids = await Promise.all(starters.map(ownerPid));
  expect(new Set(pids).size).toBe(1);
  const log = readFileSync(statePaths(repository.commonDir).log, 'utf8');
  expect(log.match(/"msg":"listening"/g)).toHaveLength(1);
});

it('keeps everything from other users', async () => {
  const repository = repositoryWith('api');
  await open(repository);
  const paths = statePaths(repository.commonDir);
  expect(statSync(paths.directory).mode & 0o777).toBe(0o700);
  for (const path of [paths.socket, paths.database, paths.lock, paths.log])
    expect(statSync(path).mode & 0o777, path).toBe(0o600);
});

it('may be killed at any moment: what was acknowledged is there once, and callers go on', async () => {
  const repository = repositoryWith('a', 'b', 'c');
  const client = await open(repository);
  const agents = await Promise.all(['x', 'y', 'z'].map((name) => joinAs(client, name)));
  const requestIds: string[] = [];
  const work = agents.map(async (agent, index) => {
    for (let cycle = 0; cycle < 40; cycle += 1)
      for (const command of [acquire(agent, 'abc'.charAt(index)), release(agent)]) {
        const requestId = newRequestId();
        requestIds.push(requestId);
        const reply = await client.submit({ requestId, command });
        expect(reply).toMatchObject({ ok: true });
      }
  });
  for (const progress of [40, 110, 180]) {
    await until(() => requestIds.length >= progress);
    process.kill(await ownerPid(client), 'SIGKILL');
  }
  await Promise.all(work);
  const { entries } = await client.query({ kind: 'history', filter: {}, limit: 10_000, before: null });
  const logged = entries
    .map((entry) => entry.requestId)
    .filter((id) => id !== null && requestIds.includes(id));
  expect(logged).toHaveLength(requestIds.length);
  expect(new Set(logged)).toEqual(new Set(requestIds));
  expect((await client.query({ kind: 'violations' })).violations).toEqual([]);
});

it('may be killed while somebody waits: the ticket is kept and the grant arrives', async () => {
  const repository = repositoryWith('api');
  const client = await open(repository);
  const [holder, waiter] = [await joinAs(client, 'holder'), await joinAs(client, 'waiter')];
  const [held] = grants(await accepted(client, acquire(holder, 'api')));
  const queued = await accepted(client, acquire(waiter, 'api', { wait: true }));
  if (queued.kind !== 'queued') throw new Error(queued.kind);
  const granted = client.awaitTicket({ agent: waiter.agent, ticket: queued.ticket });
  process.kill(await ownerPid(client), 'SIGKILL');
  await accepted(client, release(holder));
  const reply = await granted;
  if (reply.kind !== 'granted') throw new Error(reply.kind);
  expect(reply.locks[0]?.token).toBeGreaterThan(held?.token ?? 0);
});

it('may be killed while somebody watches: each entry still comes once and in order', async () => {
  const repository = repositoryWith('api');
  const client = await open(repository);
  const revisions: number[] = [];
  const watching = (async () => {
    for await (const entry of client.watch(asRevision(1), new AbortController().signal)) {
      revisions.push(entry.revision);
      if (entry.agent === 'last') break;
    }
  })();
  await joinAs(client, 'first');
  process.kill(await ownerPid(client), 'SIGKILL');
  await joinAs(client, 'second');
  await joinAs(client, 'last');
  await watching;
  expect(revisions).toEqual(revisions.map((_, index) => index + 1));
});

it('finishes what runs when it is told to leave, and removes its socket', async () => {
  const repository = repositoryWith('api');
  const client = await open(repository);
  const pid = await ownerPid(client);
  const joins = Array.from({ length: 50 }, (_, index) => joinAs(client, `agent${index}`));
  process.kill(pid, 'SIGTERM');
  expect(new Set((await Promise.all(joins)).map(({ epoch }) => epoch)).size).toBe(50);
  await until(() => !isAlive(pid));
});

it('leaves when it has been idle for long, and the next caller starts it again', async () => {
  vi.stubEnv('RHEMA_IDLE_EXIT', '100ms');
  const repository = repositoryWith('api');
  const client = await open(repository);
  const pid = await ownerPid(client);
  await client.close();
  await until(() => !isAlive(pid));
  expect(existsSync(statePaths(repository.commonDir).socket)).toBe(false);
  expect(await ownerPid(await open(repository))).not.toBe(pid);
});

it('stays while something is held, though nobody is connected', async () => {
  vi.stubEnv('RHEMA_IDLE_EXIT', '50ms');
  const repository = repositoryWith('api');
  const client = await open(repository);
  const pid = await ownerPid(client);
  const agent = await joinAs(client, 'x');
  const askedAtMs = performance.now();
  await accepted(client, acquire(agent, 'api', { ttlMs: 500 }));
  await client.close();
  await until(() => !isAlive(pid));
  expect(performance.now() - askedAtMs).toBeGreaterThan(500);
});

it('is replaced by a newer client when idle, and kept when busy', async () => {
  const repository = repositoryWith('api');
  const older = await open(repository, { version: '1.0.0' });
  const newer = await open(repository, { version: '1.1.0' });
  expect(await health(newer)).toMatchObject({ version: '1.1.0' });
  expect(await health(older)).toMatchObject({ version: '1.1.0' });
  await accepted(newer, acquire(await joinAs(newer, 'x'), 'api'));
  const newest = await open(repository, { version: '1.2.0' });
  expect(await health(newest)).toMatchObject({ version: '1.1.0', busy: true });
});

it('takes over scopes that appear while it runs', async () => {
  const repository = repositoryWith('api');
  const client = await open(repository);
  const defined = (async (): Promise<Entry | null> => {
    for await (const entry of client.watch(asRevision(1), new AbortController().signal))
      if (JSON.stringify(entry.events).includes('"web"')) return entry;
    return null;
  })();
  repository.addScope('web');
  expect(await defined).toMatchObject({ kind: 'DefineScopes', by: 'service' });
});

it('leaves when its repository is deleted', async () => {
  const repository = repositoryWith('api');
  const client = await open(repository);
  const pid = await ownerPid(client);
  repository.remove();
  await until(() => !isAlive(pid));
});

it('steps aside, without a trace of a log, where coordination is switched off', async () => {
  const repository = repositoryWith();
  repository.addScope('.', 'agent_coordination:\n  enabled: false\n');
  await expect(open(repository)).rejects.toMatchObject({ code: 'DISABLED' });
  expect(existsSync(statePaths(repository.commonDir).database)).toBe(false);
});

it('tells the caller why it cannot run', async () => {
  const repository = repositoryWith('api');
  const paths = statePaths(repository.commonDir);
  mkdirSync(paths.database, { recursive: true, mode: 0o700 });
  await expect(open(repository)).rejects.toMatchObject({
    code: 'STORE_FAILURE',
    details: { store: 'CANNOT_OPEN' },
  });
});

it('does not remove what is in the place of its socket', async () => {
  const repository = repositoryWith('api');
  const paths = statePaths(repository.commonDir);
  mkdirSync(paths.directory, { mode: 0o700 });
  writeFileSync(join(paths.directory, 'coordinator.sock'), 'precious');
  await expect(open(repository)).rejects.toMatchObject({ code: 'PERMISSION' });
  expect(readFileSync(paths.socket, 'utf8')).toBe('precious');
});
