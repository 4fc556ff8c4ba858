/** Resuming: who goes on as an agent whose process has ended, and who is kept from it. */
import { expect, it } from 'vitest';
import { handleOf, hasLost, heldBy } from './support/contenders.ts';
import { openStage } from './support/stage.ts';

/** Claude holds a scope, and its process has ended. */
async function leftBehind() {
  const stage = await openStage();
  const first = await stage.startClient();
  const joined = await first.call('agent_join', { agent: 'claude', task: 'login' });
  await first.acquire('claude', 'services/auth');
  await first.server.kill();
  return { stage, first, joined, back: await stage.startClient() };
}

it('nobody goes on as an agent that a living process keeps', async () => {
  const stage = await openStage();
  const first = await stage.startClient();
  await first.join('claude');
  const second = await stage.startClient();
  const joining = second.call('agent_join', { agent: 'claude', resume: true });
  await stage.pass(2_000);
  expect(await joining).toMatchObject({ isError: true, facts: { code: 'NAME_IN_USE' } });
  expect(await second.acquire('claude', 'services/web')).toMatchObject({ facts: { code: 'NAME_IN_USE' } });
  expect((await first.acquire('claude', 'services/web')).facts).toMatchObject({ status: 'granted' });
});

it('whoever picks the name of an agent whose process has ended is another agent, and is told how that one goes on', async () => {
  const { stage, back } = await leftBehind();
  const joined = await back.join('claude');
  expect(joined.facts).toMatchObject({ agent: 'claude-2', held: [] });
  expect(joined.text).toMatch(
    /claude is present, and no client keeps it \(its process has ended, .*task "login", holds "services\/auth"/,
  );
  expect(joined.text).toContain('agent_join with agent "claude" and resume true');
  expect((await back.call('lock_check', { agent: 'claude-2', path: 'services/auth' })).facts).toMatchObject({
    mayWrite: false,
  });
  expect(await heldBy(stage, 'claude')).toEqual(['services/auth']);
  const resumed = await back.join('claude', { resume: true });
  expect(resumed.facts).toMatchObject({ agent: 'claude', held: [{ scope: 'services/auth' }] });
});

it('no call goes on as an agent that has not joined through this client, whatever lies there of it', async () => {
  const { back } = await leftBehind();
  const told = await back.call('lock_check', { agent: 'claude', path: 'services/auth' });
  expect(told).toMatchObject({ isError: true, facts: { code: 'NOT_JOINED' } });
  expect(told.text).toContain('agent_join with agent "claude" and resume true goes on as it');
});

it('resuming keeps epoch, locks and task, and what the process before knew is worthless from then on', async () => {
  const { stage, joined, back } = await leftBehind();
  const before = stage.sessions.files.get('claude' as never);
  const resumed = await back.join('claude', { resume: true });
  expect(resumed.facts).toMatchObject({ agent: 'claude', epoch: joined.facts['epoch'] });
  expect(resumed.text).toMatch(
    /^RESUMED as claude, where it left off \(epoch \d+\)\.\n.*\nYou hold "services\/auth"/,
  );
  if (before === undefined) throw new Error('no session was kept');
  const { agent, epoch, secret } = before;
  const command = { kind: 'Heartbeat', agent, epoch, secret } as const;
  expect(await stage.coordinator.submit({ requestId: 'former', command })).toMatchObject({
    ok: false,
    rejection: { code: 'SESSION_MISMATCH' },
  });
  expect(await stage.commands()).toContain('AgentResume');
  await stage.pass(600_000);
  expect(await heldBy(stage, 'claude')).toEqual(['services/auth']);
});

it('a handle that a process which has ended gave out leads to its agent, for whoever resumes', async () => {
  const { joined, back } = await leftBehind();
  const handle = handleOf(joined);
  expect((await hasLost(back, handle)).text).toContain('agent_join with agent "claude" and resume true');
  expect((await back.join(handle, { resume: true })).facts).toMatchObject({ agent: 'claude' });
});

it('a handle that a process which has ended gave out is not taken for a name', async () => {
  const { joined, back } = await leftBehind();
  const told = await back.join(handleOf(joined));
  expect(told.facts).toMatchObject({ agent: 'claude-2', held: [] });
  expect(told.text).toContain('agent_join with agent "claude" and resume true goes on as it');
});

it('of a client that was restarted while its old process is about to end, the agent goes on after a moment', async () => {
  const stage = await openStage();
  const first = await stage.startClient();
  const before = await first.join('claude');
  const second = await stage.startClient();
  const joining = second.call('agent_join', { agent: 'claude', resume: true });
  await stage.pass(300);
  await first.server.kill();
  await stage.pass(1_000);
  expect((await joining).facts).toMatchObject({ agent: 'claude', epoch: before.facts['epoch'] });
});

it('resuming where nothing was left is a join', async () => {
  const stage = await openStage();
  const client = await stage.startClient();
  const { text } = await client.join('claude', { resume: true });
  expect(text).toMatch(/^JOINED as claude /);
  expect(text).toContain('Nothing was resumed: there is no session of claude to go on with. You begin anew');
  expect((await client.join('other')).text).not.toContain('Nothing was resumed');
});

it('nobody resumes an agent that lives in this client, by its name or by a handle of a former process', async () => {
  const { stage, joined, back } = await leftBehind();
  const [session] = stage.sessions.files.values();
  if (session === undefined) throw new Error('no session was kept');
  await stage.coordinator.submit({ requestId: 'leave', command: { kind: 'AgentLeave', ...session } });
  const own = handleOf(await back.join('claude'));
  await back.acquire(own, 'services/auth');
  for (const name of ['claude', handleOf(joined)]) {
    const unclear = await back.call('agent_join', { agent: name, resume: true });
    expect(unclear).toMatchObject({ isError: true, facts: { code: 'NAME_UNCLEAR' } });
    expect(unclear.text).toContain('an agent that takes part has asked for the name claude');
    expect(unclear.text).toContain(`- claude (handle "${own}"`);
  }
  expect((await back.call('lock_release', { agent: own })).isError).toBe(false);
});

it('a name that takes part from elsewhere cannot be gone on under, and its session is left alone', async () => {
  const stage = await openStage();
  const elsewhere = await stage.startClient();
  await elsewhere.join('claude');
  stage.sessions.files.clear();
  stage.sessions.occupants.clear();
  const client = await stage.startClient();
  const refused = await client.call('agent_join', { agent: 'claude', resume: true });
  expect(refused).toMatchObject({ isError: true, facts: { code: 'NAME_IN_USE' } });
  expect(refused.text).toContain('takes part already, and its session is not kept here');
  expect(stage.sessions.occupants.size).toBe(0);
});
