/** How a server keeps its agents: it renews them, remembers for them, and goes on for them. */
import { expect, it } from 'vitest';
import type { DurationMs } from '../../src/core/index.ts';
import type { Reply } from '../../src/protocol/index.ts';
import {
  auth,
  contenders,
  cutOff,
  heldBy,
  lostAnswer,
  openWith,
  revoke,
  takeInName,
  waitOneSecond,
  web,
} from './support/contenders.ts';
import { quiet } from './support/stage.ts';
import { refusalOf } from '../support/refusal.ts';

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
  const rejection = refusalOf('AGENT_LOST', 'bob was silent for too long');
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
  expect(told.text).toMatch(/^Nobody speaks as "bob" through this client: agent_join to take part\.\n/);
  await stage.pass(61_000);
  expect(await heldBy(stage, 'bob')).toEqual([]);
});

it('of two locks that came together only the one that others wait for is told as wanted', async () => {
  const { stage, alice, bob } = await contenders({ maxLocksPerAgent: 2 });
  await alice.call('lock_acquire', { agent: 'alice', scopes: [auth, web] });
  await waitOneSecond(stage, bob, 'bob', [auth]);
  await stage.pass(30_000);
  const told = await alice.call('coordination_status', { agent: 'alice' });
  expect(told.text).toContain('Others wait for "services/auth"');
  expect(told.text).not.toContain('Others wait for "services/web"');
});

it('a holder that waits for something else must not write, and is not told that it has said that it is blocked', async () => {
  const { stage, alice, bob } = await contenders({ maxLocksPerAgent: 2 });
  await alice.acquire('alice', auth);
  await bob.acquire('bob', web);
  await waitOneSecond(stage, alice, 'alice', [web]);
  const check = () => alice.call('lock_check', { agent: 'alice', path: `${auth}/login.ts` });
  expect((await check()).text).toContain('MUST NOT write "services/auth/login.ts": you wait in the queue');
  await bob.call('lock_release', { agent: 'bob' });
  expect((await check()).facts).toMatchObject({ mayWrite: true });
});

