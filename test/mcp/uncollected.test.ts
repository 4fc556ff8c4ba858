/** Locks that came while no call was there to tell of them, and calls that end without being heard. */
import { expect, it } from 'vitest';
import { defaultSettings, type DurationMs, type ScopePath } from '../../src/core/index.ts';
import { CoordinatorError } from '../../src/protocol/index.ts';
import {
  openStage,
  quiet,
  withholdAnswers,
  type Stage,
  type TestClient,
  type Told,
} from './support/stage.ts';

const auth = 'services/auth' as ScopePath;
const web = 'services/web' as ScopePath;
const lostAnswer = () => new CoordinatorError('UNAVAILABLE', 'the answer was lost', { retryable: true });

async function openWith(changed: Partial<typeof defaultSettings> = {}): Promise<Stage> {
  const stage = await openStage();
  const settings = { ...defaultSettings, ...changed };
  await stage.bench.service.submitInternal({ kind: 'Configure', by: 'service', settings });
  return stage;
}

const statusOf = (stage: Stage) => stage.coordinator.query({ kind: 'status', at: null });
const heldBy = async (stage: Stage, agent: string): Promise<string[]> =>
  (await statusOf(stage)).locks.filter((lock) => lock.agent === agent).map((lock) => lock.scope);

async function revoke(stage: Stage, scope: ScopePath): Promise<void> {
  const command = { kind: 'RevokeLock', by: 'olga', scope, reason: null } as const;
  await stage.coordinator.submit({ requestId: `revoke ${scope}`, command });
}

async function waitOneSecond(stage: Stage, client: TestClient, scopes: readonly string[]): Promise<Told> {
  const waiting = client.call('lock_acquire', { agent: 'bob', scopes, wait_seconds: 1 });
  await stage.pass(1_000);
  return waiting;
}

interface Pair {
  readonly stage: Stage;
  readonly alice: TestClient;
  readonly bob: TestClient;
}

async function contenders(changed: Partial<typeof defaultSettings> = {}): Promise<Pair> {
  const stage = await openWith(changed);
  const alice = await stage.startClient();
  const bob = await stage.startClient();
  await alice.join('alice');
  await bob.join('bob');
  return { stage, alice, bob };
}

/** Bob has been granted the scopes while he did not wait. */
async function grantedBetweenCalls(pair: Pair, scopes: readonly string[]): Promise<void> {
  const { stage, alice, bob } = pair;
  await alice.call('lock_acquire', { agent: 'alice', scopes });
  await waitOneSecond(stage, bob, scopes);
  await alice.call('lock_release', { agent: 'alice' });
  await quiet();
}

it('a grant that was revoked before anybody collected it is told as lost, and not as held', async () => {
  const pair = await contenders();
  await grantedBetweenCalls(pair, [auth]);
  await revoke(pair.stage, auth);
  const told = await pair.bob.call('coordination_status', { agent: 'bob' });
  expect(told.text).toMatch(
    /^LOST "services\/auth" \(token \d+\), which was granted while you did not wait, 0 s ago: olga revoked it/,
  );
  expect(told.text).not.toContain('It is yours now');
  await pair.stage.pass(200_000);
  expect((await pair.bob.call('coordination_status', { agent: 'bob' })).text).not.toContain('PASSED ON');
});

it('a call that nobody hears does not collect a grant: it is passed on in time', async () => {
  const pair = await contenders();
  await grantedBetweenCalls(pair, [auth]);
  const answer = withholdAnswers(pair.stage, 'AcquireLock');
  const abort = new AbortController();
  const args = { agent: 'bob', scopes: [auth] };
  const asking = pair.bob.call('lock_acquire', args, { signal: abort.signal });
  await quiet();
  abort.abort('request timeout');
  await expect(asking).rejects.toThrow();
  answer();
  await pair.stage.pass(125_000);
  expect(await heldBy(pair.stage, 'bob')).toEqual([]);
  const told = await pair.bob.call('coordination_status', { agent: 'bob' });
  expect(told.text).toMatch(/^PASSED ON: "services\/auth"/);
});

it('a lock that a second call was told of is not given back for a first one that was cancelled', async () => {
  const stage = await openWith();
  const bob = await stage.startClient();
  await bob.join('bob');
  const answer = withholdAnswers(stage, 'AcquireLock');
  const abort = new AbortController();
  const first = bob.call('lock_acquire', { agent: 'bob', scopes: [auth] }, { signal: abort.signal });
  await quiet();
  abort.abort('the user pressed escape');
  await expect(first).rejects.toThrow();
  const second = bob.acquire('bob', auth);
  await quiet();
  answer();
  expect((await second).facts).toMatchObject({ status: 'granted' });
  await stage.pass(5_000);
  expect(await heldBy(stage, 'bob')).toEqual([auth]);
});

