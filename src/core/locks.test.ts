import { describe, expect, test } from 'vitest';
import {
  agentId,
  codeOf,
  committed,
  eventKinds,
  type Machine,
  scopePath,
} from '../../test/support/machine.ts';
import { granted, newMachine } from '../../test/support/three-agents.ts';
import type { Decision } from './decision.ts';
import { defaultSettings } from './settings.ts';

type Refused = Extract<Decision, { kind: 'rejected' }>;

const { lockTtlMs, lockTtlMaxMs, maxBlockMs } = defaultSettings;

describe('acquiring', () => {
  test('more than an agent may ever hold is refused as that, also where it holds some of it', () => {
    const machine = newMachine();
    machine.acquire('alice', 'a');
    const { rejection } = machine.acquire('alice', ['a', 'b']) as Refused;
    expect(rejection).toMatchObject({ code: 'AGENT_HOLDS_LOCK', details: { asked: ['a', 'b'] } });
    expect(rejection.message).toContain(
      '2 scopes at once, but an agent may hold 1: release a first and ask for fewer,',
    );
  });

  test('who asks for more than it may ever hold, and has room left, is told to ask for fewer only', () => {
    const machine = newMachine({ maxLocksPerAgent: 2 });
    machine.acquire('alice', 'a');
    const { rejection } = machine.acquire('alice', ['b', 'c', 'd']) as Refused;
    expect(rejection.message).toContain('3 scopes at once, but an agent may hold 2: ask for fewer,');
  });

  test('who holds too much is told how much of it to release', () => {
    const machine = newMachine({ maxLocksPerAgent: 3 });
    machine.acquire('alice', ['a', 'b', 'c']);
    const messageOf = (scopes: string | string[]): string =>
      (machine.acquire('alice', scopes) as Refused).rejection.message;
    expect(messageOf('d')).toMatch(/: release one of them first$/);
    expect(messageOf(['c', 'd'])).toMatch(/: release one of them first$/);
  });

  test('a free scope is granted under the revision as its token', () => {
    const machine = newMachine();
    const [lock] = granted(machine.acquire('alice', 'a')).locks;
    expect(lock).toEqual({
      scope: 'a',
      token: machine.state.revision,
      deadlineMs: machine.nowMs + lockTtlMs,
      contendedSinceMs: null,
    });
    expect(machine.status('alice')).toBe('working');
  });

  test('again what it holds renews the lease under the same token', () => {
    const machine = newMachine();
    const [first] = granted(machine.acquire('alice', 'a')).locks;
    machine.advance(1_000);
    const [second] = granted(machine.acquire('alice', 'a')).locks;
    expect(second?.token).toBe(first?.token);
    expect(second?.deadlineMs).toBe((first?.deadlineMs ?? 0) + 1_000);
  });

  test('again what it holds says that it held it already, and since when', () => {
    const machine = newMachine({ maxLocksPerAgent: 2 });
    machine.acquire('alice', 'a');
    const sinceMs = machine.nowMs;
    machine.advance(1_000);
    const { locks } = granted(machine.acquire('alice', ['a', 'b']));
    expect(locks).toMatchObject([{ scope: 'a', already: true, sinceMs }, { scope: 'b' }]);
    expect(locks[1]).not.toHaveProperty('already');
    for (const [lock] of [granted(machine.renew('alice', 'a')).locks])
      expect(lock).not.toHaveProperty('already');
  });

  test('again what it holds, a new reason replaces the first, and none keeps it', () => {
    const machine = newMachine();
    const reason = (): unknown => machine.state.locks.get(scopePath('a'))?.reason;
    machine.acquire('alice', 'a', { reason: 'first' });
    machine.acquire('alice', 'a');
    expect([reason(), machine.log.at(-1)?.events[0]]).toEqual([
      'first',
      expect.not.objectContaining({ reason: null }),
    ]);
    const again = committed(machine.acquire('alice', 'a', { reason: 'second' }));
    expect(again.events).toMatchObject([{ kind: 'lock.renewed', reason: 'second' }]);
    machine.renew('alice', 'a');
    machine.heartbeat('alice');
    expect(reason()).toBe('second');
    expect(JSON.stringify(machine.acquire('bob', 'a'))).toContain('second');
  });

  test('several scopes grants all of them under one token, or none', () => {
    const machine = newMachine({ maxLocksPerAgent: 2 });
    machine.acquire('bob', 'b');
    expect(codeOf(machine.acquire('alice', ['a', 'b']))).toBe('LOCK_HELD');
    expect(machine.holder('a')).toBeNull();
    machine.release('bob');
    const { locks } = granted(machine.acquire('alice', ['a', 'b']));
    expect(new Set(locks.map((lock) => lock.token)).size).toBe(1);
  });

  test('what a ticket wants together with a held scope says that others wait for it', () => {
    const machine = newMachine({ maxLocksPerAgent: 2 });
    machine.join('dave');
    machine.acquire('alice', ['a', 'd']);
    machine.acquire('dave', 'd', { wait: 'open' });
    machine.acquire('bob', ['a', 'b'], { wait: 'open' });
    const [lock] = granted(machine.acquire('carol', 'b')).locks;
    expect(lock?.contendedSinceMs).toBe(machine.nowMs);
    expect(machine.state.locks.get(scopePath('b'))?.contendedSinceMs).toBe(machine.nowMs);
  });

  test('more than it holds keeps the old token and renews it', () => {
    const machine = newMachine({ maxLocksPerAgent: 2 });
    machine.acquire('alice', 'a');
    const token = machine.token('a');
    const decision = machine.acquire('alice', ['a', 'b']);
    expect(eventKinds(decision)).toEqual(['lock.renewed', 'lock.granted']);
    expect(granted(decision).locks.map((lock) => lock.token)).toEqual([token, machine.state.revision]);
  });

  test('again what it waits for returns the same ticket and writes nothing', () => {
    const machine = newMachine();
    machine.acquire('bob', 'a');
    const first = committed(machine.acquire('alice', 'a', { wait: 5_000 })).result;
    const again = committed(machine.acquire('alice', 'a', { wait: 5_000 }));
    expect(again).toEqual({ kind: 'committed', events: [], result: first });
  });

  test('something else than it waits for is refused, also when some of the scopes are the same', () => {
    const machine = newMachine({ maxLocksPerAgent: 2 });
    machine.acquire('bob', ['a', 'b']);
    machine.acquire('alice', ['a', 'b'], { wait: 'open' });
    for (const scopes of [['a'], ['a', 'c'], ['c', 'b'].toSorted(), ['c']])
      expect(codeOf(machine.acquire('alice', scopes, { wait: 'open' }))).toBe('ALREADY_WAITING');
    expect(codeOf(machine.acquire('alice', ['a', 'b'], { wait: 'open' }))).toBe('committed');
  });

  test('a lease of exactly the longest length is granted', () => {
    const machine = newMachine();
    const [lock] = granted(machine.acquire('alice', 'a', { ttlMs: lockTtlMaxMs })).locks;
    expect(lock?.deadlineMs).toBe(machine.nowMs + lockTtlMaxMs);
  });

  test('where no place is free a refusal names the holders in order', () => {
    const machine = newMachine({ maxConcurrentAgents: 2, maxLocksPerAgent: 2 });
    machine.acquire('bob', ['a', 'b']);
    machine.acquire('alice', 'd');
    expect(machine.acquire('carol', 'c')).toMatchObject({
      rejection: { code: 'CONCURRENCY_LIMIT', details: { holders: ['alice', 'bob'], scopes: ['c'] } },
    });
  });

  test('that one agent has the only place is told as that', () => {
    const machine = newMachine({ maxConcurrentAgents: 1 });
    machine.acquire('bob', 'a');
    const { rejection } = machine.acquire('carol', 'c') as {
      readonly rejection: { readonly message: string };
    };
    expect(rejection.message).toContain('c is free, but 1 agent holds locks and no more may');
  });

  test('a refusal names the holder, its purpose and how many wait', () => {
    const machine = newMachine();
    machine.acquire('bob', 'a', { reason: 'rewrite the parser' });
    machine.acquire('carol', 'a', { wait: 'open' });
    const decision = machine.acquire('alice', 'a');
    expect(decision).toMatchObject({
      rejection: { details: { holder: 'bob', reason: 'rewrite the parser', queueLength: 1 } },
    });
  });
});