it('nobody is told that others wait who have given up meanwhile', async () => {
  const { stage, alice, bob } = await contenders();
  await alice.acquire('alice', auth);
  await waitOneSecond(stage, bob, 'bob', [auth]);
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

it('arguments that are wrong are no reason to keep back what happened', async () => {
  const { stage, alice } = await contenders();
  await alice.acquire('alice', auth);
  await revoke(stage, auth);
  await stage.pass(60_000);
  const told = await alice.call('lock_check', { agent: 'alice', wrong: 1 });
  expect(told.text).toMatch(/^LOST "services\/auth".*\nINVALID_INPUT: /);
});

it('an agent that was lost learns what went with it when it goes on', async () => {
  const { stage, alice } = await contenders();
  await alice.acquire('alice', auth);
  await alice.server.kill();
  await stage.pass(1_000_000);
  const back = await stage.startClient();
  const joined = await back.join('alice', { resume: true });
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

it('what a shell has taken in the name of an agent is renewed, and its loss is told', async () => {
  const { stage, alice } = await contenders({ lockTtlMs: 600_000 as DurationMs });
  await takeInName(stage, 'alice', auth);
  await stage.pass(301_000);
  expect((await alice.call('lock_check', { agent: 'alice', path: web })).text).not.toContain('GRANTED');
  await stage.pass(3_000_000);
  expect(await heldBy(stage, 'alice')).toEqual([auth]);
  await revoke(stage, auth);
  const told = await alice.call('lock_check', { agent: 'alice', path: web });
  expect(told.text).toMatch(/^LOST "services\/auth".*: "olga" revoked it/);
});

it('a lock that a shell has taken is renewed once lock_check has seen it', async () => {
  const { stage, alice } = await contenders();
  await stage.pass(310_000);
  await takeInName(stage, 'alice', auth);
  const told = await alice.call('lock_check', { agent: 'alice', path: auth });
  expect(told.facts).toMatchObject({ mayWrite: true });
  await stage.pass(120_000);
  expect(await heldBy(stage, 'alice')).toEqual([auth]);
});

it('that others wait is said once in an answer', async () => {
  const { stage, alice, bob } = await contenders();
  await alice.join('carol');
  await alice.acquire('alice', auth);
  const waiting = bob.acquire('bob', auth);
  await quiet();
  await waitOneSecond(stage, alice, 'carol', [auth]);
  await alice.call('lock_release', { agent: 'alice' });
  expect((await waiting).text.match(/Others wait/g)).toHaveLength(1);
});

it('a loss is told once though the first join after it failed', async () => {
  const { stage, alice } = await contenders();
  await alice.acquire('alice', auth);
  const heal = cutOff(stage);
  await stage.pass(1_000_000);
  heal();
  const healJoin = cutOff(stage, 'AgentJoin');
  const again = { agent: 'alice', resume: true };
  const failed = await alice.call('agent_join', again);
  expect(failed).toMatchObject({
    isError: true,
    text: expect.stringMatching(/^LOST "services\/auth"/) as string,
  });
  healJoin();
  expect((await alice.call('agent_join', again)).text).toMatch(/^JOINED as alice \(epoch \d+\)\.\nYou are/);
});

it('that losses could not be read when the session was found to be dead is told', async () => {
  const { stage, alice } = await contenders();
  await alice.acquire('alice', auth);
  await alice.server.kill();
  await stage.pass(1_000_000);
  const back = await stage.startClient();
  const inner = stage.coordinator;
  stage.coordinator = {
    ...inner,
    query: (query) => (query.kind === 'notices' ? Promise.reject(lostAnswer()) : inner.query(query)),
  };
  const told = await back.join('alice', { resume: true });
  expect(told.text).toMatch(/^What was LOST with your session cannot be read now: .*\nJOINED as alice/);
});

it('a loss that was told is not told again by a new process', async () => {
  const { stage, alice } = await contenders();
  await alice.acquire('alice', auth);
  await revoke(stage, auth);
  expect((await alice.call('lock_check', { agent: 'alice', path: web })).text).toContain('LOST');
  await alice.server.kill();
  const back = await stage.startClient();
  expect((await back.join('alice', { resume: true })).text).not.toContain('LOST');
  await back.acquire('alice', web);
  await revoke(stage, web);
  await back.server.kill();
  const again = await stage.startClient();
  expect((await again.join('alice', { resume: true })).text).toMatch(/^LOST "services\/web"/);
});

it('a join whose session could not be written is found again by the next one', async () => {
  const stage = await openWith();
  const alice = await stage.startClient();
  const { files } = stage.sessions;
  const set = files.set.bind(files);
  files.set = () => {
    files.set = set;
    throw new Error('the disk is full');
  };
  expect((await alice.call('agent_join', { agent: 'alice' })).isError).toBe(true);
  expect((await alice.join('alice')).text).toMatch(/^JOINED as alice/);
});

it('an agent whose log has jumped ahead keeps what it gets', async () => {
  const { stage, alice } = await contenders();
  const inner = stage.coordinator;
  stage.coordinator = {
    ...inner,
    submit: async (request) => later(await inner.submit(request), 600_000),
  };
  await alice.acquire('alice', auth);
  await stage.pass(120_000);
  expect(await heldBy(stage, 'alice')).toEqual([auth]);
});

/** The same answer of a coordinator whose log is ahead. */
function later(reply: Reply, byMs: number): Reply {
  return JSON.parse(JSON.stringify(reply), (key, value: unknown) =>
    key.endsWith('Ms') && typeof value === 'number' ? value + byMs : value,
  ) as Reply;
}

it('a call that waited tells what was lost meanwhile', async () => {
  const { stage, alice, bob } = await contenders({ maxLocksPerAgent: 2 });
  await bob.acquire('bob', web);
  await alice.acquire('alice', auth);
  const waiting = alice.acquire('alice', web, { wait_seconds: 20 });
  await stage.pass(2_000);
  await revoke(stage, auth);
  await bob.call('lock_release', { agent: 'bob' });
  await stage.pass(1_000);
  expect((await waiting).text).toMatch(/^LOST "services\/auth".*\nGRANTED "services\/web"/);
});

it('a call whose time is over while the coordinator does not answer says that the ticket is kept', async () => {
  const { stage, alice, bob } = await contenders();
  await alice.acquire('alice', auth);
  const waiting = bob.acquire('bob', auth, { wait_seconds: 10 });
  await stage.pass(9_000);
  const inner = stage.coordinator;
  stage.coordinator = { ...inner, submit: () => new Promise(() => undefined) };
  await stage.pass(7_000);
  expect((await waiting).facts).toMatchObject({ status: 'waiting', position: 1 });
});

it('a call whose time is over does not wait for a frozen coordinator to say who is in the way', async () => {
  const { stage, alice, bob } = await contenders();
  await alice.acquire('alice', auth);
  const waiting = bob.acquire('bob', auth, { wait_seconds: 10 });
  await stage.pass(9_000);
  const frozen = (): Promise<never> => new Promise(() => undefined);
  stage.coordinator = { ...stage.coordinator, submit: frozen, query: frozen };
  await stage.pass(11_000);
  expect((await waiting).facts).toMatchObject({ status: 'waiting', position: 1 });
});

it('who has not heard that its sync began is told the run', async () => {
  const { alice } = await contenders();
  const start = () => alice.call('sync_scope', { agent: 'alice', scope: auth, action: 'start' });
  const { facts } = await start();
  expect((await start()).text).toBe(
    `SYNC_IN_PROGRESS: you are syncing "services/auth" yourself: run ${String(facts['run'])}.\nNext: sync_scope complete, or fail, with run ${String(facts['run'])}.`,
  );
});

it('a tool that needs no argument says so to whoever gives it a wrong one', async () => {
  const { alice } = await contenders();
  const { text } = await alice.call('coordination_status', { log: 'all' });
  expect(text).toMatch(/ coordination_status takes no more than agent, log$/);
});
