import { expect, it } from 'vitest';
import { eras, openStage, quiet, withholdAnswers, type Stage, type TestClient } from './support/stage.ts';

interface Contenders {
  readonly stage: Stage;
  readonly alice: TestClient;
  readonly bob: TestClient;
}

/** Alice holds services/auth; bob, in another process, is about to ask for it. */
async function contenders(era: (typeof eras)[number] = 'modern'): Promise<Contenders> {
  const stage = await openStage();
  const alice = await stage.startClient(era);
  const bob = await stage.startClient(era);
  await alice.join('alice');
  await bob.join('bob');
  await alice.acquire('alice', 'services/auth', { reason: 'rework the login' });
  return { stage, alice, bob };
}

async function statusOf(stage: Stage) {
  return stage.coordinator.query({ kind: 'status', at: null });
}

/** Bob waits for a second in vain, and has a ticket afterwards. */
async function waitOneSecond(stage: Stage, bob: TestClient): Promise<void> {
  const waiting = bob.acquire('bob', 'services/auth', { wait_seconds: 1 });
  await stage.pass(1_000);
  expect((await waiting).facts).toMatchObject({ status: 'waiting' });
}

/** Bob waits; his call is aborted in the moment in which alice's release grants it what it waits for. */
async function abortAtTheGrant({ alice, bob }: Contenders, reason: string): Promise<void> {
  const abort = new AbortController();
  const waiting = bob.call(
    'lock_acquire',
    { agent: 'bob', scopes: ['services/auth'] },
    { signal: abort.signal },
  );
  await quiet();
  const released = alice.call('lock_release', { agent: 'alice' });
  abort.abort(reason);
  await expect(waiting).rejects.toThrow();
  await released;
  await quiet();
}

it.each(eras)('a wait is bounded, and the next call goes on under the same ticket (%s)', async (era) => {
  const { stage, alice, bob } = await contenders(era);
  const first = bob.acquire('bob', 'services/auth');
  await stage.pass(45_000);
  const waiting = await first;
  expect(waiting.isError).toBe(false);
  expect(waiting.facts).toMatchObject({ status: 'waiting', position: 1 });
  const second = bob.acquire('bob', 'services/auth');
  await quiet();
  await alice.call('lock_release', { agent: 'alice' });
  const granted = await second;
  expect(granted.facts).toMatchObject({ status: 'granted' });
  const { locks } = await statusOf(stage);
  expect(locks).toMatchObject([{ scope: 'services/auth', agent: 'bob' }]);
  const issued = (await stage.commands()).filter((kind) => kind === 'AcquireLock');
  expect(issued).toHaveLength(2);
});

it('a client that asked for progress is told while it waits', async () => {
  const { stage, alice, bob } = await contenders();
  const told: unknown[] = [];
  const options = { onprogress: (progress: unknown) => told.push(progress) };
  const waiting = bob.call('lock_acquire', { agent: 'bob', scopes: ['services/auth'] }, options);
  await stage.pass(11_000);
  await alice.call('lock_release', { agent: 'alice' });
  await waiting;
  expect(told).toMatchObject([
    { progress: 5_000, total: 45_000 },
    { progress: 10_000, total: 45_000 },
  ]);
});

it.each(eras)('a cancelled call gives up its ticket (%s)', async (era) => {
  const { stage, bob } = await contenders(era);
  const abort = new AbortController();
  const waiting = bob.call(
    'lock_acquire',
    { agent: 'bob', scopes: ['services/auth'] },
    { signal: abort.signal },
  );
  await quiet();
  expect((await statusOf(stage)).waiters).toHaveLength(1);
  abort.abort('the user pressed escape');
  await expect(waiting).rejects.toThrow();
  await quiet();
  expect((await statusOf(stage)).waiters).toHaveLength(0);
});

it('a cancelled call gives back the lock that came in the same moment, and nothing older', async () => {
  const { stage, alice, bob } = await contenders();
  await abortAtTheGrant({ stage, alice, bob }, 'the user pressed escape');
  const { locks, waiters } = await statusOf(stage);
  expect([...locks, ...waiters]).toEqual([]);
});

/** A call of bob's that waits, and what cancels it. */
async function cancellable({ bob }: Contenders) {
  const abort = new AbortController();
  const args = { agent: 'bob', scopes: ['services/auth'] };
  const answer = bob.call('lock_acquire', args, { signal: abort.signal });
  await quiet();
  const cancel = async (): Promise<void> => {
    abort.abort('the user pressed escape');
    await expect(answer).rejects.toThrow();
    await quiet();
  };
  return { answer, cancel };
}

it('of two calls that wait with one ticket each is cancelled alone, and the last gives the ticket up', async () => {
  const there = await contenders();
  const first = await cancellable(there);
  const second = await cancellable(there);
  await first.cancel();
  expect((await statusOf(there.stage)).waiters).toHaveLength(1);
  await second.cancel();
  expect((await statusOf(there.stage)).waiters).toEqual([]);
});

