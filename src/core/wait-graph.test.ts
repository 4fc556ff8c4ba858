import { describe, expect, test } from 'vitest';
import { codeOf, Machine } from '../../test/support/machine.ts';
import type { Decision } from './decide.ts';
import type { Settings } from './settings.ts';
import { deadlockedAgents, waitCycle, type WaitLink } from './wait-graph.ts';

function house(settings: Partial<Settings> = {}): Machine {
  const machine = new Machine({ maxLocksPerAgent: 3, maxConcurrentAgents: 5, ...settings });
  machine.define({ a: [], b: [], c: [], d: [] });
  for (const name of ['alice', 'bob', 'carol', 'dave']) machine.join(name);
  return machine;
}

const wait = { wait: 'open' } as const;

/** The cycle of a refusal, as `alice -a-> bob`. */
function cycleOf(decision: Decision): string[] {
  if (decision.kind !== 'rejected') return [];
  const cycle = decision.rejection.details['cycle'] as readonly WaitLink[];
  return cycle.map((link) => `${link.agent} -${link.scope ?? 'place'}-> ${link.waitsFor}`);
}

describe('the requester who would close a cycle is refused, and shown the cycle', () => {
  test('of two', () => {
    const machine = house();
    machine.acquire('alice', 'a');
    machine.acquire('bob', 'b');
    machine.acquire('alice', 'b', wait);
    const decision = machine.acquire('bob', 'a', wait);
    expect(codeOf(decision)).toBe('WOULD_DEADLOCK');
    expect(cycleOf(decision)).toEqual(['bob -a-> alice', 'alice -b-> bob']);
  });

  test('of three', () => {
    const machine = house();
    machine.acquire('alice', 'a');
    machine.acquire('bob', 'b');
    machine.acquire('carol', 'c');
    machine.acquire('alice', 'b', wait);
    machine.acquire('bob', 'c', wait);
    expect(cycleOf(machine.acquire('carol', 'a', wait))).toEqual([
      'carol -a-> alice',
      'alice -b-> bob',
      'bob -c-> carol',
    ]);
  });

  test('through an older ticket that keeps a free scope', () => {
    const machine = house();
    machine.acquire('alice', 'a');
    machine.acquire('bob', ['a', 'b'], wait); // The oldest ticket: it keeps b, which is free.
    const decision = machine.acquire('alice', 'b', wait);
    expect(codeOf(decision)).toBe('WOULD_DEADLOCK');
    expect(cycleOf(decision)).toEqual(['alice -b-> bob', 'bob -a-> alice']);
  });

  test('through a ticket that is not the oldest yet', () => {
    const machine = house();
    machine.acquire('alice', 'a');
    machine.acquire('dave', 'd');
    machine.acquire('bob', 'd', wait);
    machine.acquire('carol', ['a', 'c'], wait); // May become the oldest, and will keep c then.
    machine.acquire('dave', 'c');
    expect(codeOf(machine.acquire('alice', 'c', wait))).toBe('WOULD_DEADLOCK');
  });

  test('through the places of a full house, when every holder is stuck', () => {
    const machine = house({ maxConcurrentAgents: 2 });
    machine.acquire('bob', 'b');
    machine.acquire('alice', 'a');
    machine.acquire('carol', 'c', wait); // The oldest: keeps c, waits for a place of alice or bob.
    expect(codeOf(machine.acquire('alice', 'c', wait))).toBe('committed');
    const decision = machine.acquire('bob', 'c', wait);
    expect(codeOf(decision)).toBe('WOULD_DEADLOCK');
    expect(cycleOf(decision)).toEqual(['alice -c-> carol', 'carol -place-> alice']);
  });
});

test('of an agent that is not stuck there is no cycle', () => {
  const machine = house();
  machine.acquire('alice', 'a');
  machine.acquire('bob', 'a', wait);
  const { state } = machine;
  const [waiter] = state.tickets.values();
  if (waiter === undefined) throw new Error('nobody waits');
  expect(waitCycle(state, deadlockedAgents(state), waiter.agent)).toEqual([]);
  expect(waitCycle(state, new Map([[waiter.agent, waiter]]), waiter.agent)).toEqual([]);
});

describe('who can still go on is not refused', () => {
  test('a wait for a holder who waits for nobody', () => {
    const machine = house();
    machine.acquire('alice', 'a');
    machine.acquire('bob', 'b');
    expect(codeOf(machine.acquire('alice', 'b', wait))).toBe('committed');
  });

  test('a wait for a place while one holder is free to leave', () => {
    const machine = house({ maxConcurrentAgents: 2 });
    machine.acquire('alice', 'a');
    machine.acquire('bob', 'b');
    machine.acquire('carol', 'c', wait);
    expect(codeOf(machine.acquire('alice', 'c', wait))).toBe('committed');
    machine.release('bob');
    expect(machine.holder('c')).toBe('carol');
  });

  test('an ask that does not wait', () => {
    const machine = house();
    machine.acquire('alice', 'a');
    machine.acquire('bob', 'b');
    machine.acquire('alice', 'b', wait);
    expect(codeOf(machine.acquire('bob', 'a'))).toBe('LOCK_HELD');
  });
});

test('a smaller house that would leave those who wait stuck for ever is refused', () => {
  const machine = house({ maxConcurrentAgents: 3 });
  machine.acquire('dave', 'd');
  machine.acquire('alice', 'a');
  machine.acquire('bob', 'b');
  machine.acquire('carol', 'c', wait);
  machine.acquire('alice', 'c', wait);
  machine.acquire('bob', 'c', wait);
  machine.release('dave'); // Carol is served with the place of Dave.
  expect(machine.holder('c')).toBe('carol');
  expect(deadlockedAgents(machine.state).size).toBe(0);
  machine.acquire('dave', 'd', wait);
  const tighter = { ...machine.state.settings, maxConcurrentAgents: 2 };
  expect(codeOf(machine.say({ kind: 'Configure', settings: tighter }))).toBe('SETTINGS_IN_USE');
});

test('a long line of waiters is judged without looking at every pair', () => {
  const machine = house();
  machine.acquire('alice', 'a');
  for (let number = 0; number < 300; number += 1) {
    machine.join(`w${number}`);
    machine.acquire(`w${number}`, 'a', wait);
  }
  machine.acquire('bob', 'b');
  expect(codeOf(machine.acquire('alice', 'b', wait))).toBe('committed');
  expect(codeOf(machine.acquire('bob', 'a', wait))).toBe('WOULD_DEADLOCK');
});
