/** Another process goes on as an agent that a client keeps: from then on what the name holds is that one's. */
import { expect, it } from 'vitest';
import { auth, revoke, web } from './support/contenders.ts';
import { openStage, quiet, type Stage } from './support/stage.ts';

/** A person goes on as the agent in a shell. */
async function takeOver(stage: Stage, name: string): Promise<void> {
  const session = [...stage.sessions.files.values()].find(({ agent }) => agent === name);
  if (session === undefined) throw new Error(`${name} has not joined`);
  const newSecret = 'ab'.repeat(32);
  const command = { kind: 'AgentResume', ...session, newSecret, way: 'takeOver', from: 'olga' } as const;
  const { ok } = await stage.coordinator.submit({ requestId: `take over ${name}`, command });
  if (!ok) throw new Error('the take-over was refused');
  stage.sessions.files.set(session.agent, { ...session, secret: newSecret });
  stage.sessions.occupants.delete(session.agent);
}

/** The shell asks for a scope as the agent. */
async function acquireInShell(stage: Stage, name: string, scope: typeof auth): Promise<void> {
  const session = [...stage.sessions.files.values()].find(({ agent }) => agent === name);
  if (session === undefined) throw new Error(`${name} has not joined`);
  const wish = { scopes: [scope], ttlMs: null, wait: { kind: 'none' }, reason: null } as const;
  const command = { kind: 'AcquireLock', ...session, ...wish } as const;
  await stage.coordinator.submit({ requestId: `shell of ${name}`, command });
}

/** Alice holds a scope through a client, and olga takes her over. */
async function takenOver() {
  const stage = await openStage();
  const alice = await stage.startClient();
  const { facts } = await alice.join('alice');
  await alice.acquire('alice', auth);
  await takeOver(stage, 'alice');
  return { stage, alice, handle: String(facts['handle']) };
}

it('who was taken over is not told that it may write, but that another has its lock', async () => {
  const { alice } = await takenOver();
  const told = await alice.call('lock_check', { agent: 'alice', path: auth });
  expect(told).toMatchObject({ isError: true, facts: { code: 'SESSION_MISMATCH' } });
  expect(told.text).toMatch(
    /^LOST "services\/auth" \(token \d+\): another process goes on as you, and has it now\./,
  );
  expect(told.text).toContain('agent_join with your handle and resume true takes it back');
  expect((await alice.call('lock_check', { agent: 'alice', path: auth })).text).not.toContain('LOST');
});

it('what the other process has given back since is not said to be held by it', async () => {
  const { stage, alice } = await takenOver();
  const session = [...stage.sessions.files.values()].find(({ agent }) => agent === 'alice');
  if (session === undefined) throw new Error('alice has not joined');
  const command = { kind: 'ReleaseLock', ...session, scopes: null, token: null } as const;
  expect((await stage.coordinator.submit({ requestId: 'give back', command })).ok).toBe(true);
  const { text } = await alice.call('lock_check', { agent: 'alice', path: auth });
  expect(text).toMatch(
    /^LOST "services\/auth" \(token \d+\): another process goes on as you, and it ended .* ago: it was given back in your name elsewhere\. Do not write there; lock_check says/,
  );
});

it('what a shell takes in the name of one that it has taken over is not the one of the client', async () => {
  const stage = await openStage();
  const alice = await stage.startClient();
  await alice.join('alice');
  await takeOver(stage, 'alice');
  await acquireInShell(stage, 'alice', auth);
  const told = await alice.call('lock_check', { agent: 'alice', path: auth });
  expect(told).toMatchObject({ isError: true, facts: { code: 'SESSION_MISMATCH' } });
});

it('a grant that comes while the waiter has been taken over is told to nobody but the shell', async () => {
  const stage = await openStage();
  const client = await stage.startClient();
  await client.join('alice');
  await client.join('bob');
  await client.acquire('bob', auth);
  const waiting = client.acquire('alice', auth, { wait_seconds: 20 });
  await quiet();
  await takeOver(stage, 'alice');
  await revoke(stage, auth);
  const told = await waiting;
  expect(told).toMatchObject({ isError: true, facts: { code: 'SESSION_MISMATCH' } });
  expect(told.text).not.toContain('GRANTED');
  expect(told.text).not.toContain('LOST');
});

it('a client lists what its agents hold now, also of those that have not called since', async () => {
  const { stage, alice } = await takenOver();
  await alice.join('carol');
  await alice.acquire('carol', web);
  await revoke(stage, web);
  for (const args of [{}, { agent: 'carol' }]) {
    const { text } = await alice.call('coordination_status', args);
    expect(text).toMatch(/- alice \(handle "alice\.\w+"; another process goes on as it; /);
    expect(text).toMatch(/- carol \(handle "carol\.\w+"; holds nothing; /);
  }
  const { text } = await alice.call('lock_release', { agent: 'dora' });
  expect(text).toMatch(/- alice \(handle "alice\.\w+"; another process goes on as it; /);
});

it('who was taken over goes on with what the name holds, and with its handle, when it resumes', async () => {
  const { stage, alice, handle } = await takenOver();
  await alice.call('lock_acquire', { agent: 'alice', scopes: [auth] });
  const resumed = await alice.call('agent_join', { agent: 'alice', resume: true });
  expect(resumed.facts).toMatchObject({ agent: 'alice', handle, held: [{ scope: auth }] });
  expect(resumed.text).toContain('RESUMED as alice');
  const check = await alice.call('lock_check', { agent: handle, path: auth });
  expect(check.text).toMatch(/^You MAY write/);
  expect([...stage.sessions.occupants.values()]).toMatchObject([{ pid: alice.server.pid }]);
});

it('a resumption right after a take-over does not tell as lost what is held again', async () => {
  const { alice } = await takenOver();
  const resumed = await alice.call('agent_join', { agent: 'alice', resume: true });
  expect(resumed.text).toContain('You hold "services/auth"');
  expect(resumed.text).not.toContain('LOST');
});

it('the handle of a former process leads to the one that its agent has in this client now', async () => {
  const stage = await openStage();
  const first = await stage.startClient();
  const former = String((await first.join('alice')).facts['handle']);
  await first.server.kill();
  const back = await stage.startClient();
  const handle = String((await back.join(former, { resume: true })).facts['handle']);
  const refused = await back.call('lock_check', { agent: former, path: auth });
  expect(refused).toMatchObject({ isError: true, facts: { code: 'NOT_JOINED' } });
  expect(refused.text).toContain(`- alice (handle "${handle}"`);
  expect(refused.text).not.toContain('is present');
});

it.each(['before', 'after'])(
  'a process that is killed %s its resumption took effect keeps nobody from going on',
  async (when) => {
    const stage = await openStage();
    const first = await stage.startClient();
    await first.join('alice');
    await first.acquire('alice', auth);
    await first.server.kill();
    const inner = stage.coordinator;
    stage.coordinator = {
      ...inner,
      submit: async (request) => {
        if (request.command.kind !== 'AgentResume') return inner.submit(request);
        if (when === 'after') await inner.submit(request);
        return new Promise(() => undefined);
      },
    };
    const killed = await stage.startClient();
    void killed.call('agent_join', { agent: 'alice', resume: true }).catch(() => undefined);
    await quiet();
    await killed.server.kill();
    stage.coordinator = inner;
    const next = await stage.startClient();
    expect((await next.join('alice', { resume: true })).facts).toMatchObject({ held: [{ scope: auth }] });
    expect([...stage.sessions.files.values()].map(Object.keys)).toEqual([['agent', 'epoch', 'secret']]);
  },
);