it('what is asked for again while it is being given back is granted anew, and stays', async () => {
  const stage = await openWith();
  const bob = await stage.startClient();
  await bob.join('bob');
  const answerAcquire = withholdAnswers(stage, 'AcquireLock');
  const abort = new AbortController();
  const first = bob.call('lock_acquire', { agent: 'bob', scopes: [auth] }, { signal: abort.signal });
  await quiet();
  abort.abort('the user pressed escape');
  await expect(first).rejects.toThrow();
  answerAcquire();
  // The release is on its way, and takes effect late.
  let release = (): void => undefined;
  const gate = new Promise<void>((resolve) => (release = resolve));
  const inner = stage.coordinator;
  stage.coordinator = {
    ...inner,
    submit: async (request) => {
      if (request.command.kind === 'ReleaseLock') await gate;
      return inner.submit(request);
    },
  };
  await quiet();
  const second = bob.acquire('bob', auth);
  await quiet();
  release();
  expect((await second).facts).toMatchObject({ status: 'granted' });
  await stage.pass(5_000);
  expect(await heldBy(stage, 'bob')).toEqual([auth]);
});

it('a lock that could not be passed on and was asked for meanwhile is not taken away', async () => {
  const pair = await contenders();
  const { stage, bob } = pair;
  await grantedBetweenCalls(pair, [auth]);
  const inner = stage.coordinator;
  stage.coordinator = {
    ...inner,
    submit: (request) =>
      request.command.kind === 'ReleaseLock' ? Promise.reject(lostAnswer()) : inner.submit(request),
  };
  await stage.pass(132_000);
  stage.coordinator = inner;
  const asking = bob.acquire('bob', auth);
  await stage.pass(30_000);
  expect((await asking).facts).toMatchObject({ status: 'granted' });
  expect(await heldBy(stage, 'bob')).toEqual([auth]);
  expect((await bob.call('coordination_status', { agent: 'bob' })).text).not.toContain('PASSED ON');
});

it('two grants that nobody has collected have a bound each', async () => {
  const pair = await contenders({ maxLocksPerAgent: 2 });
  const { stage, bob } = pair;
  await grantedBetweenCalls(pair, [auth]);
  await stage.pass(60_000);
  const abort = new AbortController();
  const answer = withholdAnswers(stage, 'AcquireLock');
  const asking = bob.call('lock_acquire', { agent: 'bob', scopes: [web] }, { signal: abort.signal });
  await quiet();
  abort.abort('request timeout');
  await expect(asking).rejects.toThrow();
  answer();
  await stage.pass(62_000);
  expect(await heldBy(stage, 'bob')).toEqual([web]);
  expect((await bob.acquire('bob', web)).facts).toMatchObject({ status: 'granted' });
  await stage.pass(120_000);
  expect(await heldBy(stage, 'bob')).toEqual([web]);
});

it('who asks for another scope learns of the one that came while it did not wait', async () => {
  const pair = await contenders({ maxLocksPerAgent: 2 });
  await grantedBetweenCalls(pair, [auth]);
  const told = await pair.bob.acquire('bob', web);
  expect(told.text).toMatch(
    /^GRANTED while you did not wait: "services\/auth" \(token \d+\)\. It is yours now\.\nGRANTED "services\/web"/,
  );
});

it('who gives back a part of a grant it did not know of learns of the rest', async () => {
  const pair = await contenders({ maxLocksPerAgent: 2 });
  await grantedBetweenCalls(pair, [auth, web]);
  const told = await pair.bob.call('lock_release', { agent: 'bob', scopes: [auth] });
  expect(told.text).toMatch(
    /^GRANTED while you did not wait: "services\/web" \(token \d+\)\. It is yours now\.\nRELEASED "services\/auth"\.$/,
  );
});

