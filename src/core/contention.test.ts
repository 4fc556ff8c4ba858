import { describe, expect, test } from 'vitest';
import { agentId, codeOf, Machine, resourceName } from '../../test/support/machine.ts';
import { locksOverlapping } from './contention.ts';
import { asDurationMs } from './ids.ts';
import type { Settings } from './settings.ts';
import type { Target } from './targets.ts';

const port = { resources: ['@port'] };
const waiting = { wait: 'open' } as const;

function newMachine(settings: Partial<Settings> = {}): Machine {
  const resources = { [resourceName('@git')]: 1, [resourceName('@port')]: 2 };
  const machine = new Machine({ resources, maxConcurrentAgents: 9, ...settings });
  machine.define({ docs: [], web: [] });
  for (const name of ['alice', 'bob', 'carol', 'dave']) machine.join(name);
  return machine;
}

/** Since when each lock is contended, counted from the start; null: it is not. */
function contention(machine: Machine): Record<string, number | null> {
  return Object.fromEntries(
    [...machine.state.locks.values()].map(({ target, contendedSinceMs: since }) => [
      target,
      since === null ? null : since - 1_000_000,
    ]),
  );
}

describe('a lock is contended', () => {
  test('since somebody waits for the file, and no more when that one gives up', () => {
    const machine = newMachine();
    machine.acquire('alice', { files: ['docs/a', 'docs/b'] });
    machine.advance(5);
    machine.acquire('bob', { files: ['docs/a'] }, waiting);
    expect(contention(machine)).toEqual({ 'docs/a': 5, 'docs/b': null });
    machine.say({ kind: 'CancelWait', agent: agentId('bob') });
    expect(contention(machine)).toEqual({ 'docs/a': null, 'docs/b': null });
  });

  test('of every file in a scope, since somebody waits for the whole', () => {
    const machine = newMachine();
    machine.acquire('alice', { files: ['docs/a'] });
    machine.acquire('carol', { files: ['web/a'] });
    machine.advance(5);
    machine.acquire('bob', 'docs', waiting);
    machine.advance(5);
    expect(contention(machine)).toEqual({ 'docs/a': 5, 'web/a': null });
  });

  test('of a whole scope, since somebody waits for a file of it', () => {
    const machine = newMachine();
    machine.acquire('alice', 'docs');
    machine.advance(5);
    machine.acquire('bob', { files: ['docs/new'] }, waiting);
    expect(contention(machine)).toEqual({ docs: 5 });
  });

  test('since the first who waits, until the last of them is gone', () => {
    const machine = newMachine();
    machine.acquire('alice', 'docs');
    machine.advance(5);
    machine.acquire('bob', { files: ['docs/a'] }, waiting);
    machine.advance(5);
    machine.acquire('carol', 'docs', waiting);
    machine.leave('bob');
    expect(contention(machine)).toEqual({ docs: 5 });
    machine.leave('carol');
    expect(contention(machine)).toEqual({ docs: null });
  });

  test('never by its own holder, who waits for the whole while it has a file', () => {
    const machine = newMachine();
    machine.acquire('bob', { files: ['docs/b'] });
    machine.acquire('alice', { files: ['docs/a'] });
    machine.acquire('alice', 'docs', waiting);
    expect(contention(machine)).toEqual({ 'docs/a': null, 'docs/b': 0 });
    machine.advance(5);
    machine.acquire('carol', 'docs', waiting);
    expect(contention(machine)).toEqual({ 'docs/a': 5, 'docs/b': 0 });
  });

  test('from its grant, where others wait for what it covers together with something else', () => {
    const machine = newMachine({ maxLocksPerAgent: 2 });
    machine.acquire('alice', { files: ['docs/a'] });
    machine.acquire('bob', { files: ['docs/a'] }, waiting); // The oldest keeps only docs/a.
    machine.acquire('carol', { files: ['docs/a', 'docs/b'] }, waiting);
    machine.advance(5);
    expect(machine.acquire('dave', { files: ['docs/b'] })).toMatchObject({
      result: { locks: [{ file: 'docs/b', contendedSinceMs: 1_000_005 }] },
    });
    expect(contention(machine)).toMatchObject({ 'docs/b': 5 });
  });
});

describe('the slots of a resource are contended', () => {
  test('only while none is free', () => {
    const machine = newMachine();
    machine.acquire('dave', 'docs');
    machine.acquire('alice', port);
    machine.acquire('bob', { scopes: ['docs'], ...port }, waiting); // Waits for docs; a slot is free.
    expect(contention(machine)).toEqual({ docs: 0, '@port#1': null });
  });

  test('by whoever waits for any of them, from the moment the last one is taken', () => {
    const machine = newMachine({ resources: { [resourceName('@port')]: 3 } });
    machine.acquire('dave', 'docs');
    machine.acquire('alice', port);
    machine.acquire('bob', { scopes: ['docs'], ...port }, waiting); // A slot is kept for the oldest.
    machine.advance(5);
    expect(machine.acquire('carol', port)).toMatchObject({ result: { locks: [{ contendedSinceMs: null }] } });
    expect(contention(machine)).toMatchObject({ '@port#1': null, '@port#2': null });
  });

  test('without a break, though one of them passes from hand to hand', () => {
    const machine = newMachine();
    for (const name of ['alice', 'bob']) machine.acquire(name, port);
    for (const name of ['carol', 'dave']) machine.acquire(name, port, waiting);
    machine.advance(10);
    machine.release('alice');
    expect(contention(machine)).toEqual({ '@port#2': 0, '@port#1': 10 });
    machine.advance(10);
    machine.release('carol');
    expect(contention(machine)).toEqual({ '@port#2': null, '@port#1': null });
  });

  test('so that who renews for ever loses its slot in time', () => {
    const settings = { lockTtlMs: asDurationMs(50), maxContendedHoldMs: asDurationMs(100) };
    const machine = newMachine(settings);
    for (const name of ['alice', 'bob']) machine.acquire(name, port);
    for (const name of ['carol', 'dave']) machine.acquire(name, port, waiting);
    for (let passed = 0; passed < 100; passed += 20) {
      const next = machine.holder('@port#1') ?? '';
      machine.release(next);
      machine.acquire(next, port, waiting);
      machine.heartbeat('bob');
      machine.advance(20);
    }
    expect(machine.state.tickets.size).toBeGreaterThan(0);
    expect(machine.holder('@port#2')).not.toBe('bob');
  });
});

test('what overlaps a target is found from either side, and all slots of a resource together', () => {
  const machine = newMachine();
  machine.acquire('alice', { files: ['docs/a', 'docs/b'], resources: ['@port'] });
  machine.acquire('bob', { scopes: ['web'], resources: ['@port'] });
  const overlapping = (target: string): Target[] =>
    locksOverlapping(machine.state, target as Target).map((lock) => lock.target);
  expect(overlapping('docs')).toEqual(['docs/a', 'docs/b']);
  expect(overlapping('docs/a')).toEqual(['docs/a']);
  expect(overlapping('docs/c')).toEqual([]);
  expect(overlapping('web/c')).toEqual(['web']);
  expect(overlapping('@port#*')).toEqual(['@port#1', '@port#2']);
  expect(overlapping('@port#2')).toEqual(['@port#1', '@port#2']);
  expect(overlapping('nowhere/x')).toEqual([]);
  expect(codeOf(machine.acquire('carol', port))).toBe('LOCK_HELD');
});
