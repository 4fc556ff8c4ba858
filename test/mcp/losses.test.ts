/** What an agent is told of a lock that it has no more: which, when, and how that came. */
import { expect, it } from 'vitest';
import { asRevision, defaultSettings, type DurationMs, type ScopePath } from '../../src/core/index.ts';
import type { Coordinator, Query } from '../../src/protocol/index.ts';
import { defineScopes, openBench } from '../../src/service/testing.ts';
import type { AgentSession } from '../../src/participant/index.ts';
import { configure, cutOff, heldBy, revoke, waitOneSecond } from './support/contenders.ts';
import { openStage, quiet, type Stage, type TestClient } from './support/stage.ts';

const scope = 'services/auth' as ScopePath;

interface Held {
  readonly stage: Stage;
  readonly alice: TestClient;
}

async function holder(): Promise<Held> {
  const stage = await openStage();
  const alice = await stage.startClient();
  await alice.join('alice');
  await alice.acquire('alice', scope);
  return { stage, alice };
}

/** Somebody else of the same user, such as a shell, who has the session. */
async function inHerName(stage: Stage, kind: 'ReleaseLock' | 'AgentLeave'): Promise<void> {
  const [session] = stage.sessions.files.values();
  if (session === undefined) throw new Error('nobody has joined');
  const command =
    kind === 'ReleaseLock' ? { kind, ...session, scopes: null, token: null } : { kind, ...session };
  await stage.coordinator.submit({ requestId: kind, command });
}

const nextCall = ({ alice }: Held) => alice.call('lock_check', { agent: 'alice', path: 'services/web' });

it('a revoked lock is told as revoked, by whom and why', async () => {
  const held = await holder();
  await revoke(held.stage, scope, 'release day');
  await held.stage.pass(5_000);
  const told = await nextCall(held);
  expect(told.text).toMatch(
    /^LOST "services\/auth" \(token \d+\) 5 s ago: "olga" revoked it: "release day"\. Do not write there/,
  );
});

it('a loss that lock_check itself tells does not send the agent to lock_check', async () => {
  const held = await holder();
  await revoke(held.stage, scope);
  const { text } = await held.alice.call('lock_check', { agent: 'alice', path: `${scope}/login.ts` });
  expect(text).toMatch(/^LOST "services\/auth" .*Do not write there; who has it now is said below\.\n/);
  expect(text).toMatch(/nobody holds it: lock_acquire it/);
});

it('a lease that has run out is told as one', async () => {
  const held = await holder();
  const heal = cutOff(held.stage);
  await held.stage.pass(70_000);
  heal();
  expect((await nextCall(held)).text).toMatch(
    /^LOST "services\/auth" \(token \d+\) 10 s ago: its lease ran out\./,
  );
});

it('who holds a scope that no file names any more is told so, once, and keeps it', async () => {
  const held = await holder();
  await defineScopes(held.stage.bench.service, '.', 'services/web');
  expect((await nextCall(held)).text).toMatch(
    /^"services\/auth" is WITHDRAWN: no scope file names it any more\./,
  );
  expect((await nextCall(held)).text).not.toContain('WITHDRAWN');
  expect(await heldBy(held.stage, 'alice')).toEqual([scope]);
  expect((await held.alice.call('coordination_status', {})).text).toMatch(
    /- "services\/auth" by alice.*; withdrawn/,
  );
});

it('who was blocked for too long is told that it was that', async () => {
  const held = await holder();
  await held.alice.call('agent_report', { agent: 'alice', status: 'blocked', message: 'needs a decision' });
  await held.stage.pass(400_000);
  expect((await nextCall(held)).text).toMatch(
    /^LOST .*: your status was blocked for longer than max_block_time allows\./,
  );
});

it('a lock that was given back in its name by somebody else is not simply gone', async () => {
  const held = await holder();
  await inHerName(held.stage, 'ReleaseLock');
  expect((await nextCall(held)).text).toMatch(/^LOST .*: it was given back in your name elsewhere\./);
});

it('who resumes is told what was lost since, by the name of the scope, and only once', async () => {
  const { stage, alice } = await holder();
  await alice.server.kill();
  await stage.pass(61_000);
  const back = await stage.startClient();
  const resumed = await back.join('alice', { resume: true });
  expect(resumed.text).toMatch(
    /^LOST "services\/auth" \(token \d+\) 1 s ago: its lease ran out\..*\nRESUMED as alice.*\nYou are alice\..*\nYou hold nothing now\.$/,
  );
  expect((await nextCall({ stage, alice: back })).text).not.toContain('LOST');
});

