import { describe, expect, test } from 'vitest';
import {
  aliceAndBob,
  aliceSays,
  agentId,
  codeOf,
  committed,
  eventKinds,
  type Machine,
  scopePath,
} from '../../test/support/machine.ts';
import { agentStatuses, type AgentStatus } from './statuses.ts';
import type { Agent } from './state.ts';

describe('what an agent may say about itself', () => {
  const starts: { readonly [From in AgentStatus | 'waiting']: (machine: Machine) => void } = {
    idle: () => undefined,
    working: (machine) => void machine.acquire('alice', 'a'),
    blocked: (machine) => {
      machine.acquire('alice', 'a');
      aliceSays(machine, 'blocked');
    },
    completed: (machine) => void aliceSays(machine, 'completed'),
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
    const machine = aliceAndBob();
    starts[from as keyof typeof starts](machine);
    const before = machine.status('alice');
    const decision = aliceSays(machine, to);
    expect(codeOf(decision)).toBe(outcome === 'refused' ? 'TRANSITION_NOT_ALLOWED' : 'committed');
    expect(machine.status('alice')).toBe(outcome === 'changes' ? to : before);
    if (outcome === 'is so') expect(eventKinds(decision)).toEqual(['agent.reported']);
  });

  test('is nothing new without a word about it', () => {
    const machine = aliceAndBob();
    const decision = machine.say({
      kind: 'SetAgentStatus',
      agent: agentId('alice'),
      status: 'idle',
      reason: null,
    });
    expect(eventKinds(decision)).toEqual([]);
  });

  test('is kept for the others, the last words of it', () => {
    const machine = aliceAndBob();
    const report = (): unknown => machine.state.agents.get(agentId('alice'))?.lastReport;
    expect(report()).toBeNull();
    machine.acquire('alice', 'a');
    machine.nowMs += 1_000;
    const atMs = machine.nowMs;
    aliceSays(machine, 'working');
    expect(report()).toEqual({ text: 'because', atMs });
    const without = {
      kind: 'SetAgentStatus',
      agent: agentId('alice'),
      status: 'blocked',
      reason: null,
    } as const;
    machine.nowMs += 1_000;
    machine.say(without);
    expect(report()).toEqual({ text: 'because', atMs });
    aliceSays(machine, 'working');
    expect(report()).toEqual({ text: 'because', atMs: machine.nowMs });
    machine.leave('alice');
    machine.join('alice');
    expect(report()).toBeNull();
  });

  test('says anew why it is blocked, but not since when', () => {
    const machine = aliceAndBob();
    machine.acquire('alice', 'a');
    aliceSays(machine, 'blocked');
    const { blockedSinceMs } = machine.state.agents.get(agentId('alice')) as Agent;
    machine.nowMs += 1_000;
    machine.say({ kind: 'SetAgentStatus', agent: agentId('alice'), status: 'blocked', reason: 'another' });
    expect(machine.state.agents.get(agentId('alice'))).toMatchObject({
      blockedReason: 'another',
      blockedSinceMs,
    });
  });

  test('of one that waits is no reason of its own to be blocked', () => {
    const machine = aliceAndBob();
    machine.acquire('bob', 'a');
    machine.acquire('alice', 'a', { wait: 'open' });
    aliceSays(machine, 'blocked');
    expect(machine.state.agents.get(agentId('alice'))).toMatchObject({
      blockedReason: null,
      lastReport: { text: 'because' },
    });
  });
});

describe('what an agent says about itself', () => {
  test('is answered with what came of it', () => {
    const machine = aliceAndBob();
    machine.acquire('alice', 'a');
    const answer = (status: AgentStatus, released: readonly string[]): unknown => ({
      kind: 'statusSet',
      status,
      released,
    });
    expect(committed(aliceSays(machine, 'working')).result).toEqual(answer('working', []));
    expect(committed(aliceSays(machine, 'blocked')).result).toEqual(answer('blocked', []));
    expect(committed(aliceSays(machine, 'working')).result).toEqual(answer('working', []));
    expect(committed(aliceSays(machine, 'completed')).result).toEqual(answer('completed', ['a']));
  });

  test('is refused while it waits, whatever it is', () => {
    const machine = aliceAndBob();
    machine.acquire('bob', 'a');
    machine.acquire('alice', 'a', { wait: 'open' });
    expect(aliceSays(machine, 'working')).toMatchObject({
      rejection: {
        details: { from: 'blocked', to: 'working', allowed: [], ticket: machine.state.revision },
      },
    });
  });

  test('may leave the reason open, but not who is blocked by it', () => {
    const machine = aliceAndBob();
    machine.acquire('alice', 'a');
    machine.say({ kind: 'SetAgentStatus', agent: agentId('alice'), status: 'blocked', reason: null });
    expect(machine.state.agents.get(agentId('alice'))?.blockedReason).toBe('');
  });

  test('leaves its running syncs alone unless it has completed', () => {
    const machine = aliceAndBob();
    machine.acquire('alice', 'a');
    machine.startSync('alice', 'b');
    aliceSays(machine, 'blocked');
    expect(machine.state.syncs.get(scopePath('b'))?.status).toBe('syncing');
    aliceSays(machine, 'working');
    aliceSays(machine, 'completed');
    expect(machine.state.syncs.get(scopePath('b'))).toMatchObject({
      status: 'failed',
      error: 'its agent completed',
    });
  });
});