it('a process that goes on under a name tells at once what is held, and passes it on if nobody hears that', async () => {
  const pair = await contenders();
  await grantedBetweenCalls(pair, [auth]);
  await pair.bob.server.kill();
  const back = await pair.stage.startClient();
  const told = await back.call('lock_check', { agent: 'bob', path: web });
  expect(told.text).toMatch(/^You hold "services\/auth" \(token \d+\) from before\.\nYou MUST NOT write/);
  await back.server.kill();
  const unheard = await pair.stage.startClient();
  const inner = pair.stage.coordinator;
  let answer = (): void => undefined;
  const gate = new Promise<void>((resolve) => (answer = resolve));
  pair.stage.coordinator = {
    ...inner,
    query: async (query) => {
      if (query.kind === 'scopes') await gate;
      return inner.query(query);
    },
  };
  const abort = new AbortController();
  const asking = unheard.call('lock_check', { agent: 'bob', path: web }, { signal: abort.signal });
  await quiet();
  abort.abort('request timeout');
  await expect(asking).rejects.toThrow();
  answer();
  await pair.stage.pass(125_000);
  expect(await heldBy(pair.stage, 'bob')).toEqual([]);
});

it('a call that is cancelled while its answer is being written leaves no place in the queue', async () => {
  const { stage, alice, bob } = await contenders();
  await alice.acquire('alice', auth);
  const inner = stage.coordinator;
  let answer = (): void => undefined;
  const gate = new Promise<void>((resolve) => (answer = resolve));
  stage.coordinator = {
    ...inner,
    query: async (query) => {
      if (query.kind === 'why') await gate;
      return inner.query(query);
    },
  };
  const abort = new AbortController();
  const args = { agent: 'bob', scopes: [auth], wait_seconds: 1 };
  const waiting = bob.call('lock_acquire', args, { signal: abort.signal });
  await stage.pass(1_000);
  abort.abort('the user pressed escape');
  await expect(waiting).rejects.toThrow();
  answer();
  await quiet();
  expect((await statusOf(stage)).waiters).toEqual([]);
});

it('a name is free for others when joining under it has failed', async () => {
  const stage = await openWith();
  const client = await stage.startClient();
  const refused = await client.call('agent_join', { agent: 'claude', task: 'x'.repeat(10_000) });
  expect(refused).toMatchObject({ isError: true, facts: { code: 'INVALID_INPUT' } });
  expect(refused.text).toMatch(/^INVALID_INPUT: task/);
  expect((await (await stage.startClient()).join('claude')).text).toMatch(/^JOINED as claude/);
});

it('a join whose answer never came is found again by the next one', async () => {
  const stage = await openWith();
  const client = await stage.startClient();
  const inner = stage.coordinator;
  stage.coordinator = {
    ...inner,
    submit: async (request) => {
      await inner.submit(request);
      throw lostAnswer();
    },
  };
  const joining = client.call('agent_join', { agent: 'claude' });
  await stage.pass(12_000);
  expect(await joining).toMatchObject({ isError: true, facts: { code: 'UNAVAILABLE' } });
  stage.coordinator = inner;
  expect((await client.join('claude')).text).toMatch(/^JOINED as claude/);
  expect((await stage.commands()).filter((kind) => kind === 'AgentJoin')).toHaveLength(1);
});

it('an agent that is lost while it waits is told so by the call that waits', async () => {
  const { stage, alice, bob } = await contenders();
  await alice.acquire('alice', auth);
  const waiting = bob.acquire('bob', auth);
  await quiet();
  const inner = stage.coordinator;
  const rejection = { code: 'AGENT_LOST', message: 'bob was silent for too long', details: {} } as const;
  stage.coordinator = {
    ...inner,
    submit: async (request) => {
      const reply = await inner.submit(request);
      const { command } = request;
      if (!('agent' in command) || command.agent !== 'bob') return reply;
      return { ok: false, revision: reply.revision, atMs: reply.atMs, rejection };
    },
  };
  const reporting = bob.call('agent_report', { agent: 'bob', status: 'blocked', message: 'waits' });
  expect(await reporting).toMatchObject({ facts: { code: 'AGENT_LOST' } });
  expect(await waiting).toMatchObject({ isError: true, facts: { code: 'AGENT_LOST' } });
});

it('leases are renewed in time by whatever the wall clock says', async () => {
  const { stage, alice } = await contenders();
  await alice.acquire('alice', auth);
  stage.wallSkewMs = -3_600_000;
  await stage.pass(300_000);
  expect(await heldBy(stage, 'alice')).toEqual([auth]);
  stage.wallSkewMs = 3_600_000;
  const before = (await stage.commands()).length;
  await stage.pass(60_000);
  expect((await stage.commands()).length - before).toBeLessThan(12);
  const told = await alice.call('lock_check', { agent: 'alice', path: auth });
  expect(told.text).toContain('for 6 min now');
});

