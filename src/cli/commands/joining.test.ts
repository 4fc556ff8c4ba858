import { describe, expect, it } from 'vitest';
import { asRevision, asTimeMs } from '../../core/index.ts';
import type { Epoch, Rejection, Result } from '../../core/index.ts';
import { CoordinatorError } from '../../protocol/index.ts';
import type { CallerCommand } from '../../protocol/index.ts';
import { FakeCoordinator } from '../testing/fake-coordinator.ts';
import { Harness, session, startMs } from '../testing/harness.ts';
import { agentId, statusAnswer } from '../testing/samples.ts';
import { refusalOf } from '../../../test/support/refusal.ts';

const alice = agentId('alice');
const sessionDeadlineMs = asTimeMs(startMs + 60_000);
const joined: Result = { kind: 'joined', agent: alice, epoch: asRevision(7), sessionDeadlineMs };
const renewed: Result = { kind: 'renewed', sessionDeadlineMs, leases: [] };
const resumed: Result = {
  kind: 'resumed',
  agent: alice,
  epoch: asRevision(7),
  sessionDeadlineMs,
  locks: [],
  ticket: null,
};
const alreadyJoined = refusalOf('AGENT_ALREADY_JOINED', 'alice has joined already', {
  agent: 'alice',
  epoch: 7,
});
const mismatch = refusalOf('SESSION_MISMATCH', 'another session');
const noAnswer = new CoordinatorError('UNAVAILABLE', 'gone', { details: { outcome: 'unknown' } });
const pending = { agent: alice, epoch: 0 as Epoch, secret: 'tried' };

function joining(
  answer: (command: CallerCommand) => Result | Rejection | Error,
  before = session('alice', 3),
): { readonly harness: Harness; readonly coordinator: FakeCoordinator } {
  const coordinator = new FakeCoordinator({
    submit: answer,
    answers: { status: () => statusAnswer({ agents: [] }) },
  });
  return { harness: new Harness({ coordinator, sessions: [before] }), coordinator };
}

