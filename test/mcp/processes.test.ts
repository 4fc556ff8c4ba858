import { afterEach, beforeEach, expect, it } from 'vitest';
import { SocketCoordinator } from '../../src/client/index.ts';
import type { StatusAnswer } from '../../src/protocol/index.ts';
import { rhemaJson } from '../withstand/support/cli.ts';
import { version } from '../withstand/support/paths.ts';
import { kill, ownersOf } from '../withstand/support/processes.ts';
import { Sandbox } from '../withstand/support/sandbox.ts';
import { until } from '../withstand/support/until.ts';
import { eras, McpClient } from './support/mcp-process.ts';

let sandbox: Sandbox;
let observer: SocketCoordinator;

beforeEach(() => {
  sandbox = new Sandbox({ 'services/auth': [], 'services/web': [] }, { lock_timeout: '6s' });
  const { commonDir, ownerCommand } = sandbox;
  observer = new SocketCoordinator({ commonDir, version, startOwner: ownerCommand });
});
afterEach(async () => {
  await observer.close();
  await sandbox.clear();
});

const status = (): Promise<StatusAnswer> => observer.query({ kind: 'status', at: null });

/** Waits until somebody waits in the queue, and answers the ticket. */
const ticketOf = (agent: string): Promise<number> =>
  until(
    `${agent} waits`,
    async () => (await status()).waiters.find((waiter) => waiter.agent === agent)?.ticket,
  );

it.each(eras)('two clients take turns on a scope (%s)', async (era) => {
  const alice = await McpClient.start(sandbox, era);
  const bob = await McpClient.start(sandbox, era);
  await alice.join('alice');
  await bob.join('bob');
  const first = await alice.acquire('alice', 'services/auth', { reason: 'rework the login' });
  expect(first.text).toMatch(/^GRANTED "services\/auth" \(token \d+\)/);
  const waiting = bob.acquire('bob', 'services/auth');
  await ticketOf('bob');
  await alice.call('lock_release', { agent: 'alice' });
  expect((await waiting).facts).toMatchObject({ status: 'granted' });
  const { contents } = await bob.client.readResource({ uri: 'rhema://status' });
  expect(contents[0]).toMatchObject({ text: expect.stringContaining('"services/auth" by bob') as string });
  await Promise.all([alice.close(), bob.close()]);
});

it('a client that vanishes in mid-wait keeps its ticket, and goes on under it with a new process', async () => {
  const alice = await McpClient.start(sandbox);
  const bob = await McpClient.start(sandbox);
  await alice.join('alice');
  const joined = await bob.join('bob');
  await alice.acquire('alice', 'services/auth');
  const lost = bob.acquire('bob', 'services/auth').catch(() => null);
  const ticket = await ticketOf('bob');
  bob.kill();
  await lost;
  const back = await McpClient.start(sandbox);
  const resumed = await back.join('bob', { resume: true });
  expect(resumed.facts).toMatchObject({ epoch: joined.facts['epoch'], ticket });
  const waiting = back.acquire('bob', 'services/auth');
  await alice.call('lock_release', { agent: 'alice' });
  expect((await waiting).facts).toMatchObject({ status: 'granted' });
  await Promise.all([alice.close(), back.close()]);
});

it('a killed server renews nobody: its lease lapses, and whoever waits is served', async () => {
  const alice = await McpClient.start(sandbox);
  const bob = await McpClient.start(sandbox);
  await alice.join('alice');
  await bob.join('bob');
  await alice.acquire('alice', 'services/auth');
  const waiting = bob.acquire('bob', 'services/auth');
  await ticketOf('bob');
  alice.kill();
  expect((await waiting).facts).toMatchObject({ status: 'granted' });
  await bob.close();
});

it('a live server renews by itself', async () => {
  const alice = await McpClient.start(sandbox);
  await alice.join('alice');
  await alice.acquire('alice', 'services/auth');
  const [granted] = (await status()).locks;
  const renewed = await until('the lease is renewed', async () => {
    const [lock] = (await status()).locks;
    return lock !== undefined && lock.deadlineMs > (granted?.deadlineMs ?? 0) && lock;
  });
  expect(renewed).toMatchObject({ agent: 'alice', token: granted?.token });
  await alice.close();
});

it('a wait survives the death of the coordinator, in the same place', async () => {
  const alice = await McpClient.start(sandbox);
  const bob = await McpClient.start(sandbox);
  await alice.join('alice');
  await bob.join('bob');
  await alice.acquire('alice', 'services/auth');
  const waiting = bob.acquire('bob', 'services/auth');
  const ticket = await ticketOf('bob');
  kill(ownersOf(sandbox.folder).map(({ pid }) => pid));
  expect(await ticketOf('bob')).toBe(ticket);
  await alice.call('lock_release', { agent: 'alice' });
  expect((await waiting).facts).toMatchObject({ status: 'granted' });
  await Promise.all([alice.close(), bob.close()]);
});

it('a cancelled call leaves nothing in the queue', async () => {
  const alice = await McpClient.start(sandbox);
  await alice.join('alice');
  await alice.join('alice.helper');
  await alice.acquire('alice', 'services/auth');
  const abort = new AbortController();
  const args = { agent: 'alice.helper', scopes: ['services/auth'] };
  const waiting = alice.call('lock_acquire', args, { signal: abort.signal });
  await ticketOf('alice.helper');
  abort.abort('the user pressed escape');
  await expect(waiting).rejects.toThrow();
  await until('the ticket is given up', async () => (await status()).waiters.length === 0);
  await alice.close();
});

it('of two clients that ask for a name one has it, and the other cannot go on under it', async () => {
  const first = await McpClient.start(sandbox);
  const second = await McpClient.start(sandbox);
  const told = await Promise.all(
    [first, second].map((client) => client.call('agent_join', { agent: 'claude' })),
  );
  expect(told.map(({ facts }) => String(facts['agent'])).sort()).toEqual(['claude', 'claude-2']);
  const winner = told[0]?.facts['agent'] === 'claude' ? first : second;
  const other = winner === first ? second : first;
  const refused = await other.call('agent_join', { agent: 'claude', resume: true });
  expect(refused.text).toContain(`claude is another live client of yours (process ${winner.pid}`);
  await Promise.all([first.close(), second.close()]);
});

it('many servers at once: every agent has a name of its own', async () => {
  const clients = await Promise.all(Array.from({ length: 4 }, () => McpClient.start(sandbox)));
  const told = await Promise.all(clients.map((client) => client.call('agent_join', { agent: 'claude' })));
  expect(new Set(told.map(({ facts }) => facts['agent'])).size).toBe(4);
  await Promise.all(clients.map((client) => client.close()));
});

it('an agent that a shell has joined goes on in a client, under its epoch', async () => {
  const { envelope } = await rhemaJson(sandbox, 'agent', 'join', 'alice');
  const client = await McpClient.start(sandbox);
  const told = await client.join('alice', { resume: true });
  expect(told.facts).toMatchObject({ agent: 'alice', epoch: envelope['epoch'] });
  await client.close();
});