it('what was given back, or granted again, or lost by an earlier incarnation is not told as lost', async () => {
  const { stage, alice } = await holder();
  await revoke(stage, scope);
  await alice.acquire('alice', scope);
  await alice.call('lock_release', { agent: 'alice' });
  await alice.acquire('alice', 'services/web');
  await alice.server.kill();
  const back = await stage.startClient();
  expect((await back.join('alice', { resume: true })).text).not.toContain('LOST');
  await back.acquire('alice', 'services/web');
  await inHerName(stage, 'AgentLeave');
  await back.server.kill();
  const anew = await stage.startClient();
  const joined = await anew.join('alice', { resume: true });
  expect(joined.text).toMatch(
    /^JOINED as alice \(epoch \d+\)\.\nYou are alice\. Pass agent: "alice\.\d+" on each call\.\nNothing was resumed: .*$/,
  );
});

/** The repository's log is replaced by another that begins anew, with the former one beside it. */
async function putBack(stage: Stage): Promise<void> {
  const witness = { read: () => ({ log: 'another', last: asRevision(900) }), note: () => undefined };
  const { service } = await openBench({ clock: stage.bench.clock, witness, former: 'the-former.db' });
  await defineScopes(service, scope, 'services/web');
  stage.coordinator = {
    ...stage.coordinator,
    submit: (request) => service.submit(request),
    query: (query) => service.query(query),
  };
}

const begunAnew = /the log began anew after revision \d+.*the-former\.db/;

it('who held something in a log that was put back is told so by its first refusal, and by each after', async () => {
  const held = await holder();
  await putBack(held.stage);
  const first = await nextCall(held);
  expect(first.text).toMatch(
    /^LOST "services\/auth" \(token \d+\) with the log of that time: another one has begun\. Do not write there/,
  );
  for (const { text, facts } of [first, await nextCall(held)]) {
    expect(facts).toMatchObject({ code: 'AGENT_NOT_FOUND' });
    expect(text).toContain('AGENT_NOT_FOUND: alice takes part no more (the log began anew');
    expect(text).toMatch(begunAnew);
  }
});

it('who held nothing in a log that was put back is told so, too', async () => {
  const held = await holder();
  await held.alice.call('lock_release', { agent: 'alice' });
  await putBack(held.stage);
  expect((await held.alice.acquire('alice', scope)).text).toMatch(begunAnew);
});

it('who joins again with its handle after a log was put back is told so', async () => {
  const { stage, alice } = await holder();
  await putBack(stage);
  const { text } = await alice.join('alice', { resume: true });
  expect(text).toMatch(begunAnew);
  expect(text).toContain('JOINED as alice');
});

it('who goes on as one that a log knew which was put back is told so', async () => {
  const { stage, alice } = await holder();
  await alice.server.kill();
  await putBack(stage);
  const { text } = await (await stage.startClient()).join('alice', { resume: true });
  expect(text).toMatch(begunAnew);
  expect(text).toContain('JOINED as alice');
});

it('a loss is told in time even when the log cannot be read', async () => {
  const held = await holder();
  await revoke(held.stage, scope);
  const inner = held.stage.coordinator;
  held.stage.coordinator = {
    ...inner,
    query: (query) => (query.kind === 'history' ? new Promise(() => undefined) : inner.query(query)),
  };
  const telling = nextCall(held);
  await held.stage.pass(2_000);
  expect((await telling).text).toMatch(
    /^LOST "services\/auth" \(token \d+\); how, the log did not say\. Do not write there; lock_check says who/,
  );
});

it('a loss that was told to a call that was given up meanwhile is told with the next one', async () => {
  const held = await holder();
  await revoke(held.stage, scope);
  const inner = held.stage.coordinator;
  let answer = (): void => undefined;
  const gate = new Promise<void>((resolve) => (answer = resolve));
  held.stage.coordinator = {
    ...inner,
    query: async (query) => {
      if (query.kind === 'history') await gate;
      return inner.query(query);
    },
  };
  const abort = new AbortController();
  const given = held.alice.call('lock_check', { agent: 'alice', path: scope }, { signal: abort.signal });
  await quiet();
  abort.abort('the user pressed escape');
  await expect(given).rejects.toThrow();
  answer();
  await quiet();
  expect((await nextCall(held)).text).toMatch(/^LOST "services\/auth"/);
});

