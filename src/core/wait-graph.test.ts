import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  agentNames,
  moveArbitrary,
  play,
  populate,
  scopeNames,
  settingsArbitrary,
} from '../../test/core/moves.ts';
import { agentId, codeOf, filePath, Machine, resourceName, scopePath } from '../../test/support/machine.ts';
import type { Decision } from './decision.ts';
import type { AgentId, ResourceName, Revision, Slot } from './ids.ts';
import type { Settings } from './settings.ts';
import type { State } from './state.ts';
import { anySlotOf, isSlot, resourceOf, type Target } from './targets.ts';
import { heldUnder, overlap, scopeOf } from './overlap.ts';
import { deadlockedAgents, waitCycle, type Wait } from './wait-graph.ts';

function newMachine(settings: Partial<Settings> = {}): Machine {
  const machine = new Machine({ maxLocksPerAgent: 3, maxConcurrentAgents: 5, ...settings });
  machine.define({ a: [], b: [], c: [], d: [] });
  for (const name of ['alice', 'bob', 'carol', 'dave']) machine.join(name);
  return machine;
}

const wait = { wait: 'open' } as const;

/** The cycle of a refusal, as `alice -a-> bob`. */
function cycleOf(decision: Decision): string[] {
  if (decision.kind !== 'rejected' || decision.rejection.code !== 'WOULD_DEADLOCK') return [];
  return decision.rejection.details.cycle.map(
    (link) => `${link.agent} -${link.scope ?? 'place'}-> ${link.waitsFor}`,
  );
}

describe('the requester who would close a cycle is refused, and shown the cycle', () => {
  test('of two', () => {
    const machine = newMachine();
    machine.acquire('alice', 'a');
    machine.acquire('bob', 'b');
    machine.acquire('alice', 'b', wait);
    const decision = machine.acquire('bob', 'a', wait);
    expect(codeOf(decision)).toBe('WOULD_DEADLOCK');
    expect(cycleOf(decision)).toEqual(['bob -a-> alice', 'alice -b-> bob']);
  });

  test('of three', () => {
    const machine = newMachine();
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
    const machine = newMachine();
    machine.acquire('alice', 'a');
    machine.acquire('bob', ['a', 'b'], wait); // The oldest ticket: it keeps b, which is free.
    const decision = machine.acquire('alice', 'b', wait);
    expect(codeOf(decision)).toBe('WOULD_DEADLOCK');
    expect(cycleOf(decision)).toEqual(['alice -b-> bob', 'bob -a-> alice']);
  });

  test('through a ticket that is not the oldest yet', () => {
    const machine = newMachine();
    machine.acquire('alice', 'a');
    machine.acquire('dave', 'd');
    machine.acquire('bob', 'd', wait);
    machine.acquire('carol', ['a', 'c'], wait); // May become the oldest, and will keep c then.
    machine.acquire('dave', 'c');
    expect(codeOf(machine.acquire('alice', 'c', wait))).toBe('WOULD_DEADLOCK');
  });

  test('through the places, when none is free and every holder is stuck', () => {
    const machine = newMachine({ maxConcurrentAgents: 2 });
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
  const machine = newMachine();
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
    const machine = newMachine();
    machine.acquire('alice', 'a');
    machine.acquire('bob', 'b');
    expect(codeOf(machine.acquire('alice', 'b', wait))).toBe('committed');
  });

  test('a wait for a place while one holder is free to leave', () => {
    const machine = newMachine({ maxConcurrentAgents: 2 });
    machine.acquire('alice', 'a');
    machine.acquire('bob', 'b');
    machine.acquire('carol', 'c', wait);
    expect(codeOf(machine.acquire('alice', 'c', wait))).toBe('committed');
    machine.release('bob');
    expect(machine.holder('c')).toBe('carol');
  });

  test('an ask that does not wait', () => {
    const machine = newMachine();
    machine.acquire('alice', 'a');
    machine.acquire('bob', 'b');
    machine.acquire('alice', 'b', wait);
    expect(codeOf(machine.acquire('bob', 'a'))).toBe('LOCK_HELD');
  });
});

test('fewer places that would leave those who wait stuck for ever are refused', () => {
  const machine = newMachine({ maxConcurrentAgents: 3 });
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
  const machine = newMachine();
  machine.acquire('alice', 'a');
  for (let number = 0; number < 300; number += 1) {
    machine.join(`w${number}`);
    machine.acquire(`w${number}`, 'a', wait);
  }
  machine.acquire('bob', 'b');
  expect(codeOf(machine.acquire('alice', 'b', wait))).toBe('committed');
  expect(codeOf(machine.acquire('bob', 'a', wait))).toBe('WOULD_DEADLOCK');
});

