import { describe, expect, it } from 'vitest';
import { asRevision, asTimeMs } from '../../core/index.ts';
import type { Epoch, Rejection, Result } from '../../core/index.ts';
import { CoordinatorError } from '../../protocol/index.ts';
import type { CallerCommand } from '../../protocol/index.ts';
import { FakeCoordinator } from '../testing/fake-coordinator.ts';
import { Harness, session, startMs } from '../testing/harness.ts';
import { agentId } from '../testing/samples.ts';

const alice = agentId('alice');
const sessionDeadlineMs = asTimeMs(startMs + 60_000);
const joined: Result = { kind: 'joined', agent: alice, epoch: asRevision(7), sessionDeadlineMs };
const renewed: Result = { kind: 'renewed', sessionDeadlineMs, leases: [] };
const alreadyJoined: Rejection = {
  code: 'AGENT_ALREADY_JOINED',
  message: 'alice has joined already',
  details: { agent: 'alice', epoch: 7 },
};
const mismatch: Rejection = { code: 'SESSION_MISMATCH', message: 'another session', details: {} };
const pending = { agent: alice, epoch: 0 as Epoch, secret: 'tried' };

function joining(
  answer: (command: CallerCommand) => Result | Rejection | Error,
  before = session('alice', 3),
): { readonly harness: Harness; readonly coordinator: FakeCoordinator } {
  const coordinator = new FakeCoordinator({ submit: answer });
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

  it('that gets no answer leaves its secret, with which the next one goes on', async () => {
    let isSilent = true;
    const coordinator = new FakeCoordinator({
      submit: ({ kind }) => {
        if (isSilent) return new CoordinatorError('UNAVAILABLE', 'gone');
        return kind === 'AgentJoin' ? alreadyJoined : renewed;
      },
    });
    const harness = new Harness({ coordinator });
    expect((await harness.run('agent', 'join', 'alice')).code).toBe(1);
    expect(harness.sessions.get(alice)).toEqual({ agent: 'alice', epoch: 0, secret: 'secret' });
    isSilent = false;
    expect((await harness.run('agent', 'join', 'alice')).code).toBe(0);
    expect(coordinator.commands.at(-1)).toMatchObject({ kind: 'Heartbeat', epoch: 7, secret: 'secret' });
    expect(harness.sessions.get(alice)).toEqual({ agent: 'alice', epoch: 7, secret: 'secret' });
  });

  it('after one that was never heard of is made with the same secret', async () => {
    const { harness, coordinator } = joining(() => joined, pending);
    expect((await harness.run('agent', 'join', 'alice')).code).toBe(0);
    expect(coordinator.commands).toMatchObject([{ kind: 'AgentJoin', secret: 'tried' }]);
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
