import { describe, expect, test } from 'vitest';
import {
  aliceAndBob,
  aliceSays,
  agentId,
  codeOf,
  committed,
  Machine,
  scopePath,
} from '../../test/support/machine.ts';
import { decide } from './decide.ts';
import type { Decision } from './decision.ts';
import { asDurationMs, asSessionId } from './ids.ts';
import { agentsMax, lostAgentsMax } from './limits.ts';
import type { Agent } from './state.ts';

describe('status follows from locks and tickets', () => {
  test('a wait ends a completed spell, and leaves the agent idle', () => {
    const machine = aliceAndBob();
    machine.acquire('bob', 'a');
    aliceSays(machine, 'completed');
    machine.acquire('alice', 'a', { wait: 1_000 });
    expect(machine.status('alice')).toBe('blocked');
    machine.advance(1_000);
    expect(machine.status('alice')).toBe('idle');
  });

  test('who waits while holding goes on working when the wait ends in vain', () => {
    const machine = aliceAndBob();
    machine.acquire('bob', 'b');
    machine.acquire('alice', 'a');
    machine.acquire('alice', 'b', { wait: 1_000 });
    expect(machine.status('alice')).toBe('blocked');
    machine.advance(1_000);
    expect(machine.status('alice')).toBe('working');
  });

  test('who has said that it is blocked stays so while it holds any lock', () => {
    const machine = aliceAndBob();
    machine.acquire('alice', 'a', { ttlMs: 1_000 });
    machine.acquire('alice', 'b');
    aliceSays(machine, 'blocked');
    machine.advance(1_000);
    expect(machine.status('alice')).toBe('blocked');
    machine.release('alice');
    expect(machine.status('alice')).toBe('idle');
  });

  test('waits in vain are counted until the next grant', () => {
    const machine = aliceAndBob();
    const retries = (): number | undefined => machine.state.agents.get(agentId('alice'))?.retryCount;
    machine.acquire('bob', 'a');
    for (let wait = 0; wait < 2; wait += 1) {
      machine.acquire('alice', 'a', { wait: 1_000 });
      machine.advance(1_000);
    }
    expect(retries()).toBe(2);
    machine.release('bob');
    machine.acquire('alice', 'a');
    expect(retries()).toBe(0);
    expect(machine.state.totals).toEqual({ conflicts: 2, timeouts: 2 });
  });
});

describe('a session', () => {
  test('is renewed by every logged command, and ends at its deadline', () => {
    const machine = aliceAndBob();
    machine.advance(60_000);
    machine.acquire('alice', 'a');
    machine.advance(99_999);
    expect(machine.state.agents.get(agentId('alice'))?.presence).toBe('present');
    expect(machine.state.agents.get(agentId('bob'))?.presence).toBe('lost');
    machine.advance(1);
    expect(machine.state.agents.get(agentId('alice'))?.presence).toBe('lost');
  });

  test('that is lost stays listed with what it held', () => {
    const machine = aliceAndBob();
    machine.acquire('alice', ['a', 'b'], { ttlMs: 200_000 });
    machine.advance(100_000);
    expect(machine.state.agents.get(agentId('alice'))).toMatchObject({
      presence: 'lost',
      status: 'idle',
      lostAtMs: machine.nowMs,
      heldWhenLost: ['a', 'b'],
    });
  });

  test('renews all leases of the agent with a heartbeat, in order of path', () => {
    const machine = aliceAndBob();
    machine.acquire('alice', 'b');
    machine.acquire('alice', 'a');
    machine.advance(1_000);
    const { result } = committed(machine.heartbeat('alice'));
    expect(result).toMatchObject({
      kind: 'renewed',
      leases: [
        { scope: 'a', token: machine.token('a'), deadlineMs: machine.nowMs + 60_000 },
        { scope: 'b', token: machine.token('b'), deadlineMs: machine.nowMs + 60_000 },
      ],
    });
  });
});

test('a name joined again has a higher epoch and an empty hand', () => {
  const machine = aliceAndBob();
  machine.acquire('alice', 'a', { ttlMs: 200_000 });
  const before = machine.state.agents.get(agentId('alice'))?.epoch ?? 0;
  machine.advance(100_000);
  machine.join('alice');
  const agent = machine.state.agents.get(agentId('alice'));
  expect(agent?.epoch).toBeGreaterThan(before);
  expect([agent?.held.size, agent?.presence, machine.holder('a')]).toEqual([0, 'present', null]);
});