it('a holder that has said that it is blocked must not write, and is told what to do', async () => {
  const { alice } = await holder();
  await alice.call('agent_report', { agent: 'alice', status: 'blocked', message: 'needs a decision' });
  const check = (agent: string) => alice.call('lock_check', { agent, path: `${scope}/login.ts` });
  const told = await check('alice');
  expect(told.facts).toMatchObject({ mayWrite: false });
  expect(told.text).toContain('MUST NOT write "services/auth/login.ts": you have said that you are blocked');
  await alice.call('agent_report', { agent: 'alice', status: 'working' });
  expect((await check('alice')).facts).toMatchObject({ mayWrite: true });
});

it('who waits for a place is told that none is free, and who has them', async () => {
  const { stage, alice } = await holder();
  await configure(stage, { maxConcurrentAgents: 1 });
  await alice.join('bob');
  const told = await waitOneSecond(stage, alice, 'bob', ['services/web']);
  expect(told.text).toContain('No place is free: as many agents hold locks as may at once');
  expect(told.text).toContain('"services/auth" is held by alice');
});

it('who waits behind an older ticket for several scopes is told so', async () => {
  const { stage, alice } = await holder();
  await configure(stage, { maxLocksPerAgent: 2, maxBlockMs: 300_000 as DurationMs });
  await alice.join('bob');
  await alice.join('carol');
  const first = await waitOneSecond(stage, alice, 'bob', ['services/auth', 'services/web']);
  expect(first.text).toContain('"services/auth" is held by alice');
  const told = await waitOneSecond(stage, alice, 'carol', ['services/web']);
  expect(told.text).toMatch(/"services\/web" is kept for bob, whose ticket \d+ is the oldest\./);
});

it('what an agent reports of its progress is read by others, and stays in the log', async () => {
  const { alice } = await holder();
  const report = (status: string, message: string) =>
    alice.call('agent_report', { agent: 'alice', status, message });
  expect((await report('working', 'half of the tests pass')).text).toBe('alice is working.');
  const seen = await alice.call('coordination_status', { log: 2 });
  expect(seen.text).toContain('said "half of the tests pass" 0 s ago');
  expect(seen.text).toContain('alice reported: "half of the tests pass"');
  await report('left', 'done for today');
  expect((await alice.call('coordination_status', { log: 3 })).text).toContain('reported: "done for today"');
});

it('a lease that is over is no permission, though nobody could write down its end yet', async () => {
  const { stage, alice } = await holder();
  const inner = stage.coordinator;
  const subject = { kind: 'scope', scope } as const;
  const shown = await inner.query({ kind: 'why', subject, at: null });
  const [{ agent, epoch }] = [...stage.sessions.files.values()] as [AgentSession];
  const asked = { agent, epoch, files: [scope], token: null };
  const rule = await inner.query({ kind: 'mayWrite', ...asked });
  const overMs = 4_000;
  const over = {
    ...rule,
    nowMs: rule.locks[0]!.deadlineMs + overMs,
    files: [{ ...rule.files[0]!, obstacle: 'LOCK_NOT_HELD' }],
  };
  const stale = { why: shown, mayWrite: over } as Record<string, unknown>;
  // As on a full disk: what is known stays as it was.
  stage.coordinator = {
    ...inner,
    submit: () => Promise.reject(new Error('the disk is full')),
    query: (async (query: Query) => stale[query.kind] ?? inner.query(query)) as Coordinator['query'],
  };
  await stage.pass(defaultSettings.lockTtlMs + overMs);
  const told = await alice.call('lock_check', { agent: 'alice', path: scope });
  expect(told.text).toMatch(/^You MUST NOT write "services\/auth": your lease ended 4 s ago/m);
  expect(told.text).toMatch(/is held by you.*its lease ended 4 s ago, which is still to be written/);
});

it('who holds a scope that comes and goes is told each time that it has gone', async () => {
  const held = await holder();
  const { service } = held.stage.bench;
  for (let time = 0; time < 2; time += 1) {
    await defineScopes(service, '.', 'services/web');
    expect((await nextCall(held)).text).toContain('is WITHDRAWN');
    await defineScopes(service, '.', 'services/auth', 'services/web');
    expect((await nextCall(held)).text).not.toContain('WITHDRAWN');
  }
});
