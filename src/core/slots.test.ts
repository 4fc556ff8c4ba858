/** Resources: what is no folder, and that agents take turns at, one slot for each. */
import { describe, expect, test } from 'vitest';
import { codeOf, committed, Machine, resourceName } from '../../test/support/machine.ts';
import type { Decision } from './decision.ts';
import type { Settings } from './settings.ts';

const waiting = { wait: 'open' } as const;
const port = { resources: ['@port'] };
const names = ['alice', 'bob', 'carol', 'dave'] as const;

function newMachine(settings: Partial<Settings> = {}): Machine {
  const resources = { [resourceName('@git')]: 1, [resourceName('@port')]: 3 };
  const machine = new Machine({ resources, ...settings });
  machine.define({ docs: [], web: [] });
  for (const name of names) machine.join(name);
  return machine;
}

const slotOf = (decision: Decision): number | undefined =>
  (committed(decision).result as { locks?: { slot?: number }[] }).locks?.[0]?.slot;

const holders = (machine: Machine): (string | null)[] =>
  [1, 2, 3].map((slot) => machine.holder(`@port#${slot}`));

describe('a slot', () => {
  test('is the lowest that is free, and no two agents have the same', () => {
    const machine = newMachine();
    expect(names.slice(0, 3).map((name) => slotOf(machine.acquire(name, port)))).toEqual([1, 2, 3]);
    expect(codeOf(machine.acquire('dave', port))).toBe('LOCK_HELD');
    machine.release('bob');
    expect(slotOf(machine.acquire('dave', port))).toBe(2);
    expect(holders(machine)).toEqual(['alice', 'dave', 'carol']);
  });

  test('is one for each agent: asking again renews it', () => {
    const machine = newMachine();
    machine.acquire('alice', port);
    machine.acquire('bob', port);
    const again = committed(machine.acquire('bob', port)).result;
    expect(again).toMatchObject({ locks: [{ resource: '@port', slot: 2, already: true }] });
    expect(holders(machine)).toEqual(['alice', 'bob', null]);
  });

  test('is given back and renewed by the name of its resource, under the token of that slot', () => {
    const machine = newMachine();
    machine.acquire('alice', port);
    machine.acquire('bob', port);
    const token = machine.token('@port#2');
    expect(codeOf(machine.renew('bob', { resource: '@port' }, { token }))).toBe('committed');
    const others = machine.token('@port#1');
    expect(codeOf(machine.renew('bob', { resource: '@port' }, { token: others }))).toBe(
      'STALE_FENCING_TOKEN',
    );
    expect(codeOf(machine.release('bob', port, others))).toBe('STALE_FENCING_TOKEN');
    expect(committed(machine.release('bob', port, token)).result).toEqual({
      kind: 'released',
      scopes: [],
      resources: ['@port'],
    });
    expect(codeOf(machine.release('bob', port))).toBe('LOCK_NOT_HELD');
  });

  test('is revoked by its number; without one it is the first', () => {
    const machine = newMachine();
    for (const name of names.slice(0, 2)) machine.acquire(name, port);
    const revoke = (slot?: number): Decision =>
      machine.say({
        kind: 'RevokeLock',
        resource: resourceName('@port'),
        ...(slot !== undefined && { slot }),
        reason: null,
      });
    expect(committed(revoke(2)).result).toMatchObject({ kind: 'revoked', agent: 'bob', slot: 2 });
    expect(codeOf(revoke(2))).toBe('LOCK_NOT_HELD');
    expect(committed(revoke()).result).toMatchObject({ kind: 'revoked', agent: 'alice', slot: 1 });
  });

  test('passes to who has waited longest, in the revision in which it comes free', () => {
    const machine = newMachine();
    for (const name of names.slice(0, 3)) machine.acquire(name, port);
    machine.acquire('dave', port, waiting);
    expect(committed(machine.release('bob')).events.map(({ kind }) => kind)).toEqual([
      'lock.released',
      'ticket.ended',
      'lock.granted',
    ]);
    expect(holders(machine)).toEqual(['alice', 'dave', 'carol']);
  });
});

