import { describe, expect, test } from 'vitest';
import { agentId, codeOf, committed, eventKinds, Machine, scopePath } from '../../test/support/machine.ts';
import type { Decision } from './decide.ts';
import { asDurationMs } from './ids.ts';
import { lostAgentsMax } from './limits.ts';
import { agentStatuses, type AgentStatus } from './state.ts';

function house(): Machine {
  const machine = new Machine({ sessionTtlMs: asDurationMs(100_000), maxLocksPerAgent: 2 });
  machine.define({ a: [], b: [] });
  machine.join('alice');
  machine.join('bob');
  return machine;
}

function say(machine: Machine, status: AgentStatus): Decision {
  return machine.say({ kind: 'SetAgentStatus', agent: agentId('alice'), status, reason: 'because' });
}

describe('what an agent may say about itself', () => {
  const starts: { readonly [From in AgentStatus | 'waiting']: (machine: Machine) => void } = {
    idle: () => undefined,
    working: (machine) => void machine.acquire('alice', 'a'),
    blocked: (machine) => {
      machine.acquire('alice', 'a');
      say(machine, 'blocked');
    },
    completed: (machine) => void say(machine, 'completed'),
    waiting: (machine) => {
      machine.acquire('bob', 'a');
      machine.acquire('alice', 'a', { wait: 'open' });
    },
  };
  const allowed = [
    'idle completed',
    'working blocked',
    'working completed',
    'blocked working',
    'completed idle',
  ];
  const rows = Object.keys(starts).flatMap((from) =>
    agentStatuses.map((to) => {
      const already = from === to || (from === 'waiting' && to === 'blocked');
      return [
        from,
        to,
        allowed.includes(`${from} ${to}`) ? 'changes' : already ? 'is so' : 'refused',
      ] as const;
    }),
  );

  test.each(rows)('%s -> %s: %s', (from, to, outcome) => {
    const machine = house();
    starts[from as keyof typeof starts](machine);
    const before = machine.status('alice');
    const decision = say(machine, to);
    expect(codeOf(decision)).toBe(outcome === 'refused' ? 'TRANSITION_NOT_ALLOWED' : 'committed');
    expect(machine.status('alice')).toBe(outcome === 'changes' ? to : before);
    if (outcome === 'is so') expect(eventKinds(decision)).toEqual([]);
  });
});

describe('status follows from locks and tickets', () => {
  test('a wait ends a completed spell, and leaves the agent idle', () => {
    const machine = house();
    machine.acquire('bob', 'a');
    say(machine, 'completed');
    machine.acquire('alice', 'a', { wait: 1_000 });
    expect(machine.status('alice')).toBe('blocked');
    machine.advance(1_000);
    expect(machine.status('alice')).toBe('idle');
  });

  test('who waits while holding goes on working when the wait ends in vain', () => {
    const machine = house();
    machine.acquire('bob', 'b');
    machine.acquire('alice', 'a');
    machine.acquire('alice', 'b', { wait: 1_000 });
    expect(machine.status('alice')).toBe('blocked');
    machine.advance(1_000);
    expect(machine.status('alice')).toBe('working');
  });

  test('who has said that it is blocked stays so while it holds any lock', () => {
    const machine = house();
    machine.acquire('alice', 'a', { ttlMs: 1_000 });
    machine.acquire('alice', 'b');
    say(machine, 'blocked');
    machine.advance(1_000);
    expect(machine.status('alice')).toBe('blocked');
    machine.release('alice');
    expect(machine.status('alice')).toBe('idle');
  });

  test('waits in vain are counted until the next grant', () => {
    const machine = house();
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
    const machine = house();
    machine.advance(60_000);
    machine.acquire('alice', 'a');
    machine.advance(99_999);
    expect(machine.state.agents.get(agentId('alice'))?.presence).toBe('present');
    expect(machine.state.agents.get(agentId('bob'))?.presence).toBe('lost');
    machine.advance(1);
    expect(machine.state.agents.get(agentId('alice'))?.presence).toBe('lost');
  });

  test('that is lost stays listed with what it held', () => {
    const machine = house();
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
    const machine = house();
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
  const machine = house();
  machine.acquire('alice', 'a', { ttlMs: 200_000 });
  const before = machine.state.agents.get(agentId('alice'))?.epoch ?? 0;
  machine.advance(100_000);
  machine.join('alice');
  const agent = machine.state.agents.get(agentId('alice'));
  expect(agent?.epoch).toBeGreaterThan(before);
  expect([agent?.held.size, agent?.presence, machine.holder('a')]).toEqual([0, 'present', null]);
});

test('leaving tells what was given up', () => {
  const machine = house();
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
    (machine: Machine) => say(machine, 'completed'),
  ]) {
    const machine = house();
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