describe('a ticket ends', () => {
  function deadlineOf(wait: number | 'open'): number {
    const machine = newMachine();
    machine.acquire('bob', 'a');
    const { result } = committed(machine.acquire('alice', 'a', { wait }));
    return result.kind === 'queued' ? result.deadlineMs - machine.nowMs : 0;
  }

  test('when the longest block is over, if the asker names no end of its own', () => {
    expect(deadlineOf('open')).toBe(maxBlockMs);
  });

  test('at the end that the asker names, or when the longest block is over, whichever comes first', () => {
    expect(deadlineOf(5_000)).toBe(5_000);
    expect(deadlineOf(maxBlockMs + 5_000)).toBe(maxBlockMs);
  });
});

describe('the position of a ticket', () => {
  test('is 1 when nobody else waits', () => {
    const machine = newMachine();
    machine.acquire('bob', 'a');
    expect(committed(machine.acquire('alice', 'a', { wait: 'open' })).result).toMatchObject({ position: 1 });
  });

  test('counts those who want one of the same scopes, each once', () => {
    const machine = newMachine({ maxLocksPerAgent: 2 });
    machine.join('dave');
    machine.acquire('bob', ['a', 'b']);
    machine.acquire('carol', ['a', 'b'], { wait: 'open' });
    machine.acquire('alice', 'b', { wait: 'open' });
    const decision = machine.acquire('dave', ['a', 'b'], { wait: 'open' });
    expect(committed(decision).result).toMatchObject({ kind: 'queued', position: 3 });
    expect(committed(machine.acquire('alice', 'b', { wait: 'open' })).result).toMatchObject({ position: 2 });
  });

  test('counts everyone when only a place is missing', () => {
    const machine = newMachine({ maxConcurrentAgents: 1 });
    machine.acquire('bob', 'a');
    machine.acquire('carol', 'a', { wait: 'open' });
    const first = committed(machine.acquire('alice', 'b', { wait: 'open' })).result;
    expect(first).toMatchObject({ kind: 'queued', position: 2 });
    expect(committed(machine.acquire('alice', 'b', { wait: 'open' })).result).toEqual(first);
  });
});

