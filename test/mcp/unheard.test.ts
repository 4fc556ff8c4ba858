/** Calls whose answers nobody hears, and answers that never come. */
import { expect, it } from 'vitest';
import type { DurationMs } from '../../src/core/index.ts';
import {
  askAndGiveUp,
  auth,
  contenders,
  cutOff,
  delay,
  grantedBetweenCalls,
  heldBy,
  loseAnswers,
  openWith,
  revoke,
  statusOf,
  waitOneSecond,
  web,
  withholdViews,
} from './support/contenders.ts';
import { quiet, withholdAnswers } from './support/stage.ts';

it('a call that nobody hears does not collect a grant: it is passed on in time', async () => {
  const pair = await contenders();
  await grantedBetweenCalls(pair, [auth]);
  const answer = withholdAnswers(pair.stage, 'AcquireLock');
  await askAndGiveUp(pair.bob, 'lock_acquire', { agent: 'bob', scopes: [auth] }, 'request timeout');
  answer();
  await pair.stage.pass(125_000);
  expect(await heldBy(pair.stage, 'bob')).toEqual([]);
  const told = await pair.bob.call('coordination_status', { agent: 'bob' });
  expect(told.text).toMatch(/^PASSED ON: "services\/auth"/);
});

it('a lock that a second call was told of is not given back for a first one that was cancelled', async () => {
  const { stage, bob } = await contenders();
  const answer = withholdAnswers(stage, 'AcquireLock');
  await askAndGiveUp(bob, 'lock_acquire', { agent: 'bob', scopes: [auth] }, 'the user pressed escape');
  const second = bob.acquire('bob', auth);
  await quiet();
  answer();
  expect((await second).facts).toMatchObject({ status: 'granted' });
  await stage.pass(5_000);
  expect(await heldBy(stage, 'bob')).toEqual([auth]);
});

it('what is asked for again while it is being given back is granted anew, and stays', async () => {
  const { stage, bob } = await contenders();
  const answer = withholdAnswers(stage, 'AcquireLock');
  await askAndGiveUp(bob, 'lock_acquire', { agent: 'bob', scopes: [auth] }, 'the user pressed escape');
  answer();
  const release = delay(stage, 'ReleaseLock');
  await quiet();
  const second = bob.acquire('bob', auth);
  await quiet();
  release();
  expect((await second).facts).toMatchObject({ status: 'granted' });
  await stage.pass(5_000);
  expect(await heldBy(stage, 'bob')).toEqual([auth]);
});

it('a cancelled call gives back nothing that was there before it came', async () => {
  const pair = await contenders();
  await grantedBetweenCalls(pair, [auth]);
  const answer = withholdAnswers(pair.stage, 'AcquireLock');
  await askAndGiveUp(pair.bob, 'lock_acquire', { agent: 'bob', scopes: [auth] }, 'the user pressed escape');
  answer();
  await quiet();
  expect(await heldBy(pair.stage, 'bob')).toEqual([auth]);
});