it('a grant is left to the one of two calls that was not cancelled in the same moment', async () => {
  const there = await contenders();
  const first = await cancellable(there);
  const second = await cancellable(there);
  const released = there.alice.call('lock_release', { agent: 'alice' });
  await first.cancel();
  await released;
  expect((await second.answer).facts).toMatchObject({ status: 'granted' });
  await there.stage.pass(200_000);
  expect((await statusOf(there.stage)).locks).toMatchObject([{ agent: 'bob' }]);
});

it('a cancelled renewal does not give back what was held before', async () => {
  const { stage, alice } = await contenders();
  const abort = new AbortController();
  const again = alice.call(
    'lock_acquire',
    { agent: 'alice', scopes: ['services/auth'] },
    { signal: abort.signal },
  );
  abort.abort('the user pressed escape');
  await expect(again).rejects.toThrow();
  await quiet();
  expect((await statusOf(stage)).locks).toMatchObject([{ agent: 'alice' }]);
});

it.each([
  'McpError: MCP error -32001: Request timed out',
  'request timeout',
  'context deadline exceeded',
  'REQUEST_TIMEOUT',
])("a client's own time-out is no wish to give the ticket up: %s", async (reason) => {
  const { stage, bob } = await contenders();
  const abort = new AbortController();
  const waiting = bob.call(
    'lock_acquire',
    { agent: 'bob', scopes: ['services/auth'] },
    { signal: abort.signal },
  );
  await quiet();
  abort.abort(reason);
  await expect(waiting).rejects.toThrow();
  await quiet();
  expect((await statusOf(stage)).waiters).toMatchObject([{ agent: 'bob' }]);
});

it("a grant that comes in the moment of a client's time-out is kept for it, and passed on if it never comes", async () => {
  const { stage, alice, bob } = await contenders();
  await abortAtTheGrant({ stage, alice, bob }, 'request timeout');
  expect((await statusOf(stage)).locks).toMatchObject([{ agent: 'bob' }]);
  await stage.pass(120_000);
  expect((await statusOf(stage)).locks).toEqual([]);
});

it('a lock that was granted to a call that had timed out is kept for its agent, and passed on if it never comes', async () => {
  const { stage, bob } = await contenders();
  const answer = withholdAnswers(stage, 'AcquireLock');
  const abort = new AbortController();
  const given = bob.call(
    'lock_acquire',
    { agent: 'bob', scopes: ['services/web'] },
    { signal: abort.signal },
  );
  await quiet();
  abort.abort('request timeout');
  await expect(given).rejects.toThrow();
  await quiet();
  answer();
  await stage.pass(119_000);
  const held = async () => (await statusOf(stage)).locks.filter((lock) => lock.agent === 'bob');
  expect(await held()).toHaveLength(1);
  await stage.pass(1_000);
  expect(await held()).toEqual([]);
});

it('a ticket that ends with the time of a call is not replaced by one at the end of the queue', async () => {
  const { stage, bob } = await contenders();
  const facts: Readonly<Record<string, unknown>>[] = [];
  for (let call = 0; call < 6; call += 1) {
    const waiting = bob.acquire('bob', 'services/auth', { wait_seconds: 50 });
    await stage.pass(50_000);
    facts.push((await waiting).facts);
  }
  const tickets = new Set(facts.map(({ ticket }) => ticket));
  tickets.delete(undefined);
  expect(tickets.size).toBe(1);
  expect(facts.at(-1)).not.toMatchObject({ status: 'waiting' });
  expect((await statusOf(stage)).waiters).toEqual([]);
});

it('what there is to tell is not told to a call that was given up', async () => {
  const { stage, alice, bob } = await contenders();
  await waitOneSecond(stage, bob);
  await alice.call('lock_release', { agent: 'alice' });
  await stage.pass(120_000);
  const inner = stage.coordinator;
  const abort = new AbortController();
  let answer = (): void => undefined;
  const held = new Promise<void>((resolve) => (answer = resolve));
  stage.coordinator = {
    ...inner,
    query: async (query) => {
      await held;
      return inner.query(query);
    },
  };
  const given = bob.call('lock_check', { agent: 'bob', path: 'services/auth' }, { signal: abort.signal });
  await quiet();
  abort.abort('the user pressed escape');
  await expect(given).rejects.toThrow();
  await quiet();
  answer();
  await quiet();
  const told = await bob.call('lock_check', { agent: 'bob', path: 'services/auth' });
  expect(told.text).toMatch(/^PASSED ON/);
});