describe('revoking', () => {
  const revoke = (machine: Machine, scope: string): Decision =>
    machine.say({ kind: 'RevokeLock', scope: scopePath(scope), reason: 'needed' });

  test('takes the lock back and tells from whom', () => {
    const machine = newMachine();
    machine.acquire('alice', 'a');
    const token = machine.token('a');
    const { result, events } = committed(revoke(machine, 'a'));
    expect(result).toEqual({ kind: 'revoked', scope: 'a', agent: 'alice', token });
    expect(events).toEqual([{ kind: 'lock.revoked', scope: 'a', agent: 'alice', token, reason: 'needed' }]);
    expect([machine.holder('a'), machine.status('alice')]).toEqual([null, 'idle']);
  });

  test('is refused for a scope that is free or not defined', () => {
    expect(revoke(newMachine(), 'a')).toMatchObject({
      rejection: { code: 'LOCK_NOT_HELD', details: { scope: 'a', holder: null } },
    });
    expect(codeOf(revoke(newMachine(), 'nowhere'))).toBe('SCOPE_NOT_FOUND');
  });
});

test('a lease that runs out counts as a timeout, a release and a revocation do not', () => {
  const machine = newMachine();
  machine.acquire('alice', 'a');
  machine.release('alice');
  machine.acquire('alice', 'a');
  machine.say({ kind: 'RevokeLock', scope: scopePath('a'), reason: null });
  expect(machine.state.totals).toEqual({ conflicts: 0, timeouts: 0 });
  machine.acquire('alice', 'a');
  machine.advance(lockTtlMs);
  expect(machine.state.totals).toEqual({ conflicts: 0, timeouts: 1 });
});

