import { describe, expect, test } from 'vitest';
import { agentId, codeOf, scopePath } from '../../test/support/machine.ts';
import { granted, newMachine } from '../../test/support/three-agents.ts';
import { asDurationMs } from './ids.ts';
import { defaultSettings } from './settings.ts';

const { lockTtlMs, lockTtlMaxMs, maxContendedHoldMs } = defaultSettings;

describe('renewing', () => {
  test('moves the deadline as far as asked while nobody waits', () => {
    const machine = newMachine();
    machine.acquire('alice', 'a');
    machine.advance(maxContendedHoldMs / 20);
    const [lock] = granted(machine.renew('alice', 'a', { ttlMs: 120_000 })).locks;
    expect(lock?.deadlineMs).toBe(machine.nowMs + 120_000);
  });

  test('for less than is left takes nothing back, also when the clock changes', () => {
    const machine = newMachine();
    machine.acquire('alice', 'a', { ttlMs: 120_000 });
    const promised = machine.nowMs + 120_000;
    expect(granted(machine.renew('alice', 'a', { ttlMs: 1_000 })).locks[0]?.deadlineMs).toBe(promised);
    machine.say({ kind: 'TakeOver', clock: { host: 'h', boot: 'b', offsetMs: 0 }, cause: 'otherBoot' });
    expect(machine.state.locks.get(scopePath('a'))?.deadlineMs).toBe(promised);
  });

  test('without a length takes the one that was asked for last, with the ticket or since', () => {
    const machine = newMachine();
    const leftMs = (): number => (machine.state.locks.get(scopePath('a'))?.deadlineMs ?? 0) - machine.nowMs;
    const later = (step: () => unknown): number => {
      machine.advance(1_000);
      step();
      return leftMs();
    };
    machine.acquire('bob', 'a');
    machine.acquire('alice', 'a', { ttlMs: 120_000, wait: 'open' });
    expect(later(() => machine.release('bob'))).toBe(120_000);
    expect(later(() => machine.renew('alice', 'a'))).toBe(120_000);
    expect(later(() => machine.renew('alice', 'a', { ttlMs: 200_000 }))).toBe(200_000);
    expect(later(() => machine.heartbeat('alice'))).toBe(200_000);
    const clock = { host: 'h', boot: 'b', offsetMs: 0 };
    expect(later(() => machine.say({ kind: 'TakeOver', clock, cause: 'otherBoot' }))).toBe(200_000);
  });

  test('stops counting once somebody has waited for the longest contended hold', () => {
    const machine = newMachine({ maxBlockMs: asDurationMs(10 * maxContendedHoldMs) });
    machine.acquire('alice', 'a');
    machine.acquire('bob', 'a', { wait: 'open' });
    const contendedAt = machine.nowMs;
    while (machine.holder('a') === 'alice') {
      machine.heartbeat('alice');
      machine.heartbeat('bob');
      machine.advance(lockTtlMs / 2);
    }
    expect(machine.nowMs - contendedAt).toBeGreaterThanOrEqual(maxContendedHoldMs);
    expect(machine.nowMs - contendedAt).toBeLessThanOrEqual(maxContendedHoldMs + lockTtlMs);
    expect(machine.holder('a')).toBe('bob');
  });

  test('is bounded for everyone who was there when somebody began to wait for a place', () => {
    const machine = newMachine({ maxConcurrentAgents: 1 });
    machine.acquire('alice', 'a');
    machine.acquire('bob', 'b', { wait: 'open' });
    expect(machine.state.placeWaitSinceMs).toBe(machine.nowMs);
    const [lock] = granted(machine.renew('alice', 'a', { ttlMs: maxContendedHoldMs + 1 })).locks;
    expect(lock).toMatchObject({
      deadlineMs: machine.nowMs + maxContendedHoldMs,
      contendedSinceMs: machine.nowMs,
    });
  });

  test('is free again when those who waited have given up', () => {
    const machine = newMachine();
    machine.acquire('alice', 'a');
    machine.acquire('bob', 'a', { wait: 'open' });
    machine.say({ kind: 'CancelWait', agent: agentId('bob') });
    const far = maxContendedHoldMs + 1_000;
    expect(granted(machine.renew('alice', 'a', { ttlMs: far })).locks[0]?.deadlineMs).toBe(
      machine.nowMs + far,
    );
  });
});

describe('a renewal is refused', () => {
  test('for a scope that is not defined', () => {
    expect(codeOf(newMachine().renew('alice', 'nowhere'))).toBe('SCOPE_NOT_FOUND');
  });

  test('for a lease that is too long', () => {
    const machine = newMachine();
    machine.acquire('alice', 'a');
    expect(codeOf(machine.renew('alice', 'a', { ttlMs: lockTtlMaxMs + 1 }))).toBe('TTL_TOO_LONG');
  });

  test('for a lock of another agent, naming it', () => {
    const machine = newMachine();
    machine.acquire('bob', 'a');
    expect(machine.renew('alice', 'a')).toMatchObject({
      rejection: { code: 'LOCK_NOT_HELD', details: { scope: 'a', holder: 'bob' } },
    });
  });
});
