import { expect, test } from 'vitest';
import { agentId, Machine } from '../../test/support/machine.ts';
import { asDurationMs } from './ids.ts';

function newMachine(): Machine {
  const machine = new Machine({ maxLocksPerAgent: 2, maxBlockMs: asDurationMs(10_000) });
  machine.define({ a: [], b: [] });
  for (const name of ['alice', 'bob']) machine.join(name);
  return machine;
}

const block = (machine: Machine): { sinceMs: number | null; endsMs: number | null } => ({
  sinceMs: machine.state.agents.get(agentId('alice'))?.blockedSinceMs ?? null,
  endsMs: machine.state.index.blockDeadlines.get(agentId('alice')),
});

test('the block of who waits does not begin anew when a lock that it holds meanwhile ends', () => {
  const machine = newMachine();
  machine.acquire('bob', 'b');
  machine.acquire('alice', 'a', { ttlMs: 1_000 });
  machine.acquire('alice', 'b', { wait: 'open' });
  const began = { sinceMs: machine.nowMs, endsMs: machine.nowMs + 10_000 };
  machine.advance(1_000);
  expect(machine.holder('a')).toBeNull();
  expect(block(machine)).toEqual(began);
  machine.release('bob');
  expect(block(machine)).toEqual({ sinceMs: null, endsMs: null });
});

test('who goes on working has neither a block nor a reason for one', () => {
  const machine = newMachine();
  machine.acquire('alice', 'a');
  const say = (status: 'blocked' | 'working'): unknown =>
    machine.say({ kind: 'SetAgentStatus', agent: agentId('alice'), status, reason: 'unsure' });
  say('blocked');
  expect(block(machine)).toEqual({ sinceMs: machine.nowMs, endsMs: machine.nowMs + 10_000 });
  say('working');
  expect(block(machine)).toEqual({ sinceMs: null, endsMs: null });
  expect(machine.state.agents.get(agentId('alice'))?.blockedReason).toBeNull();
});

test('who has completed stays so until it asks for a lock or says otherwise', () => {
  const machine = newMachine();
  machine.say({ kind: 'SetAgentStatus', agent: agentId('alice'), status: 'completed', reason: null });
  machine.release('alice');
  expect(machine.status('alice')).toBe('completed');
  machine.acquire('alice', 'a');
  expect(machine.status('alice')).toBe('working');
});
