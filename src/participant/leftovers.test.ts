/** What a part in the coordination leaves that has ended, could not begin, or got no answer. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { AgentId, DurationMs } from '../core/index.ts';
import type { Coordinator, Reply } from '../protocol/index.ts';
import { CoordinatorError } from '../protocol/index.ts';
import { goOn } from './joining.ts';
import { Participant } from './participant.ts';
import { proofOf, unanswered, type AgentSession } from './session.ts';
import { Speaker } from './speaker.ts';
import { acquired, auth, Stage, waiting } from '../../test/support/processes.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await Stage.open();
});

describe('a process that has ended without leaving', () => {
  it('is gone on from under its session, and what it had is given back', async () => {
    const before = await stage.takePart('alice');
    await acquired(before);
    stage.end(before);
    const after = await stage.takePart('alice', 2);
    expect([after.left, await stage.holders()]).toEqual([null, {}]);
  });

  it('leaves what it had to one that wants to go on with it', async () => {
    const before = await stage.takePart('alice');
    const { token } = await acquired(before);
    stage.end(before);
    const after = await stage.takePart('alice', 2, { keepsLeft: true });
    expect(after.left?.token).toBe(token);
    await stage.pass(3_600_000);
    expect(await stage.holders()).toEqual({ auth: 'alice' });
    await after.leave();
    expect([await stage.holders(), stage.kept.size, stage.occupants.size]).toEqual([{}, 0, 0]);
  });

  it('leaves a lock with a short lease, which lasts too', async () => {
    const before = await stage.takePart('alice');
    await acquired(before, auth, { ttlMs: 6_000 as DurationMs });
    stage.end(before);
    const after = await stage.takePart('alice', 2, { keepsLeft: true });
    await stage.pass(60_000);
    expect([after.left?.loss, await stage.holders()]).toEqual([null, { auth: 'alice' }]);
  });

  it('and waited then does so no more', async () => {
    const lock = await acquired(await stage.takePart('alice'));
    const before = await stage.takePart('bob', 2);
    void before
      .acquire({ ...waiting, scopes: [auth] }, { signal: new AbortController().signal })
      .catch(() => null);
    await stage.pass(1);
    before.stop();
    stage.occupants.delete('bob' as AgentId);
    await stage.takePart('bob', 3);
    await lock.release();
    expect(await stage.holders()).toEqual({});
  });

  it('is renewed by nobody, and neither is what it went on with', async () => {
    const first = await stage.takePart('alice');
    await acquired(first);
    stage.end(first);
    const second = await stage.takePart('alice', 2, { keepsLeft: true });
    second.stop();
    await stage.pass(3_600_000);
    const { agents } = await stage.coordinator.query({ kind: 'status', at: null });
    expect([agents[0]?.presence, second.left?.loss]).toEqual(['lost', null]);
  });

  it('that lives is not taken over', async () => {
    await stage.takePart('alice');
    const wish = { agent: 'alice' as AgentId, metadata: {}, from: 'another', keepsLeft: false };
    expect(await Participant.takePart(stage.portsOf(2), wish)).toMatchObject({
      kind: 'occupied',
      by: { pid: 1 },
    });
  });

  it('is joined anew once its session is over', async () => {
    const before = await stage.takePart('alice');
    await acquired(before);
    stage.end(before);
    await stage.pass(3_600_000);
    const after = await stage.takePart('alice', 2, { keepsLeft: true });
    expect(after.left).toBeNull();
  });
});

it('a name that is refused is not kept', async () => {
  await stage.takePart('alice');
  const agent = 'alice' as AgentId;
  const session = { ...stage.kept.get(agent)!, secret: 'f'.repeat(64) };
  stage.kept.set(agent, session);
  stage.occupants.clear();
  const wish = { agent, metadata: {}, from: 'another', keepsLeft: false };
  expect(await Participant.takePart(stage.portsOf(2), wish)).toMatchObject({
    kind: 'refused',
    rejection: { code: 'SESSION_MISMATCH' },
  });
  expect([stage.kept.get(agent), stage.occupants.size]).toEqual([session, 0]);
});

it('a name under which nobody could take part is not kept', async () => {
  stage.coordinator = { submit: () => Promise.reject(new Error('gone')) } as unknown as Coordinator;
  await expect(stage.takePart('alice')).rejects.toThrow('gone');
  expect(stage.occupants.size).toBe(0);
});

it('a join whose process ended before it heard the answer is bound to the one that goes on with it', async () => {
  const agent = 'alice' as AgentId;
  const secret = 'a'.repeat(64);
  const processOf = (pid: number) => ({ pid, start: `boot ${pid}`, namespace: 'here' });
  const speaker = new Speaker(stage.portsOf(1));
  await speaker.submit({ kind: 'AgentJoin', agent, metadata: {}, secret, process: processOf(1) });
  stage.kept.set(agent, { agent, epoch: unanswered, secret });
  const wish = { agent, metadata: {}, from: 'another', keepsLeft: false };
  await Participant.takePart({ ...stage.portsOf(2), process: processOf(2) }, wish);
  expect((await stage.bench.service.bound()).map(({ process }) => process.pid)).toEqual([2]);
});

describe('a resumption without an answer', () => {
  const how = { way: 'resume', from: 'test' } as const;

  async function resumed(outcome: 'nothing' | 'unknown'): Promise<[AgentSession, AgentSession | undefined]> {
    await stage.takePart('alice');
    const before = stage.kept.get('alice' as AgentId)!;
    const submit = (): Promise<Reply> =>
      Promise.reject(new CoordinatorError('UNAVAILABLE', 'gone', { details: { outcome } }));
    const ports = stage.portsOf(2);
    const speaker = new Speaker({ ...ports, coordinator: { submit } });
    const going = goOn({ ...ports, speaker }, before, how);
    await expect(going).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    return [before, stage.kept.get('alice' as AgentId)];
  }

  it('of which nothing was written leaves the session as it was', async () => {
    const [before, after] = await resumed('nothing');
    expect(after).toEqual(before);
  });

  it('that may have taken effect leaves both secrets', async () => {
    const [before, after] = await resumed('unknown');
    expect(after?.secret).not.toBe(before.secret);
    expect(after?.formerSecret).toBe(before.secret);
  });

  it.each(['took effect', 'took none'])('that %s keeps nobody from going on', async (effect) => {
    const [before, after] = await resumed('unknown');
    if (after === undefined) throw new Error('no session was kept');
    const ports = stage.portsOf(3);
    const speaker = new Speaker(ports);
    const { agent, epoch, secret } = before;
    if (effect === 'took effect')
      await speaker.submit({ kind: 'AgentResume', agent, epoch, secret, newSecret: after.secret, ...how });
    const wentOn = await goOn({ ...ports, speaker }, after, how);
    expect(wentOn).toMatchObject({ kind: 'wentOn', session: stage.kept.get(agent)! });
    expect(Object.keys(stage.kept.get(agent)!)).toEqual(['agent', 'epoch', 'secret']);
    expect(await speaker.submit({ kind: 'Heartbeat', ...proofOf(stage.kept.get(agent)!) })).toMatchObject({
      ok: true,
    });
  });
});