it('a connection that breaks leaves the ticket, and another connection goes on under it', async () => {
  const { stage, alice, bob } = await contenders();
  const waiting = bob.acquire('bob', 'services/auth').catch(() => null);
  await quiet();
  const before = (await statusOf(stage)).waiters;
  await bob.client.close();
  await waiting;
  await bob.server.kill();
  const back = await stage.startClient();
  await back.join('bob', { resume: true });
  const again = back.acquire('bob', 'services/auth');
  await quiet();
  expect((await statusOf(stage)).waiters).toEqual(before);
  await alice.call('lock_release', { agent: 'alice' });
  expect((await again).facts).toMatchObject({ status: 'granted' });
});

it('a grant that comes between two calls is told with the next one, whatever it asks', async () => {
  const { stage, alice, bob } = await contenders();
  await waitOneSecond(stage, bob);
  await alice.call('lock_release', { agent: 'alice' });
  await stage.pass(100_000);
  const told = await bob.call('lock_check', { agent: 'bob', path: 'services/auth/login.ts' });
  expect(told.text).toMatch(/^GRANTED while you did not wait: "services\/auth" \(token \d+\)/);
  expect(told.facts).toMatchObject({ mayWrite: true });
  await stage.pass(300_000);
  expect((await statusOf(stage)).locks).toMatchObject([{ agent: 'bob' }]);
});

it('a grant that nobody collects is passed on in time, and its agent is told', async () => {
  const { stage, alice, bob } = await contenders();
  await waitOneSecond(stage, bob);
  await alice.join('carol');
  await alice.call('lock_release', { agent: 'alice' });
  const carol = alice.acquire('carol', 'services/auth', { wait_seconds: 0 });
  expect(await carol).toMatchObject({ isError: true, facts: { code: 'LOCK_HELD', holder: 'bob' } });
  await stage.pass(119_000);
  expect((await statusOf(stage)).locks).toMatchObject([{ agent: 'bob' }]);
  await stage.pass(1_000);
  expect((await statusOf(stage)).locks).toEqual([]);
  const told = await bob.call('coordination_status', { agent: 'bob' });
  expect(told.text).toMatch(/^PASSED ON: "services\/auth" \(token \d+\) came while you did not wait/);
});

it('the bound on uncollected grants can be set', async () => {
  const { stage, alice, bob } = await contenders();
  await bob.server.kill();
  const hasty = await stage.startClient('modern', { collectMs: 5_000 });
  await hasty.join('bob', { resume: true });
  await waitOneSecond(stage, hasty);
  await alice.call('lock_release', { agent: 'alice' });
  await stage.pass(5_000);
  expect((await statusOf(stage)).locks).toEqual([]);
});

it('asking again collects a grant that came between two calls, under the same token', async () => {
  const { stage, alice, bob } = await contenders();
  await waitOneSecond(stage, bob);
  await alice.call('lock_release', { agent: 'alice' });
  await quiet();
  const [lock] = (await statusOf(stage)).locks;
  const told = await bob.acquire('bob', 'services/auth');
  expect(told.facts).toMatchObject({ status: 'granted', locks: [{ token: lock?.token }] });
  expect(told.text).not.toContain('while you did not wait');
  await stage.pass(200_000);
  expect((await statusOf(stage)).locks).toMatchObject([{ agent: 'bob', token: lock?.token }]);
});

it('a wait that ends in vain between two calls is told with the next one', async () => {
  const { stage, bob } = await contenders();
  await waitOneSecond(stage, bob);
  await stage.pass(300_000);
  const told = await bob.call('lock_check', { agent: 'bob', path: 'services/auth' });
  expect(told.text).toMatch(
    /^WAIT ENDED for "services\/auth" \(ticket \d+\): it was longer than max_block_time allows/,
  );
});

it('who does not want to wait is refused at once, and told by whom and what to do', async () => {
  const { stage, bob } = await contenders();
  await stage.pass(5_000);
  const refused = await bob.acquire('bob', 'services/auth', { wait_seconds: 0 });
  expect(refused).toMatchObject({ isError: true, facts: { code: 'LOCK_HELD' } });
  expect(refused.text).toContain('held by alice for "rework the login": for 5 s now');
  expect((await statusOf(stage)).waiters).toEqual([]);
});

it('releasing gives up the place of whoever waits', async () => {
  const { stage, bob } = await contenders();
  await waitOneSecond(stage, bob);
  const told = await bob.call('lock_release', { agent: 'bob', scopes: ['services/auth'] });
  expect(told.text).toMatch(/^Gave up ticket \d+\.$/);
  expect((await statusOf(stage)).waiters).toEqual([]);
  expect((await bob.acquire('bob', 'services/web')).facts).toMatchObject({ status: 'granted' });
});

it('whoever waits for one thing and asks for another is told what it waits for', async () => {
  const { stage, bob } = await contenders();
  await waitOneSecond(stage, bob);
  const refused = await bob.acquire('bob', 'services/web');
  expect(refused).toMatchObject({ isError: true, facts: { code: 'ALREADY_WAITING' } });
});