describe('of the free slots', () => {
  test('one is kept for the oldest who waits, and no more', () => {
    const machine = newMachine({ maxConcurrentAgents: 9 });
    machine.acquire('alice', 'docs');
    machine.acquire('bob', { scopes: ['docs'], resources: ['@port'] }, waiting);
    expect(slotOf(machine.acquire('carol', port))).toBe(1);
    expect(slotOf(machine.acquire('dave', port))).toBe(2);
    machine.join('erin');
    expect(machine.acquire('erin', port)).toMatchObject({
      rejection: { code: 'RESERVED_FOR_WAITER', details: { resource: '@port', waiter: 'bob' } },
    });
    machine.release('alice');
    expect([machine.holder('docs'), machine.holder('@port#3')]).toEqual(['bob', 'bob']);
  });

  test('those that are kept go on to the next when the oldest gives up', () => {
    const machine = newMachine({ resources: { [resourceName('@port')]: 1 }, maxConcurrentAgents: 9 });
    machine.acquire('alice', 'docs');
    machine.acquire('bob', { scopes: ['docs'], resources: ['@port'] }, waiting);
    machine.acquire('carol', port, waiting);
    expect(machine.holder('@port#1')).toBeNull();
    machine.leave('bob');
    expect(machine.holder('@port#1')).toBe('carol');
  });
});

describe('a resource', () => {
  test('needs no place among the agents that may hold scopes, waited for or not', () => {
    const machine = newMachine({ maxConcurrentAgents: 1 });
    machine.acquire('alice', 'docs');
    expect(slotOf(machine.acquire('bob', port))).toBe(1);
    machine.acquire('carol', { resources: ['@git'] });
    machine.acquire('dave', { resources: ['@git'] }, waiting);
    machine.release('carol');
    expect(machine.holder('@git#1')).toBe('dave');
    expect(codeOf(machine.acquire('bob', 'web'))).toBe('CONCURRENCY_LIMIT');
    expect(codeOf(machine.acquire('carol', { scopes: ['web'], resources: ['@git'] }))).toBe('LOCK_HELD');
  });

  test('is not contended by who waits for a place only', () => {
    const machine = newMachine({ maxConcurrentAgents: 1 });
    machine.acquire('alice', { scopes: ['docs'], resources: ['@git'] });
    machine.acquire('bob', 'web', waiting);
    machine.advance(5);
    expect(committed(machine.heartbeat('alice')).result).toMatchObject({
      leases: [
        { resource: '@git', contendedSinceMs: null },
        { scope: 'docs', contendedSinceMs: machine.nowMs - 5 },
      ],
    });
  });

  test('that is not declared is refused with those that are, in a wish, a release, a renewal and a revocation', () => {
    const machine = newMachine();
    expect(machine.acquire('alice', { resources: ['@none'] })).toMatchObject({
      rejection: {
        code: 'RESOURCE_NOT_FOUND',
        message: 'there is no resource @none: there are @git, @port',
        details: { resource: '@none', declared: ['@git', '@port'] },
      },
    });
    expect(codeOf(machine.release('alice', { resources: ['@none'] }))).toBe('RESOURCE_NOT_FOUND');
    expect(codeOf(machine.renew('alice', { resource: '@none' }))).toBe('RESOURCE_NOT_FOUND');
    const revoke = { kind: 'RevokeLock', resource: resourceName('@none'), reason: null } as const;
    expect(codeOf(machine.say(revoke))).toBe('RESOURCE_NOT_FOUND');
  });

  test('names all who have its slots when none is free', () => {
    const machine = newMachine();
    for (const name of names.slice(0, 3)) machine.acquire(name, port);
    expect(machine.acquire('dave', port)).toMatchObject({
      rejection: {
        code: 'LOCK_HELD',
        details: {
          resource: '@port',
          holder: 'alice',
          others: [
            { resource: '@port', slot: 2, holder: 'bob' },
            { resource: '@port', slot: 3, holder: 'carol' },
          ],
          holdersInTheWay: 3,
        },
        message: expect.stringMatching(/^@port is held by alice, and 2 more in the way; /),
      },
    });
  });

  test('is waited for by any of its holders, so that one who can go on is enough', () => {
    const resources = { [resourceName('@port')]: 2 };
    const machine = newMachine({ resources, maxConcurrentAgents: 9 });
    machine.acquire('alice', port);
    machine.acquire('bob', port);
    machine.acquire('carol', 'docs');
    machine.acquire('alice', 'docs', waiting);
    expect(codeOf(machine.acquire('carol', port, waiting))).toBe('committed'); // Bob can go on.
    machine.say({ kind: 'CancelWait', agent: 'carol' as never });
    machine.acquire('bob', 'docs', waiting);
    expect(codeOf(machine.acquire('carol', port, waiting))).toBe('WOULD_DEADLOCK');
  });
});