it('a call that is cancelled while its answer is being written leaves no ticket', async () => {
  const { stage, alice, bob } = await contenders();
  await alice.acquire('alice', auth);
  const answer = withholdViews(stage, (query) => query.kind === 'why');
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

it('a lock that came with a write nobody heard of is told with the next call, or passed on', async () => {
  const { stage, alice } = await contenders();
  stage.digests.set(`${auth}/notes.yaml`, 'a'.repeat(64));
  const record = { agent: 'alice', path: `${auth}/notes.yaml` };
  const answer = withholdAnswers(stage, 'ContextModify');
  await askAndGiveUp(alice, 'context_record', record, 'request timeout');
  answer();
  await stage.pass(60_000);
  expect(await heldBy(stage, 'alice')).toEqual([auth]);
  await stage.pass(65_000);
  expect(await heldBy(stage, 'alice')).toEqual([]);
  const told = await alice.call('lock_check', { agent: 'alice', path: web });
  expect(told.text).toMatch(/^PASSED ON: "services\/auth"/);
});

it('a grant whose answer was lost for good, to a call that nobody hears, is passed on, however long its lease is', async () => {
  const { stage, alice } = await contenders({ lockTtlMs: 600_000 as DurationMs });
  const heal = loseAnswers(stage, 'AcquireLock');
  await askAndGiveUp(alice, 'lock_acquire', { agent: 'alice', scopes: [auth] }, 'request timeout');
  await stage.pass(12_000);
  heal();
  expect(await heldBy(stage, 'alice')).toEqual([auth]);
  await stage.pass(500_000);
  expect(await heldBy(stage, 'alice')).toEqual([]);
});

it('a grant whose answer was lost is told by the very call, or by the next one', async () => {
  const { stage, alice } = await contenders({ lockTtlMs: 600_000 as DurationMs });
  const heal = loseAnswers(stage, 'AcquireLock');
  const asking = alice.acquire('alice', auth);
  await stage.pass(12_000);
  expect((await asking).text).toMatch(/^UNAVAILABLE: .*\nGRANTED while you did not wait: "services\/auth"/s);
  await alice.call('lock_release', { agent: 'alice' });
  const views = withholdViews(stage, ({ kind }) => kind !== 'scopesOf');
  const again = alice.acquire('alice', web);
  await stage.pass(30_000);
  expect((await again).facts).toMatchObject({ code: 'UNAVAILABLE' });
  views();
  heal();
  const told = await alice.call('lock_check', { agent: 'alice', path: auth });
  expect(told.text).toMatch(/^GRANTED while you did not wait: "services\/web"/);
});

it('a ticket whose answer was lost does not end in a lock that nobody knows of', async () => {
  const { stage, alice, bob } = await contenders({ lockTtlMs: 600_000 as DurationMs });
  await bob.acquire('bob', auth);
  const heal = loseAnswers(stage, 'AcquireLock');
  const asking = alice.acquire('alice', auth);
  await stage.pass(12_000);
  await asking;
  heal();
  await bob.call('lock_release', { agent: 'bob' });
  await stage.pass(1_200_000);
  expect(await heldBy(stage, 'alice')).toEqual([]);
});

it('what lock_check says may be written is not given back under the call', async () => {
  const pair = await contenders();
  const { stage, bob } = pair;
  await grantedBetweenCalls(pair, [auth]);
  await stage.pass(115_000);
  const answer = withholdViews(stage, (query) => query.kind === 'why' && query.subject.kind === 'scope');
  const checking = bob.call('lock_check', { agent: 'bob', path: auth });
  await stage.pass(8_000);
  answer();
  expect((await checking).facts).toMatchObject({ mayWrite: true });
  await stage.pass(300_000);
  expect(await heldBy(stage, 'bob')).toEqual([auth]);
});

it('joining again does not hold what is just being given back', async () => {
  const pair = await contenders();
  const { stage, bob } = pair;
  await grantedBetweenCalls(pair, [auth]);
  const release = delay(stage, 'ReleaseLock');
  await stage.pass(121_000);
  const joining = bob.call('agent_join', { agent: 'bob' });
  await stage.pass(3_000);
  expect((await joining).text).not.toContain('You hold');
  release();
  await quiet();
  expect(await heldBy(stage, 'bob')).toEqual([]);
});

it('a lock that was revoked while it was being passed on is lost, not passed on', async () => {
  const pair = await contenders();
  const { stage, bob } = pair;
  await grantedBetweenCalls(pair, [auth]);
  const heal = cutOff(stage, 'Heartbeat');
  await revoke(stage, auth);
  await stage.pass(121_000);
  heal();
  const told = await bob.call('lock_check', { agent: 'bob', path: web });
  expect(told.text).toMatch(/^LOST "services\/auth".*: "olga" revoked it/);
  expect(told.text).not.toContain('PASSED ON');
});

it('a view from before a release is not taken for what a shell has taken', async () => {
  const { stage, alice } = await contenders();
  await alice.acquire('alice', auth);
  const release = delay(stage, 'ReleaseLock');
  const releasing = alice.call('lock_release', { agent: 'alice' });
  await quiet();
  const answer = withholdViews(stage, (query) => query.kind === 'why' && query.subject.kind === 'agent');
  const checking = alice.call('lock_check', { agent: 'alice', path: web });
  await quiet();
  release();
  expect((await releasing).text).toContain('RELEASED');
  answer();
  await checking;
  const next = await alice.call('lock_check', { agent: 'alice', path: web });
  expect(next.text).not.toContain('LOST');
});

it('leaving while another call gives up the ticket is no trouble', async () => {
  const { stage, alice, bob } = await contenders();
  await alice.acquire('alice', auth);
  await waitOneSecond(stage, bob, 'bob', [auth]);
  const release = delay(stage, 'CancelWait');
  const releasing = bob.call('lock_release', { agent: 'bob' });
  await quiet();
  const leaving = bob.call('agent_report', { agent: 'bob', status: 'left' });
  await quiet();
  release();
  await releasing;
  expect((await leaving).text).toBe('bob has LEFT.');
  expect(bob.server.reports).toEqual([]);
});

it('a server that ended while a join was under way renews nobody', async () => {
  const stage = await openWith();
  const alice = await stage.startClient();
  const answer = withholdAnswers(stage, 'AgentJoin');
  const joining = alice.call('agent_join', { agent: 'alice' });
  await quiet();
  await alice.server.kill();
  answer();
  await joining;
  await stage.pass(3_000_000);
  const { agents } = await statusOf(stage);
  expect(agents).toMatchObject([{ agent: 'alice', presence: 'lost' }]);
});