describe('joining', () => {
  const join = (machine: Machine, name: string): Decision =>
    decide(
      machine.state,
      machine.complete({ kind: 'AgentJoin', agent: agentId(name), metadata: {} } as never),
    );

  /** A state in which as many agents are known as may be, one of them lost. */
  function crowd(size: number): Machine {
    const machine = aliceAndBob();
    machine.advance(100_000);
    for (let number = machine.state.agents.size; number < size; number += 1)
      machine.state.agents.set(agentId(`a${number}`), {} as Agent);
    return machine;
  }

  test('tells the epoch and the end of the session, and starts without anything', () => {
    const machine = aliceAndBob();
    machine.advance(1_000);
    const { result } = committed(
      machine.say({
        kind: 'AgentJoin',
        agent: agentId('carol'),
        session: asSessionId('s'),
        metadata: { host: 'h' },
      }),
    );
    const { nowMs, state } = machine;
    const sessionDeadlineMs = nowMs + 100_000;
    expect(result).toEqual({ kind: 'joined', agent: 'carol', epoch: state.revision, sessionDeadlineMs });
    expect(state.agents.get(agentId('carol'))).toEqual({
      id: 'carol',
      inbox: { unread: [], gaveWay: 0 },
      sent: null,
      epoch: state.revision,
      session: 's',
      metadata: { host: 'h' },
      joinedAtMs: nowMs,
      status: 'idle',
      presence: 'present',
      seenAtMs: nowMs,
      sessionDeadlineMs,
      process: null,
      seenDeadAtMs: null,
      blockedSinceMs: null,
      blockedReason: null,
      lastReport: null,
      retryCount: 0,
      lostAtMs: null,
      heldWhenLost: [],
      held: new Set(),
      heldIn: new Map(),
      files: 0,
      resources: 0,
      ticket: null,
    });
  });

  test('is possible up to the bound, and for a lost agent also beyond it', () => {
    expect(codeOf(join(crowd(agentsMax - 1), 'carol'))).toBe('committed');
    const full = crowd(agentsMax);
    expect(codeOf(join(full, 'carol'))).toBe('AGENT_LIMIT_REACHED');
    expect(codeOf(join(full, 'alice'))).toBe('committed');
  });
});

test('the log tells why locks, waits and runs of an agent ended with it', () => {
  function ends(end: (machine: Machine) => unknown): unknown[] {
    const machine = aliceAndBob();
    machine.acquire('bob', 'b', { ttlMs: 200_000 });
    machine.acquire('alice', 'a', { ttlMs: 200_000 });
    machine.startSync('alice', 'b');
    machine.acquire('alice', 'b', { wait: 'open' });
    end(machine);
    const events = machine.log.at(-1)?.events ?? [];
    return events.flatMap((event) => ('cause' in event ? event.cause : 'error' in event ? event.error : []));
  }
  expect(ends((machine) => machine.leave('alice'))).toEqual(['left', 'its agent left', 'left']);
  const lose = (machine: Machine): void => {
    machine.advance(99_999);
    machine.heartbeat('bob');
    machine.advance(1);
  };
  expect(ends(lose)).toEqual(['lost', 'its agent was lost', 'lost']);
});

test('a heartbeat of an agent that holds nothing renews its session only', () => {
  const machine = aliceAndBob();
  machine.advance(1_000);
  expect(committed(machine.heartbeat('alice'))).toEqual({
    kind: 'committed',
    events: [{ kind: 'agent.renewed', agent: 'alice', leases: [] }],
    result: { kind: 'renewed', sessionDeadlineMs: machine.nowMs + 100_000, leases: [] },
  });
});

test('leaving tells what was given up', () => {
  const machine = aliceAndBob();
  machine.acquire('bob', 'b');
  machine.acquire('alice', 'a');
  machine.acquire('alice', 'b', { wait: 'open' });
  const ticket = machine.state.agents.get(agentId('alice'))?.ticket;
  expect(committed(machine.leave('alice')).result).toEqual({ kind: 'left', released: ['a'], waited: ticket });
  expect(machine.state.agents.has(agentId('alice'))).toBe(false);
});

test('running syncs of an agent that leaves or completes fail and may be retried', () => {
  for (const end of [
    (machine: Machine) => machine.leave('alice'),
    (machine: Machine) => aliceSays(machine, 'completed'),
  ]) {
    const machine = aliceAndBob();
    machine.startSync('alice', 'a');
    end(machine);
    expect(machine.state.syncs.get(scopePath('a'))).toMatchObject({ status: 'failed', failures: 1 });
  }
});

test('only so many lost agents stay listed; the one lost longest is forgotten first', () => {
  const machine = new Machine({ sessionTtlMs: asDurationMs(10) });
  const { lostAgents } = machine.state.index;
  machine.join('first');
  machine.advance(10);
  for (let number = 1; lostAgents.size < lostAgentsMax; number += 100) {
    for (let each = number; each < number + 100; each += 1) machine.join(`a${each}`);
    machine.advance(10);
  }
  expect(lostAgents.size).toBe(lostAgentsMax);
  expect(machine.state.agents.has(agentId('first'))).toBe(false);
  expect(machine.state.agents.has(agentId('a2'))).toBe(true);
});