describe('releasing', () => {
  test('whatever is held, which is nothing, changes nothing and says so', () => {
    const machine = newMachine();
    machine.acquire('bob', 'a');
    for (const token of [null, machine.token('a')])
      expect(committed(machine.release('alice', null, token))).toEqual({
        kind: 'committed',
        events: [],
        result: { kind: 'released', scopes: [] },
      });
  });

  test('a scope that does not exist is refused, as is one that another holds or nobody does', () => {
    const machine = newMachine();
    machine.acquire('bob', 'a');
    expect(codeOf(machine.release('alice', 'unknown'))).toBe('SCOPE_NOT_FOUND');
    expect(machine.release('alice', 'a')).toMatchObject({
      rejection: { code: 'LOCK_NOT_HELD', details: { scope: 'a', holder: 'bob', lastEnd: null } },
    });
    expect(machine.release('alice', 'b')).toMatchObject({
      rejection: { code: 'LOCK_NOT_HELD', details: { scope: 'b', holder: null, lastEnd: null } },
    });
  });

  test('what is held beside what is not releases nothing', () => {
    const machine = newMachine({ maxLocksPerAgent: 2 });
    machine.acquire('alice', 'a');
    const both = {
      kind: 'ReleaseLock',
      agent: agentId('alice'),
      scopes: [scopePath('a'), scopePath('b')],
    } as const;
    expect(codeOf(machine.say({ ...both, token: null }))).toBe('LOCK_NOT_HELD');
    expect(machine.holder('a')).toBe('alice');
  });

  test.each<readonly [string, (machine: Machine) => unknown, string]>([
    ['expired', (machine) => machine.advance(lockTtlMs), 'ended at its deadline 0 s ago'],
    [
      'revoked',
      (machine) => machine.say({ kind: 'RevokeLock', scope: scopePath('a'), reason: null }),
      'was revoked by an operator',
    ],
    ['released', (machine) => machine.release('alice'), 'was given back'],
  ])('what was %s says how it ended', (cause, end, words) => {
    const machine = newMachine();
    machine.acquire('alice', 'a');
    const token = machine.token('a');
    end(machine);
    const lastEnd = { agent: 'alice', epoch: expect.any(Number), token, cause, atMs: machine.nowMs };
    expect(machine.release('alice', 'a', token)).toMatchObject({
      rejection: { code: 'LOCK_NOT_HELD', message: expect.stringContaining(words), details: { lastEnd } },
    });
    machine.acquire('bob', 'a');
    expect(machine.release('alice', 'a')).toMatchObject({
      rejection: {
        code: 'LOCK_NOT_HELD',
        message: expect.stringContaining('bob holds it'),
        details: { lastEnd },
      },
    });
    // The last to hold it is another now: nothing is said of a hold before that.
    machine.release('bob');
    expect(JSON.stringify(machine.release('alice', 'a'))).not.toContain('its last hold');
  });

  test('without naming a scope gives everything back, in order of path', () => {
    const machine = newMachine({ maxLocksPerAgent: 3 });
    for (const scope of ['c', 'a', 'b']) machine.acquire('alice', scope);
    expect(committed(machine.release('alice')).result).toEqual({ kind: 'released', scopes: ['a', 'b', 'c'] });
    expect(machine.status('alice')).toBe('idle');
  });
});