describe('a join', () => {
  it('whose session cannot be kept is not asked for', async () => {
    const { harness, coordinator } = joining(() => joined);
    harness.sessions.set = () => {
      throw new CoordinatorError('STORE_FAILURE', 'no space left');
    };
    expect((await harness.run('agent', 'join', 'alice')).code).toBe(1);
    expect(coordinator.commands).toEqual([]);
  });

  it.each([
    ['where nobody had joined', [], { epoch: 0, secret: 'secret' }],
    ['beside an earlier session of the name', [session('alice', 3)], session('alice', 3)],
  ])(
    'that gets no answer leaves its secret, with which the next one goes on: %s',
    async (_where, before, kept) => {
      let isSilent = true;
      const coordinator = new FakeCoordinator({
        submit: ({ kind }) => {
          if (isSilent) return noAnswer;
          if (kind === 'AgentJoin') return alreadyJoined;
          return kind === 'Heartbeat' ? renewed : resumed;
        },
      });
      const harness = new Harness({ coordinator, sessions: before });
      expect((await harness.run('agent', 'join', 'alice')).code).toBe(1);
      expect(harness.sessions.get(alice)).toMatchObject({ ...kept, joiningSecret: 'secret' });
      isSilent = false;
      expect((await harness.run('agent', 'join', 'alice')).code).toBe(0);
      expect(coordinator.commands.at(-1)).toMatchObject({ kind: 'AgentResume', epoch: 7, secret: 'secret' });
      expect(harness.sessions.get(alice)).toEqual({ agent: 'alice', epoch: 7, secret: 'secret' });
    },
  );

  it('keeps its secret before it is asked for, and the earlier session until it is answered', async () => {
    let asked: unknown;
    const { harness } = joining(() => {
      asked = harness.sessions.get(alice);
      return joined;
    });
    expect((await harness.run('agent', 'join', 'alice')).code).toBe(0);
    expect(asked).toEqual({ ...session('alice', 3), joiningSecret: 'secret' });
    expect(harness.sessions.get(alice)).toEqual({ agent: 'alice', epoch: 7, secret: 'secret' });
  });

  it.each([
    ['nothing where there was nothing', [], undefined],
    ['an earlier session as it was', [session('alice', 3)], session('alice', 3)],
  ])('that never reached the coordinator leaves %s', async (_what, before, left) => {
    const coordinator = new FakeCoordinator({
      submit: () => new CoordinatorError('UNAVAILABLE', 'it is silent'),
    });
    const harness = new Harness({ coordinator, sessions: before });
    expect((await harness.run('agent', 'join', 'alice')).code).toBe(1);
    expect(harness.sessions.get(alice)).toEqual(left);
  });

  it('that finds coordination switched off leaves nothing, also when an earlier try went without an answer', async () => {
    const off = new CoordinatorError('DISABLED', 'switched off', { details: { outcome: 'unknown' } });
    const harness = new Harness({ coordinator: new FakeCoordinator({ submit: () => off }) });
    expect((await harness.run('agent', 'join', 'alice')).code).toBe(0);
    expect(harness.sessions.size).toBe(0);
  });

  it('of `rhema run` under a name of its own leaves nothing when it gets no answer', async () => {
    const harness = new Harness({ coordinator: new FakeCoordinator({ submit: () => noAnswer }) });
    expect((await harness.run('run', '--scope', 'a', '--', 'make')).code).toBe(1);
    expect(harness.sessions.size).toBe(0);
  });

  it('that got no answer is made again by `rhema run` under the name', async () => {
    const { harness, coordinator } = joining(() => alreadyJoined, pending);
    await harness.run('run', '--agent', 'alice', '--scope', 'a', '--', 'make');
    expect(coordinator.commands[0]).toMatchObject({ kind: 'AgentJoin', secret: 'tried' });
  });

  it('after one that was never heard of is made with the same secret', async () => {
    const { harness, coordinator } = joining(() => joined, pending);
    expect((await harness.run('agent', 'join', 'alice')).code).toBe(0);
    expect(coordinator.commands).toMatchObject([{ kind: 'AgentJoin', secret: 'tried' }]);
  });

  it('after one that was never heard of, and that does not reach the coordinator, leaves the secret of the first', async () => {
    const { harness } = joining(() => new CoordinatorError('UNAVAILABLE', 'it is silent'), pending);
    expect((await harness.run('agent', 'join', 'alice')).code).toBe(1);
    expect(harness.sessions.get(alice)).toMatchObject({ joiningSecret: 'tried' });
  });

  it('whose answer comes after another has gone on with it leaves the session of that one', async () => {
    const goneOn = { agent: alice, epoch: asRevision(7), secret: 'other', formerSecret: 'secret' };
    const { harness } = joining(() => {
      harness.sessions.set(alice, goneOn);
      return joined;
    });
    expect((await harness.run('agent', 'join', 'alice')).code).toBe(0);
    expect(harness.sessions.get(alice)).toEqual(goneOn);
  });

  it('takes a session that cannot be read for none', async () => {
    const { harness } = joining(() => joined);
    harness.sessions.get = () => {
      throw Object.assign(new Error('damaged'), { code: 'NOT_JOINED' });
    };
    expect((await harness.run('agent', 'join', 'alice')).code).toBe(0);
  });

  it('under a name that is somebody else’s by now leaves nothing', async () => {
    const { harness } = joining(({ kind }) => (kind === 'AgentJoin' ? alreadyJoined : mismatch), pending);
    expect((await harness.run('agent', 'join', 'alice')).code).toBe(3);
    expect(harness.sessions.size).toBe(0);
  });

  it('that is refused leaves an earlier session as it was', async () => {
    const { harness } = joining(() => alreadyJoined);
    expect((await harness.run('agent', 'join', 'alice')).code).toBe(3);
    expect(harness.sessions.get(alice)).toEqual(session('alice', 3));
  });
});
