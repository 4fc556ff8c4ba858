import { expect, it } from 'vitest';
import type { ScopePath } from '../../src/core/index.ts';
import { openStage, quiet, withholdAnswers, type Stage, type TestClient } from './support/stage.ts';

async function holder(): Promise<{ readonly stage: Stage; readonly alice: TestClient }> {
  const stage = await openStage();
  const alice = await stage.startClient();
  await alice.join('alice');
  await alice.acquire('alice', 'services/auth');
  return { stage, alice };
}

async function revoke(stage: Stage): Promise<void> {
  const scope = 'services/auth' as ScopePath;
  const command = { kind: 'RevokeLock', by: 'olga', scope, reason: null } as const;
  await stage.coordinator.submit({ requestId: 'revoke', command });
}

const locksOf = async (stage: Stage) => (await stage.coordinator.query({ kind: 'status', at: null })).locks;

it('leases and sessions are renewed as long as the process lives, and lapse when it is killed', async () => {
  const { stage, alice } = await holder();
  await stage.pass(1_200_000);
  expect(await locksOf(stage)).toMatchObject([{ agent: 'alice' }]);
  await alice.server.kill();
  await stage.pass(60_000);
  expect(await locksOf(stage)).toEqual([]);
  await stage.pass(900_000);
  const { agents } = await stage.coordinator.query({ kind: 'status', at: null });
  expect(agents).toMatchObject([{ agent: 'alice', presence: 'lost' }]);
});

it('an agent that holds nothing is renewed seldom', async () => {
  const stage = await openStage();
  const alice = await stage.startClient();
  await alice.join('alice');
  await stage.pass(1_800_000);
  const beats = (await stage.commands()).filter((kind) => kind === 'Heartbeat');
  expect(beats.length).toBeGreaterThan(4);
  expect(beats.length).toBeLessThan(8);
});

it('an agent whose lock was taken from it is told so with its next call', async () => {
  const { stage, alice } = await holder();
  await revoke(stage);
  await stage.pass(60_000);
  const told = await alice.call('coordination_status', { agent: 'alice' });
  expect(told.text).toMatch(/^LOST "services\/auth" \(token \d+\) 1 min ago: "olga" revoked it\./);
  const again = await alice.call('coordination_status', { agent: 'alice' });
  expect(again.text).not.toContain('LOST');
});

it.each([
  ['coordination_status', {}],
  ['lock_check', { path: 'services/web' }],
  ['lock_release', {}],
])('a loss is told at the very next call of %s, before any heartbeat', async (tool, more) => {
  const { stage, alice } = await holder();
  await revoke(stage);
  const told = await alice.call(tool, { agent: 'alice', ...more });
  expect(told.text).toMatch(/^LOST "services\/auth" \(token \d+\)/);
});

it('a lock that was lost and granted anew is told as lost, with the token of before', async () => {
  const { stage, alice } = await holder();
  const [before] = await locksOf(stage);
  await revoke(stage);
  const told = await alice.acquire('alice', 'services/auth');
  expect(told.text).toMatch(new RegExp(`^LOST "services/auth" \\(token ${before?.token}\\).*\nGRANTED`));
});

it('a second grant of a scope tells the loss of the first, even if nothing was seen in between', async () => {
  const { stage, alice } = await holder();
  const inner = stage.coordinator;
  stage.coordinator = {
    ...inner,
    query: (query) =>
      query.kind === 'scopesOf' ? inner.query(query) : Promise.reject(new Error('no way through')),
  };
  await revoke(stage);
  const told = await alice.acquire('alice', 'services/auth');
  expect(told.text).toMatch(/^LOST "services\/auth".*\nGRANTED/);
});

it('a lock that the agent gave back itself is not reported as lost', async () => {
  const { stage, alice } = await holder();
  await alice.call('lock_release', { agent: 'alice' });
  await stage.pass(600_000);
  expect((await alice.call('coordination_status', { agent: 'alice' })).text).not.toContain('LOST');
});

it('a lock that is just being given back is not reported as lost', async () => {
  const { stage, alice } = await holder();
  const answer = withholdAnswers(stage, 'ReleaseLock');
  const released = alice.call('lock_release', { agent: 'alice' });
  await quiet();
  const told = await alice.call('lock_check', { agent: 'alice', path: 'services/auth' });
  expect(told.text).not.toContain('LOST');
  answer();
  expect((await released).text).toBe('RELEASED "services/auth".');
});

it('a heartbeat that was answered before a grant does not report it as lost', async () => {
  const stage = await openStage();
  const alice = await stage.startClient();
  await alice.join('alice');
  const answer = withholdAnswers(stage, 'Heartbeat');
  await stage.pass(301_000);
  await alice.acquire('alice', 'services/auth');
  answer();
  await quiet();
  expect((await alice.call('coordination_status', { agent: 'alice' })).text).not.toContain('LOST');
});

it('a holder that others wait for is told to be quick, once', async () => {
  const { stage, alice } = await holder();
  const bob = await stage.startClient();
  await bob.join('bob');
  const waiting = bob.acquire('bob', 'services/auth', { wait_seconds: 30 });
  await stage.pass(30_000);
  await waiting;
  const told = await alice.call('coordination_status', { agent: 'alice' });
  expect(told.text).toMatch(
    /^Others wait for "services\/auth": bob, for 30 s\. Release it soon, it ends in 9 min 30 s, /m,
  );
  await stage.pass(30_000);
  expect((await alice.call('coordination_status', { agent: 'alice' })).text).not.toContain('Others wait');
});

it('an agent that was lost is told to join again, and can', async () => {
  const { stage, alice } = await holder();
  const { coordinator } = stage;
  stage.coordinator = { ...coordinator, submit: () => Promise.reject(new Error('no way through')) };
  await stage.pass(1_000_000);
  stage.coordinator = coordinator;
  await stage.pass(2_000);
  const told = await alice.call('lock_check', { agent: 'alice', path: 'services/auth' });
  expect(told).toMatchObject({ isError: true, facts: { code: 'AGENT_LOST' } });
  expect(told.text).toContain('Next: agent_join with your handle as agent');
  const [, handle = ''] =
    /handle "(alice\.\w+)"/.exec((await alice.call('coordination_status', {})).text) ?? [];
  expect((await alice.join(handle)).text).toMatch(/^JOINED as alice/);
  await quiet();
  expect((await alice.acquire('alice', 'services/auth')).facts).toMatchObject({ status: 'granted' });
});
