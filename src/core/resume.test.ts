import { describe, expect, test } from 'vitest';
import { agentId, codeOf, committed, Machine } from '../../test/support/machine.ts';
import { asSessionId, type Epoch } from './ids.ts';
import type { Decision } from './decision.ts';
import { defaultSettings } from './settings.ts';

const alice = agentId('alice');
const former = asSessionId('session of alice');
const next = asSessionId('next');

function newMachine(): Machine {
  const machine = new Machine({}, { audited: true });
  machine.define({ a: [], b: [] });
  for (const name of ['alice', 'bob']) machine.join(name);
  machine.acquire('alice', 'a');
  return machine;
}

function resume(machine: Machine, session = former, newSession = next): Decision {
  return machine.say({
    kind: 'AgentResume',
    agent: alice,
    session,
    newSession,
    way: 'resume',
    from: 'pid 7',
  });
}

describe('an agent that goes on in another process', () => {
  test('keeps epoch, locks and place, and the process before is refused', () => {
    const machine = newMachine();
    const epoch = machine.state.agents.get(alice)?.epoch;
    const token = machine.token('a');
    machine.advance(1_000);
    expect(committed(resume(machine))).toEqual({
      kind: 'committed',
      events: [{ kind: 'agent.resumed', agent: 'alice', session: 'next', way: 'resume', from: 'pid 7' }],
      result: {
        kind: 'resumed',
        agent: 'alice',
        epoch,
        sessionDeadlineMs: machine.nowMs + defaultSettings.sessionTtlMs,
        locks: [{ scope: 'a', token, deadlineMs: expect.any(Number), contendedSinceMs: null }],
        ticket: null,
      },
    });
    expect(codeOf(machine.say({ kind: 'Heartbeat', agent: alice, session: former }))).toBe(
      'SESSION_MISMATCH',
    );
    expect(
      codeOf(machine.say({ kind: 'ReleaseLock', agent: alice, session: former, scopes: null, token: null })),
    ).toBe('SESSION_MISMATCH');
    expect(codeOf(machine.say({ kind: 'Heartbeat', agent: alice, session: next }))).toBe('committed');
    expect([machine.holder('a'), machine.token('a')]).toEqual(['alice', token]);
  });

  test('keeps its ticket', () => {
    const machine = newMachine();
    machine.acquire('bob', 'b');
    machine.release('alice');
    machine.acquire('alice', 'b', { wait: 'open' });
    const { ticket } = machine.state.agents.get(alice) ?? {};
    expect(committed(resume(machine)).result).toMatchObject({ locks: [], ticket });
    machine.release('bob');
    expect(machine.holder('b')).toBe('alice');
  });

  test('with the session that it has already changes nothing, and nothing is logged', () => {
    const machine = newMachine();
    const { sessionDeadlineMs } = machine.state.agents.get(alice) ?? {};
    machine.advance(1_000);
    const decision = committed(resume(machine, former, former));
    expect(decision).toMatchObject({ events: [], result: { kind: 'resumed', sessionDeadlineMs } });
    expect(codeOf(machine.say({ kind: 'Heartbeat', agent: alice, session: former }))).toBe('committed');
  });

  test('must prove that it is the agent, of this epoch, and present', () => {
    const machine = newMachine();
    expect(codeOf(resume(machine, asSessionId('stolen')))).toBe('SESSION_MISMATCH');
    const stale = { kind: 'AgentResume', agent: alice, epoch: 1 as Epoch, newSession: next } as const;
    expect(codeOf(machine.say({ ...stale, way: 'takeOver', from: 'x' }))).toBe('STALE_EPOCH');
    machine.advance(defaultSettings.sessionTtlMs);
    expect(codeOf(resume(machine))).toBe('AGENT_LOST');
    expect(codeOf(new Machine().say({ ...stale, way: 'takeOver', from: 'x' }))).toBe('AGENT_NOT_FOUND');
  });

  test('gets the first answer again when it repeats its request', () => {
    const machine = newMachine();
    const request = {
      kind: 'AgentResume',
      agent: alice,
      session: former,
      newSession: next,
      way: 'takeOver',
      from: 'x',
      requestId: 'r1',
    } as const;
    const first = committed(machine.say(request));
    expect(machine.say(request)).toMatchObject({ kind: 'repeated', result: first.result });
  });
});
