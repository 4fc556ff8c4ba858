import { describe, expect, test } from 'vitest';
import { agentId, Machine, scopePath } from '../../test/support/machine.ts';
import { asDurationMs } from './ids.ts';
import { contendedSince, endsBefore, latestEnd } from './leases.ts';
import { defaultSettings, type Settings } from './settings.ts';

const wait = { wait: 'open' } as const;

function newMachine(settings: Partial<Settings> = {}): Machine {
  const machine = new Machine({
    maxConcurrentAgents: 1,
    maxLocksPerAgent: 2,
    lockTtlMs: asDurationMs(60_000),
    maxContendedHoldMs: asDurationMs(90_000),
    ...settings,
  });
  machine.define({ a: [], b: [], c: [] });
  for (const name of ['alice', 'bob', 'carol']) machine.join(name);
  return machine;
}

/** Since when somebody waits for what the holder of a scope has, counted from a moment. */
function contendedFrom(machine: Machine, scope: string, startMs: number): number | null {
  const lock = machine.state.locks.get(scopePath(scope));
  if (lock === undefined) throw new Error(`${scope} is free`);
  const since = contendedSince(machine.state, lock);
  return since === null ? null : since - startMs;
}

function deadlineOf(machine: Machine, scope: string): number {
  return machine.state.locks.get(scopePath(scope))?.deadlineMs ?? 0;
}

describe('a lock is contended', () => {
  test('by nobody while nobody waits', () => {
    const machine = newMachine();
    machine.acquire('alice', 'a');
    expect(contendedFrom(machine, 'a', machine.nowMs)).toBeNull();
  });

  test('from the moment on at which somebody waits for a place, or from its own grant when that is later', () => {
    const machine = newMachine();
    const startMs = machine.nowMs;
    machine.acquire('alice', 'a');
    machine.advance(1_000);
    machine.acquire('bob', 'b', wait);
    machine.advance(1_000);
    machine.acquire('alice', 'c');
    expect(contendedFrom(machine, 'a', startMs)).toBe(1_000);
    expect(contendedFrom(machine, 'c', startMs)).toBe(2_000);
  });

  test('from the earlier of the moments at which somebody waits for its scope and for a place', () => {
    const scopeFirst = newMachine({ maxConcurrentAgents: 2 });
    const startMs = scopeFirst.nowMs;
    scopeFirst.acquire('alice', 'a');
    scopeFirst.advance(1_000);
    scopeFirst.acquire('carol', 'a', wait);
    scopeFirst.advance(1_000);
    scopeFirst.join('dave');
    scopeFirst.acquire('bob', 'b');
    scopeFirst.acquire('dave', 'c', wait);
    expect(contendedFrom(scopeFirst, 'a', startMs)).toBe(1_000);
    expect(contendedFrom(scopeFirst, 'b', startMs)).toBe(2_000);

    const placeFirst = newMachine();
    placeFirst.acquire('alice', 'a');
    placeFirst.acquire('bob', 'b', wait);
    placeFirst.advance(1_000);
    placeFirst.acquire('carol', 'a', wait);
    expect(contendedFrom(placeFirst, 'a', startMs)).toBe(0);
  });
});

describe('a renewal', () => {
  test('moves the lease to the end of the contended hold, and not beyond', () => {
    const machine = newMachine();
    machine.acquire('alice', 'a');
    machine.acquire('bob', 'a', wait);
    const endMs = machine.nowMs + 90_000;
    machine.advance(40_000);
    machine.heartbeat('alice');
    expect(deadlineOf(machine, 'a')).toBe(endMs);
    machine.advance(49_999);
    machine.heartbeat('alice');
    expect(machine.holder('a')).toBe('alice');
    machine.advance(1);
    expect(machine.holder('a')).toBe('bob');
  });

  test('that is contended takes nothing back of a longer lease', () => {
    const machine = newMachine();
    machine.acquire('alice', 'a', { ttlMs: 200_000 });
    machine.acquire('bob', 'a', wait);
    const promisedMs = deadlineOf(machine, 'a');
    machine.renew('alice', 'a', { ttlMs: 200_000 });
    expect(deadlineOf(machine, 'a')).toBe(promisedMs);
  });

  test('is on the timer as it is in the lock', () => {
    const machine = newMachine();
    machine.acquire('alice', 'a');
    machine.advance(1_000);
    machine.heartbeat('alice');
    expect(machine.state.index.lockDeadlines.get(scopePath('a'))).toBe(machine.nowMs + 60_000);
    expect(deadlineOf(machine, 'a')).toBe(machine.nowMs + 60_000);
  });
});

describe('before its lease a lock ends', () => {
  const endOf = (machine: Machine): unknown => {
    const lock = machine.state.locks.get(scopePath('a'));
    if (lock === undefined) throw new Error('a is free');
    return endsBefore(machine.state, lock);
  };
  const { sessionTtlMs, maxBlockMs } = defaultSettings;

  test('by nothing, where session and lease are renewed together', () => {
    const machine = newMachine();
    machine.acquire('alice', 'a');
    expect(endOf(machine)).toBeNull();
  });

  test('with the session of its holder, when the lease is longer; and so it happens', () => {
    const machine = newMachine({ lockTtlMaxMs: asDurationMs(2 * sessionTtlMs) });
    machine.acquire('alice', 'a', { ttlMs: 2 * sessionTtlMs });
    const atMs = machine.nowMs + sessionTtlMs;
    expect(endOf(machine)).toEqual({ atMs, cause: 'session' });
    machine.advance(sessionTtlMs);
    expect(machine.holder('a')).toBeNull();
  });

  test('when its holder has been blocked for too long; and so it happens', () => {
    const machine = newMachine();
    machine.acquire('alice', 'a', { ttlMs: 2 * maxBlockMs });
    machine.say({ kind: 'SetAgentStatus', agent: agentId('alice'), status: 'blocked', reason: 'asks' });
    expect(endOf(machine)).toEqual({ atMs: machine.nowMs + maxBlockMs, cause: 'blocked' });
    machine.advance(maxBlockMs);
    expect(machine.holder('a')).toBeNull();
  });

  test('not by a block that is a wait: what that ends is the wait', () => {
    const machine = newMachine({ maxConcurrentAgents: 2, lockTtlMaxMs: asDurationMs(sessionTtlMs) });
    machine.acquire('bob', 'b', { ttlMs: sessionTtlMs });
    machine.acquire('alice', 'a', { ttlMs: sessionTtlMs });
    machine.acquire('alice', ['a', 'b'], { wait: 'open' });
    expect(machine.status('alice')).toBe('blocked');
    expect(endOf(machine)).toBeNull();
    machine.advance(maxBlockMs);
    expect(machine.holder('a')).toBe('alice');
  });
});

test('the latest end of a lock is that of its contended hold, or of a longer lease that was promised', () => {
  const latestOf = (machine: Machine): number | null => {
    const lock = machine.state.locks.get(scopePath('a'));
    return lock === undefined ? null : latestEnd(machine.state, lock);
  };
  const machine = newMachine();
  machine.acquire('alice', 'a');
  expect(latestOf(machine)).toBeNull();
  machine.acquire('bob', 'a', wait);
  expect(latestOf(machine)).toBe(machine.nowMs + 90_000);
  const longer = newMachine();
  longer.acquire('alice', 'a', { ttlMs: 200_000 });
  longer.acquire('bob', 'a', wait);
  expect(latestOf(longer)).toBe(longer.nowMs + 200_000);
});
