import { describe, expect, test } from 'vitest';
import { agentId, codeOf, committed, Machine, scopePath } from '../../test/support/machine.ts';
import { AssertionError } from './assert.ts';
import { evolve } from './evolve.ts';
import { nextDeadline } from './expiry.ts';
import { asDurationMs, asRevision, asTimeMs } from './ids.ts';

function newMachine(): Machine {
  const machine = new Machine({ sessionTtlMs: asDurationMs(10_000), lockTtlMs: asDurationMs(4_000) });
  machine.define({ a: [], b: [] });
  machine.join('alice');
  machine.join('bob');
  return machine;
}

const beat = { kind: 'Heartbeat', agent: agentId('alice'), requestId: 'r1' } as const;

describe('a request id', () => {
  test('that was committed before gets the first answer, and nothing is written', () => {
    const machine = newMachine();
    const first = committed(machine.say(beat));
    machine.advance(1_000);
    const again = machine.say(beat);
    expect(again).toEqual({ kind: 'repeated', revision: machine.state.revision, result: first.result });
  });

  test('is not used up by a refusal, nor by what changed nothing', () => {
    const machine = newMachine();
    machine.acquire('bob', 'a');
    const ask = { agent: agentId('alice'), requestId: 'r1' };
    const scopes = [scopePath('a')];
    expect(codeOf(machine.say({ kind: 'CancelWait', ...ask }))).toBe('committed');
    const acquire = {
      kind: 'AcquireLock',
      ...ask,
      scopes,
      ttlMs: null,
      wait: { kind: 'none' },
      reason: null,
    } as const;
    expect(codeOf(machine.say(acquire))).toBe('LOCK_HELD');
    machine.release('bob');
    expect(codeOf(machine.say(acquire))).toBe('committed');
    expect(codeOf(machine.say(acquire))).toBe('repeated');
  });

  test('of another agent or for another command is refused', () => {
    const machine = newMachine();
    machine.say(beat);
    expect(codeOf(machine.say({ ...beat, agent: agentId('bob') }))).toBe('REQUEST_ID_REUSED');
    expect(codeOf(machine.say({ ...beat, kind: 'AgentLeave' }))).toBe('REQUEST_ID_REUSED');
  });
});

describe('an entry', () => {
  test('tells who said what and when, and what came of it', () => {
    const machine = newMachine();
    machine.say(beat);
    const byAgent = machine.log.at(-1);
    expect(byAgent).toEqual({
      revision: machine.state.revision,
      atMs: machine.nowMs,
      kind: 'Heartbeat',
      agent: 'alice',
      by: null,
      requestId: 'r1',
      events: [{ kind: 'agent.renewed', agent: 'alice', leases: [] }],
      result: expect.objectContaining({ kind: 'renewed' }),
    });
    machine.define({ a: [] });
    expect(machine.log.at(-1)).toMatchObject({ agent: null, by: 'operator', requestId: null });
  });

  test('of an agent shows that it is there, of an operator it does not', () => {
    const machine = newMachine();
    machine.advance(1_000);
    machine.define({ a: [] });
    expect(machine.state.agents.get(agentId('alice'))?.seenAtMs).toBe(machine.nowMs - 1_000);
    machine.heartbeat('alice');
    expect(machine.state.agents.get(agentId('alice'))?.seenAtMs).toBe(machine.nowMs);
  });

  test('without a request id is not remembered', () => {
    const machine = newMachine();
    machine.heartbeat('alice');
    expect(machine.state.recentRequests.size).toBe(0);
    machine.say(beat);
    expect([...machine.state.recentRequests].map(([id, { kind, agent }]) => [id, kind, agent])).toEqual([
      ['r1', 'Heartbeat', 'alice'],
    ]);
  });

  test('out of sequence or from the past is a bug of the caller', () => {
    const machine = newMachine();
    const last = machine.log.at(-1);
    if (last === undefined) throw new Error('the log is empty');
    const next = asRevision(last.revision + 1);
    expect(() => evolve(machine.state, last)).toThrow(AssertionError);
    expect(() => evolve(machine.state, { ...last, revision: asRevision(next + 1) })).toThrow(AssertionError);
    expect(() => evolve(machine.state, { ...last, revision: next, atMs: asTimeMs(1) })).toThrow(
      AssertionError,
    );
  });
});

describe('the next deadline', () => {
  test('is the earliest of sessions, leases, waits and blocks', () => {
    const machine = newMachine();
    const start = machine.nowMs;
    expect(nextDeadline(machine.state)).toBe(start + 10_000);
    machine.acquire('alice', 'a');
    expect(nextDeadline(machine.state)).toBe(start + 4_000);
    machine.acquire('bob', 'a', { wait: 1_000 });
    expect(nextDeadline(machine.state)).toBe(start + 1_000);
    machine.say({ kind: 'CancelWait', agent: agentId('bob') });
    machine.release('alice');
    expect(nextDeadline(machine.state)).toBe(start + 10_000);
    machine.leave('alice');
    machine.leave('bob');
    expect(nextDeadline(machine.state)).toBeNull();
  });

  test('everything due ends in one revision, each thing once', () => {
    const machine = newMachine();
    machine.acquire('alice', 'a', { ttlMs: 10_000 });
    machine.acquire('bob', 'a', { wait: 10_000 });
    machine.advance(10_000);
    const last = machine.log.at(-1);
    expect(last?.result).toEqual({ kind: 'expired', agents: ['alice', 'bob'], locks: [], tickets: [] });
    expect(last?.events.map((event) => event.kind)).toEqual([
      'lock.released',
      'agent.lost',
      'ticket.ended',
      'agent.lost',
    ]);
  });

  test('asked for when nothing is due writes nothing', () => {
    const machine = newMachine();
    expect(committed(machine.say({ kind: 'ExpireDue' })).events).toEqual([]);
  });
});