it('a session is renewed in time beside a lease that is much longer', async () => {
  const { stage, alice } = await contenders({
    lockTtlMs: 3_600_000 as DurationMs,
    lockTtlMaxMs: 3_600_000 as DurationMs,
  });
  await alice.acquire('alice', auth);
  await stage.pass(2_400_000);
  expect(await heldBy(stage, 'alice')).toEqual([auth]);
});

it('who only looks at the status under a name does not take over who has it', async () => {
  const { stage, alice, bob } = await contenders();
  await bob.acquire('bob', auth);
  await bob.server.kill();
  const told = await alice.call('coordination_status', { agent: 'bob' });
  expect(told.isError).toBe(false);
  expect(told.text).toMatch(
    /^This server does not keep "bob": agent_join to take part, or to go on, under that name\.\n/,
  );
  await stage.pass(61_000);
  expect(await heldBy(stage, 'bob')).toEqual([]);
});

it('of two locks that came together only the one that others wait for is told as wanted', async () => {
  const { stage, alice, bob } = await contenders({ maxLocksPerAgent: 2 });
  await alice.call('lock_acquire', { agent: 'alice', scopes: [auth, web] });
  await waitOneSecond(stage, bob, [auth]);
  await stage.pass(30_000);
  const told = await alice.call('coordination_status', { agent: 'alice' });
  expect(told.text).toContain('Others wait for "services/auth"');
  expect(told.text).not.toContain('Others wait for "services/web"');
});

it('nobody is told that others wait who have given up meanwhile', async () => {
  const { stage, alice, bob } = await contenders();
  await alice.acquire('alice', auth);
  await waitOneSecond(stage, bob, [auth]);
  await stage.pass(30_000);
  await bob.call('lock_release', { agent: 'bob' });
  expect((await alice.call('coordination_status', { agent: 'alice' })).text).not.toContain('Others wait');
});

it('a context file is not recorded under a lock that was lost, but under one that was free, which is told', async () => {
  const { stage, alice } = await contenders();
  stage.digests.set(`${auth}/notes.yaml`, 'a'.repeat(64));
  const record = () => alice.call('context_record', { agent: 'alice', path: `${auth}/notes.yaml` });
  await alice.acquire('alice', auth);
  await revoke(stage, auth);
  expect(await record()).toMatchObject({ isError: true, facts: { code: 'LOCK_NOT_HELD' } });
  expect(await heldBy(stage, 'alice')).toEqual([]);
  await alice.acquire('alice', auth);
  await alice.call('lock_release', { agent: 'alice' });
  const told = await record();
  expect(told.text).toMatch(/RECORDED .*\nIt was free, and you hold it now: lock_release "services\/auth"/);
  await stage.pass(200_000);
  expect(await heldBy(stage, 'alice')).toEqual([auth]);
});

it('what a shell has taken in the name of an agent is known, and its loss is told', async () => {
  const { stage, alice } = await contenders();
  const session = [...stage.sessions.files.values()].find(({ agent }) => agent === 'alice');
  if (session === undefined) throw new Error('alice has joined');
  const command = { kind: 'AcquireLock', ...session, scopes: [auth], ttlMs: null, reason: null } as const;
  await stage.coordinator.submit({ requestId: 'shell', command: { ...command, wait: { kind: 'none' } } });
  await stage.pass(301_000);
  await revoke(stage, auth);
  const told = await alice.call('lock_check', { agent: 'alice', path: web });
  expect(told.text).not.toContain('GRANTED');
});

it('arguments that are wrong are no reason to keep back what happened', async () => {
  const { stage, alice } = await contenders();
  await alice.acquire('alice', auth);
  await revoke(stage, auth);
  await stage.pass(60_000);
  const told = await alice.call('lock_check', { agent: 'alice', wrong: 1 });
  expect(told.text).toMatch(/^INVALID_INPUT: .*\nLOST "services\/auth"/);
});

it('an agent that was lost learns what went with it, also when it joins anew at once', async () => {
  const { stage, alice } = await contenders();
  await alice.acquire('alice', auth);
  await alice.server.kill();
  await stage.pass(1_000_000);
  const back = await stage.startClient();
  const joined = await back.join('alice');
  expect(joined.text).toMatch(/^LOST "services\/auth" \(token \d+\) .* ago: .*\nJOINED as alice/);
});

it('null is taken for an argument that was left out', async () => {
  const { alice } = await contenders();
  const told = await alice.call('lock_acquire', {
    agent: 'alice',
    scopes: [auth],
    reason: null,
    wait_seconds: null,
  });
  expect(told.facts).toMatchObject({ status: 'granted' });
});
