/** What happens when several things run out at the same moment. */
import { describe, expect, test } from 'vitest';
import { agentId, Machine } from '../../test/support/machine.ts';
import { asDurationMs } from './ids.ts';
import type { Settings } from './settings.ts';

const hourMs = asDurationMs(3_600_000);

function newMachine(settings: Partial<Settings>): Machine {
  const machine = new Machine({
    maxLocksPerAgent: 2,
    sessionTtlMs: hourMs,
    maxBlockMs: hourMs,
    lockTtlMs: asDurationMs(5_000),
    ...settings,
  });
  machine.define({ a: [], b: [], c: [], d: [] });
  for (const name of ['alice', 'bob', 'carol', 'dave']) machine.join(name);
  return machine;
}

const lastEvents = (machine: Machine): string[] => machine.log.at(-1)?.events.map(({ kind }) => kind) ?? [];

describe('when a session and a block of one agent run out at once', () => {
  const together = { sessionTtlMs: asDurationMs(20_000), maxBlockMs: asDurationMs(20_000) };

  test('its locks are released once', () => {
    const machine = newMachine({ ...together, lockTtlMs: hourMs });
    machine.acquire('alice', 'a');
    machine.say({ kind: 'SetAgentStatus', agent: agentId('alice'), status: 'blocked', reason: 'unsure' });
    for (const name of ['bob', 'carol', 'dave']) machine.leave(name);
    machine.advance(20_000);
    expect(lastEvents(machine)).toEqual(['lock.released', 'agent.lost']);
    expect(machine.holder('a')).toBeNull();
  });

  test('its wait ends once', () => {
    const machine = newMachine({ ...together, lockTtlMs: hourMs });
    machine.acquire('alice', 'a');
    machine.acquire('bob', 'a', { wait: 'open' });
    for (const name of ['carol', 'dave']) machine.leave(name);
    machine.advance(19_999);
    machine.heartbeat('alice');
    machine.advance(1);
    expect(lastEvents(machine)).toEqual(['ticket.ended', 'agent.lost']);
    expect(machine.state.tickets.size).toBe(0);
  });
});

test('a wait that is too long and past its deadline at once ends once', () => {
  const machine = newMachine({ maxBlockMs: asDurationMs(3_000) });
  machine.acquire('alice', 'a');
  machine.acquire('bob', 'a', { wait: 3_000 });
  machine.advance(3_000);
  expect(machine.log.at(-1)).toMatchObject({
    events: [{ kind: 'ticket.ended', agent: 'bob', cause: 'blockedTooLong' }],
    result: { kind: 'expired', tickets: [] },
  });
});

test('who cannot go on for too long loses its locks, for that cause', () => {
  const machine = newMachine({ maxBlockMs: asDurationMs(3_000) });
  machine.acquire('alice', 'a');
  const token = machine.token('a');
  machine.say({ kind: 'SetAgentStatus', agent: agentId('alice'), status: 'blocked', reason: 'unsure' });
  machine.advance(3_000);
  expect(machine.log.at(-1)?.events).toEqual([
    { kind: 'lock.released', scope: 'a', agent: 'alice', token, cause: 'blockedTooLong' },
  ]);
});

test('an agent whose lock runs out and who is granted another at once takes up one place', () => {
  const machine = newMachine({ maxConcurrentAgents: 2 });
  machine.acquire('alice', 'a');
  machine.acquire('bob', 'b');
  machine.acquire('alice', 'b', { wait: 'open' });
  machine.acquire('carol', 'c', { wait: 'open' });
  machine.acquire('dave', 'd', { wait: 'open' });
  machine.advance(5_000);
  expect(['a', 'b', 'c', 'd'].map((scope) => machine.holder(scope))).toEqual([null, 'alice', 'carol', null]);
});

test('what ended is told in the order in which it fell due', () => {
  const machine = newMachine({ maxConcurrentAgents: 4 });
  machine.acquire('bob', 'b', { ttlMs: 2_000 });
  machine.acquire('alice', 'a', { ttlMs: 3_000 });
  machine.acquire('carol', 'c', { ttlMs: 2_000 });
  machine.nowMs += 3_000;
  machine.settleDue();
  expect(machine.log.at(-1)?.result).toEqual({
    kind: 'expired',
    agents: [],
    locks: ['b', 'c', 'a'],
    tickets: [],
  });
});