/** The definition, followed to the letter: who can go on is taken away, again and again, until nobody can. */
function stuckByDefinition(state: State, proposed: Wait | null, places: number): Set<AgentId> {
  const waits = new Map<AgentId, Wait>();
  for (const waiter of state.tickets.values()) waits.set(waiter.agent, waiter);
  if (proposed !== null) waits.set(proposed.agent, proposed);
  const locks = [...state.locks.values()];
  const holders = locks.filter((lock) => lock.scope !== undefined).map((lock) => lock.agent);
  const overlapping = (some: readonly Target[], others: readonly Target[]): boolean =>
    some.some((a) => others.some((b) => overlap(state, a, b)));
  const slotsAreStuck = (wanted: Slot): boolean => {
    const taken = locks.filter((lock) => lock.resource === resourceOf(wanted));
    const isFree = taken.length < (state.settings.resources[resourceOf(wanted)] ?? 0);
    return !isFree && taken.every((lock) => waits.has(lock.agent));
  };
  const canGoOn = ({ agent, ticket, targets }: Wait): boolean => {
    const older = [...state.tickets.values()].filter((other) => other.ticket < ticket);
    const ahead = older.filter((other) => overlapping(other.targets, targets));
    const inTheWay = locks.filter((lock) => lock.agent !== agent && overlapping([lock.target], targets));
    if (ahead.some((other) => waits.has(other.agent))) return false;
    if (inTheWay.some((lock) => waits.has(lock.agent))) return false;
    if (targets.some((target) => isSlot(target) && slotsAreStuck(target))) return false;
    const needsPlace = new Set(holders).size >= places && !holders.includes(agent) && !targets.every(isSlot);
    return !needsPlace || holders.some((holder) => !waits.has(holder));
  };
  for (let before = -1; before !== waits.size;) {
    before = waits.size;
    for (const wait of waits.values()) if (canGoOn(wait)) waits.delete(wait.agent);
  }
  return new Set(waits.keys());
}

/** What may be asked for: every set of scopes, files beside and within them, and resources. */
function wishes({ scopes }: State): Target[][] {
  const bits = Array.from({ length: 2 ** scopeNames.length - 1 }, (_, number) => number + 1);
  const sets = bits.map((set) => scopeNames.filter((_, place) => (set & (1 << place)) !== 0));
  const files = ['a/x', 'a/notes.yaml', 'a/sub/z', 'b/x'].map(filePath);
  const [git, port] = ['@git', '@port'].map(resourceName) as [ResourceName, ResourceName];
  const all: Target[][] = [
    ...sets.map((set) => set.map(scopePath)),
    ...files.map((file) => [file]),
    files.slice(0, 2),
    [anySlotOf(port)],
    [anySlotOf(git), ...files.slice(2)],
    [anySlotOf(port), ...files.slice(0, 1)],
  ];
  const exists = (target: Target): boolean => isSlot(target) || scopeOf({ scopes }, target) !== null;
  return all.filter((targets) => targets.every(exists));
}

test('who is stuck is who is stuck by definition, in every state and with every further wait', () => {
  const moves = fc.array(moveArbitrary, { minLength: 10, maxLength: 60, size: 'max' });
  let deadlocks = 0;
  const check = (state: State): void => {
    for (const places of [1, 2, 3, 4])
      expect(
        new Set(deadlockedAgents(state, null, { ...state.settings, maxConcurrentAgents: places }).keys()),
      ).toEqual(stuckByDefinition(state, null, places));
    for (const name of agentNames)
      for (const wish of wishes(state)) {
        const agent = agentId(name);
        const known = state.agents.get(agent);
        if (known === undefined || known.ticket !== null) continue;
        const proposed = {
          ticket: (state.revision + 1) as Revision,
          agent,
          targets: wish.filter((target) => heldUnder(known, target) === null),
        };
        const places = state.settings.maxConcurrentAgents;
        const expected = stuckByDefinition(state, proposed, places).has(agent);
        expect(deadlockedAgents(state, proposed).has(agent)).toBe(expected);
        if (expected) deadlocks += 1;
      }
  };
  fc.assert(
    fc.property(settingsArbitrary, moves, (settings, sequence) => {
      const machine = new Machine({ ...settings, maxLocksPerAgent: 3 });
      populate(machine);
      for (const move of sequence) {
        play(machine, { ...move, requestId: null });
        check(machine.state);
      }
    }),
    { numRuns: 60 },
  );
  expect(deadlocks).toBeGreaterThan(0);
});

test('the check takes time in proportion to what a request can reach, not to its square', () => {
  const chain = (length: number): Machine => {
    const machine = new Machine({ maxLocksPerAgent: 2, maxConcurrentAgents: length });
    const { state } = machine;
    machine.define(Object.fromEntries(Array.from({ length }, (_, number) => [`s${number}`, []])));
    for (let number = 0; number < length; number += 1) machine.join(`agent-${number}`);
    for (let number = 0; number < length; number += 1) machine.acquire(`agent-${number}`, `s${number}`);
    for (let number = 0; number + 1 < length; number += 1)
      machine.acquire(`agent-${number}`, `s${number + 1}`, wait);
    expect(state.tickets.size).toBe(length - 1);
    return machine;
  };
  const { state } = chain(60);
  let reads = 0;
  const { locks } = state;
  Object.assign(state, { locks: new Proxy(locks, { get: (target, key) => counted(target, key) }) });
  function counted(target: typeof locks, key: string | symbol): unknown {
    if (key === 'get') reads += 1;
    const value = Reflect.get(target, key) as unknown;
    return typeof value === 'function' ? (value as () => unknown).bind(target) : value;
  }
  const last = agentId('agent-59');
  const proposed = { ticket: (state.revision + 1) as Revision, agent: last, targets: [scopePath('s0')] };
  expect(deadlockedAgents(state, proposed).size).toBe(60);
  expect(reads).toBeLessThanOrEqual(60);
});
