import { expect, it } from 'vitest';
import type { AgentId } from '../../src/core/index.ts';
import { CoordinatorError, failureCodes, type Coordinator } from '../../src/protocol/index.ts';
import { answerMaxMs } from '../../src/mcp/in-bounds.ts';
import { openStage, quiet, withholdAnswers, type Stage } from './support/stage.ts';

const lost = () => new CoordinatorError('UNAVAILABLE', 'the answer was lost', { retryable: true });

/** Carries out what is submitted, but loses the first answer to a kind of command. Remembers the request ids. */
function losingAnswers(stage: Stage, kind: string): string[] {
  const inner: Coordinator = stage.coordinator;
  const requestIds: string[] = [];
  stage.coordinator = {
    ...inner,
    submit: async (request) => {
      const reply = await inner.submit(request);
      if (request.command.kind !== kind) return reply;
      requestIds.push(request.requestId);
      if (requestIds.length === 1) throw lost();
      return reply;
    },
  };
  return requestIds;
}

it.each(['AgentJoin', 'AcquireLock', 'ReleaseLock'])(
  'a %s whose answer was lost is asked again under the same request id, and takes effect once',
  async (kind) => {
    const stage = await openStage();
    const client = await stage.startClient();
    const requestIds = losingAnswers(stage, kind);
    const work = (async () => {
      await client.join('alice');
      await client.acquire('alice', 'services/auth');
      return client.call('lock_release', { agent: 'alice' });
    })();
    await stage.pass(2_000);
    expect((await work).text).toBe('RELEASED "services/auth".');
    expect(requestIds).toHaveLength(2);
    expect(new Set(requestIds).size).toBe(1);
    expect((await stage.commands()).filter((said) => said === kind)).toHaveLength(1);
  },
);

it('a wait goes on under the same ticket when the coordinator is away for a while', async () => {
  const stage = await openStage();
  const client = await stage.startClient();
  await client.join('alice');
  await client.join('bob');
  await client.acquire('alice', 'services/auth');
  const inner = stage.coordinator;
  let failures = 0;
  stage.coordinator = {
    ...inner,
    awaitTicket: (ticket, signal) => {
      failures += 1;
      return failures <= 3 ? Promise.reject(lost()) : inner.awaitTicket(ticket, signal);
    },
  };
  const waiting = client.acquire('bob', 'services/auth');
  await stage.pass(5_000);
  expect(failures).toBe(4);
  await client.call('lock_release', { agent: 'alice' });
  expect((await waiting).facts).toMatchObject({ status: 'granted' });
});

it('a coordinator that stays away is told as a failure with what to do, and a later call succeeds', async () => {
  const stage = await openStage();
  const client = await stage.startClient();
  await client.join('alice');
  const inner = stage.coordinator;
  stage.coordinator = { ...inner, submit: () => Promise.reject(lost()) };
  const failing = client.acquire('alice', 'services/auth');
  await stage.pass(12_000);
  const failed = await failing;
  expect(failed).toMatchObject({ isError: true, facts: { code: 'UNAVAILABLE' } });
  expect(failed.text).toContain('ask again in a moment');
  stage.coordinator = inner;
  expect((await client.acquire('alice', 'services/auth')).facts).toMatchObject({ status: 'granted' });
});

it('a bug is told as one, and reported', async () => {
  const stage = await openStage();
  const client = await stage.startClient();
  stage.coordinator = { ...stage.coordinator, query: () => Promise.reject(new TypeError('oops')) };
  const failed = await client.call('coordination_status', {});
  expect(failed).toMatchObject({ isError: true, facts: { code: 'INTERNAL' } });
  expect(client.server.reports).toEqual(['mcp.callFailed']);
});

it.each(failureCodes.filter((code) => code !== 'INVALID_INPUT' && code !== 'NOT_JOINED'))(
  'trouble is no permission: on %s the agent is told to stop, and to ask its user',
  async (code) => {
    const stage = await openStage();
    const client = await stage.startClient();
    const trouble = new CoordinatorError(code, 'something is in the way');
    stage.coordinator = { ...stage.coordinator, submit: () => Promise.reject(trouble) };
    const told = await client.call('agent_join', { agent: 'alice' });
    expect(told).toMatchObject({ isError: true, facts: { code } });
    expect(told.text).toMatch(/\nNext: .*stop editing, and ask your user how to go on/);
    expect(told.text).not.toMatch(/without (a )?locks?/i);
  },
);

it('a join whose secret finds no room is not asked for, and can be repeated', async () => {
  const stage = await openStage();
  const client = await stage.startClient();
  const { files } = stage.sessions;
  files.set = () => {
    throw new CoordinatorError('STORE_FAILURE', 'there is no room');
  };
  const failed = await client.call('agent_join', { agent: 'alice' });
  expect(failed).toMatchObject({ isError: true, facts: { code: 'STORE_FAILURE' } });
  expect(await stage.commands()).toEqual([]);
  files.set = (...session) => Map.prototype.set.apply(files, session) as typeof files;
  expect((await client.join('alice')).facts).toMatchObject({ agent: 'alice' });
  expect(await stage.commands()).toEqual(['AgentJoin']);
});

it('a join whose process ended before it heard the answer is finished by whoever resumes it', async () => {
  const stage = await openStage();
  const first = await stage.startClient();
  const inner = stage.coordinator;
  withholdAnswers(stage, 'AgentJoin');
  void first.call('agent_join', { agent: 'alice' }).catch(() => undefined);
  await quiet();
  await first.server.kill();
  // The answer reaches nobody.
  stage.coordinator = inner;
  const second = await stage.startClient();
  const other = await second.join('alice');
  expect(other.facts).toMatchObject({ agent: 'alice-2' });
  expect(other.text).toContain('agent_join with agent "alice" and resume true');
  const { facts } = await second.join('alice', { resume: true });
  expect(facts).toMatchObject({ agent: 'alice', held: [] });
  expect(await stage.commands()).toEqual(['AgentJoin', 'AgentJoin', 'Heartbeat', 'AgentResume']);
  expect((await second.acquire(String(facts['handle']), 'services/auth')).isError).toBe(false);
});

it('a join that is refused leaves the session of who has the name as it was', async () => {
  const stage = await openStage();
  await (await stage.startClient()).join('alice');
  const before = { ...stage.sessions.files.get('alice' as AgentId) };
  const inner = stage.coordinator;
  // Nobody can be asked who is present: the join itself finds out.
  stage.coordinator = { ...inner, query: () => Promise.reject(lost()) };
  const second = await stage.startClient();
  const { facts } = await second.call('agent_join', { agent: 'alice' });
  expect(facts).toMatchObject({ agent: 'alice-2' });
  expect(stage.sessions.files.get('alice' as AgentId)).toEqual(before);
});

it('a coordinator that is away while a session is taken over leaves nothing half done', async () => {
  const stage = await openStage();
  const first = await stage.startClient();
  await first.join('alice');
  await first.acquire('alice', 'services/auth');
  await first.server.kill();
  const second = await stage.startClient();
  const inner = stage.coordinator;
  stage.coordinator = { ...inner, query: () => Promise.reject(lost()) };
  const failed = await second.call('agent_join', { agent: 'alice', resume: true });
  expect(failed).toMatchObject({ isError: true, facts: { code: 'UNAVAILABLE' } });
  stage.coordinator = inner;
  expect((await second.join('alice', { resume: true })).text).toMatch(/^RESUMED as alice/);
});

it('a coordinator that does not answer questions does not keep a call from what it is for', async () => {
  const stage = await openStage();
  const client = await stage.startClient();
  await client.join('alice');
  await client.acquire('alice', 'services/auth');
  const inner = stage.coordinator;
  stage.coordinator = { ...inner, query: () => new Promise(() => undefined) };
  const releasing = client.call('lock_release', { agent: 'alice' });
  await stage.pass(6_000);
  expect((await releasing).text).toBe('RELEASED "services/auth".');
});

it('every tool, and every resource, answers in bounded time beside a coordinator that never does', async () => {
  const stage = await openStage();
  const client = await stage.startClient();
  await client.join('alice');
  await client.acquire('alice', 'services/auth');
  const never = (): Promise<never> => new Promise(() => undefined);
  const inner = stage.coordinator;
  stage.coordinator = { ...inner, submit: never, query: never, awaitTicket: never, refresh: never };
  const agent = 'alice';
  const calls = [
    client.call('agent_join', { agent: 'bob' }),
    client.call('agent_report', { agent, status: 'working' }),
    client.call('lock_acquire', { agent, scopes: ['libs/util'], wait_seconds: 0 }),
    client.call('lock_release', { agent }),
    client.call('lock_check', { agent, path: 'services/auth/main.ts' }),
    client.call('coordination_status', {}),
    client.call('sync_scope', { agent, scope: 'services/auth', action: 'start' }),
  ];
  const reading = ['rhema://status', 'rhema://scopes', 'rhema://log'].map((uri) =>
    client.client.readResource({ uri }).then(
      () => 'read',
      (error: Error) => error.message,
    ),
  );
  const waiting = client.call('lock_acquire', { agent, scopes: ['libs/util'], wait_seconds: 5 });
  await stage.pass(answerMaxMs);
  for (const answer of await Promise.all(calls)) {
    expect(answer).toMatchObject({ isError: true, facts: { code: 'DEADLINE_EXCEEDED' } });
    expect(answer.text).toMatch(
      /no answer within 10 s.*\nNext: do not edit meanwhile; .*stop editing, and ask your user/,
    );
  }
  for (const text of await Promise.all(reading))
    expect(text).toMatch(/no answer within 10 s.*\nNext: do not edit meanwhile/);
  await stage.pass(5_000);
  expect((await waiting).text).toContain('no answer within 15 s');
  stage.coordinator = inner;
  expect((await client.call('lock_check', { agent, path: 'services/auth/main.ts' })).isError).toBeFalsy();
});
