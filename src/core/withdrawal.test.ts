import { describe, expect, test } from 'vitest';
import { agentId, codeOf, committed, eventKinds, Machine, scopePath } from '../../test/support/machine.ts';
import { asDurationMs } from './ids.ts';
import { defaultSettings } from './settings.ts';
import { decodeState, encodeState } from './snapshot.ts';
import type { Scope } from './state.ts';

const a = scopePath('a');

/** Alice holds a, Bob waits for it; b is free; nobody depends on a, which depends on b. */
function newMachine(): Machine {
  const machine = new Machine({ maxLocksPerAgent: 2 }, { audited: true });
  machine.define({ a: ['b'], b: [] });
  for (const name of ['alice', 'bob', 'carol']) machine.join(name);
  machine.acquire('alice', 'a');
  machine.acquire('bob', 'a', { wait: 'open' });
  return machine;
}

function scope(machine: Machine, path = a): Pick<Scope, 'withdrawn' | 'dependencies'> | undefined {
  return machine.state.scopes.get(path);
}

describe('a scope in use that a new graph does not name', () => {
  test('is withdrawn: lock, token, ticket and deadline stay, and it depends on nothing', () => {
    const machine = newMachine();
    const before = [...machine.state.locks.values(), ...machine.state.tickets.values()];
    const decision = committed(machine.define({ c: [] }));
    expect(decision.result).toEqual({
      kind: 'scopesDefined',
      added: ['c'],
      changed: [],
      removed: ['b'],
      withdrawn: ['a'],
    });
    expect(decision.events).toContainEqual({ kind: 'scope.withdrawn', scope: 'a' });
    expect(scope(machine)).toMatchObject({ withdrawn: true, dependencies: [] });
    expect([...machine.state.locks.values(), ...machine.state.tickets.values()]).toEqual(before);
  });

  test('stays what it is however often the graph is defined anew', () => {
    const machine = newMachine();
    machine.define({ c: [] });
    expect(committed(machine.define({ c: [] })).events).toEqual([]);
    expect(committed(machine.say({ kind: 'RemoveScope', scope: a }))).toMatchObject({
      events: [],
      result: { removed: [], withdrawn: ['a'] },
    });
    committed(
      machine.say({
        kind: 'DefineScope',
        scope: { path: scopePath('d'), name: 'd', type: 't', dependencies: [] },
      }),
    );
    expect(scope(machine)?.withdrawn).toBe(true);
  });

  test('comes back as an ordinary one under the same lock, token and ticket', () => {
    const machine = newMachine();
    const token = machine.token('a');
    machine.startSync('bob', 'b');
    machine.completeSync('bob', 'b');
    machine.define({ b: [] });
    const decision = committed(machine.define({ a: ['b'], b: [] }));
    expect(decision.result).toEqual({ kind: 'scopesDefined', added: [], changed: ['a'], removed: [] });
    expect(eventKinds(decision)).toEqual(['scope.defined']);
    expect(scope(machine)).toMatchObject({ withdrawn: false, dependencies: ['b'] });
    expect([machine.holder('a'), machine.token('a')]).toEqual(['alice', token]);
    expect(eventKinds(machine.release('alice', 'a', token))).toEqual([
      'lock.released',
      'ticket.ended',
      'lock.granted',
    ]);
  });

  test('may be depended on by nothing, and takes no part in the bounds of the graph', () => {
    const machine = newMachine();
    machine.define({ b: [] });
    expect(codeOf(machine.define({ b: ['a'] }))).toBe('DEPENDENCY_UNKNOWN');
    const settings = { ...machine.state.settings, maxDependencies: 0 };
    expect(codeOf(machine.say({ kind: 'Configure', settings }))).toBe('committed');
  });

  test('can be locked, waited for, written and synced as any other', () => {
    const machine = newMachine();
    machine.define({ c: [] });
    expect(codeOf(machine.acquire('carol', 'a'))).toBe('LOCK_HELD');
    expect(codeOf(machine.acquire('carol', 'a', { wait: 'open' }))).toBe('committed');
    expect(codeOf(machine.renew('alice', 'a'))).toBe('committed');
    machine.startSync('alice', 'a');
    expect(codeOf(machine.completeSync('alice', 'a'))).toBe('committed');
  });

  test('keeps what is known of its files', () => {
    const machine = newMachine();
    const write = {
      kind: 'ContextModify',
      agent: agentId('alice'),
      scope: a,
      file: 'x.yaml',
      token: null,
    } as const;
    committed(machine.say({ ...write, digest: '1'.repeat(64), baseDigest: null }));
    machine.define({ c: [] });
    machine.define({ a: [], c: [] });
    const again = machine.say({ ...write, digest: '2'.repeat(64), baseDigest: null });
    expect(codeOf(again)).toBe('CONTEXT_CONFLICT');
  });
});

describe('a withdrawn scope', () => {
  test('passes to who waits, and goes with its sync in the revision in which the last lets go', () => {
    const machine = newMachine();
    machine.define({ c: [] });
    machine.startSync('carol', 'a');
    machine.release('alice');
    expect([machine.holder('a'), scope(machine)?.withdrawn]).toEqual(['bob', true]);
    const run = machine.runOf('a');
    expect(committed(machine.release('bob')).events).toEqual([
      { kind: 'lock.released', scope: 'a', agent: 'bob', token: expect.any(Number), cause: 'released' },
      { kind: 'sync.aborted', scope: 'a', run, reason: 'its scope was removed' },
      { kind: 'scope.removed', scope: 'a' },
    ]);
    expect([scope(machine), machine.state.syncs.size]).toEqual([undefined, 0]);
    expect(codeOf(machine.acquire('alice', 'a'))).toBe('SCOPE_NOT_FOUND');
  });

  const ends: Readonly<Record<string, (machine: Machine) => unknown>> = {
    'is given back': (machine) => machine.release('alice', 'a'),
    expires: (machine) => machine.advance(defaultSettings.lockTtlMs),
    'is revoked': (machine) => machine.say({ kind: 'RevokeLock', scope: a, reason: null }),
    'is left': (machine) => machine.leave('alice'),
    'is lost with its agent': (machine) => {
      machine.renew('alice', 'a', { ttlMs: defaultSettings.lockTtlMaxMs });
      machine.advance(defaultSettings.sessionTtlMs);
    },
    'ends as its holder completes': (machine) =>
      machine.say({ kind: 'SetAgentStatus', agent: agentId('alice'), status: 'completed', reason: null }),
    'ends as its holder is blocked for too long': (machine) => {
      machine.renew('alice', 'a', { ttlMs: defaultSettings.lockTtlMaxMs });
      machine.say({ kind: 'SetAgentStatus', agent: agentId('alice'), status: 'blocked', reason: 'stuck' });
      machine.advance(defaultSettings.maxBlockMs);
    },
  };

  test.each(Object.entries(ends))('goes when its lock %s', (_how, end) => {
    const machine = newMachine();
    machine.say({ kind: 'CancelWait', agent: agentId('bob') });
    // Its agent runs its sync as well, and cannot end the same run twice.
    machine.startSync('alice', 'b');
    machine.completeSync('alice', 'b');
    machine.startSync('alice', 'a');
    machine.define({ c: [] });
    end(machine);
    expect([scope(machine), machine.state.syncs.size]).toEqual([undefined, 0]);
    expect(machine.log.at(-1)?.events.at(-1)).toEqual({ kind: 'scope.removed', scope: 'a' });
  });

  const waits: Readonly<Record<string, (machine: Machine) => unknown>> = {
    'is cancelled': (machine) => machine.say({ kind: 'CancelWait', agent: agentId('bob') }),
    'is over': (machine) => machine.advance(5_000),
    'is left': (machine) => machine.leave('bob'),
  };

  test.each(Object.entries(waits))('that is only waited for goes when the wait %s', (_how, end) => {
    const machine = new Machine({ maxLocksPerAgent: 2 });
    machine.define({ a: [], b: [] });
    for (const name of ['alice', 'bob']) machine.join(name);
    machine.acquire('alice', 'b');
    machine.acquire('bob', ['a', 'b'], { wait: 5_000 });
    machine.define({ b: [] });
    expect(scope(machine)?.withdrawn).toBe(true);
    end(machine);
    expect(scope(machine)).toBeUndefined();
  });

  test('of which two are freed at once goes with the other, in order of path', () => {
    const machine = new Machine({ maxLocksPerAgent: 2 });
    machine.define({ b: [], a: [], c: [] });
    machine.join('alice');
    machine.acquire('alice', ['a', 'b']);
    machine.define({ c: [] });
    const removed = committed(machine.release('alice')).events.slice(-2);
    expect(removed).toEqual(['a', 'b'].map((path) => ({ kind: 'scope.removed', scope: path })));
  });

  test('is withdrawn after a restart, too', () => {
    const machine = newMachine();
    machine.define({ c: [] });
    expect(scope({ state: decodeState(encodeState(machine.state)) } as Machine)).toMatchObject({
      withdrawn: true,
    });
  });

  test('is no other than before in a snapshot of an older version, which had none', () => {
    const machine = newMachine();
    const stored = JSON.parse(encodeState(machine.state)) as { format: number; scopes: Partial<Scope>[] };
    stored.format = 2;
    for (const old of stored.scopes) {
      delete (old as { withdrawn?: boolean }).withdrawn;
      delete old.lastEnd;
    }
    expect(encodeState(decodeState(JSON.stringify(stored)))).toBe(encodeState(machine.state));
  });
});

describe('a scope that a person removes', () => {
  test('is withdrawn while it is in use, and the result says so', () => {
    const machine = newMachine();
    expect(committed(machine.say({ kind: 'RemoveScope', scope: a })).result).toEqual({
      kind: 'scopesDefined',
      added: [],
      changed: [],
      removed: [],
      withdrawn: ['a'],
    });
    expect(machine.holder('a')).toBe('alice');
  });
});

describe('a graph without any scope', () => {
  test('is refused while there are some, unless it is said that it may be empty', () => {
    const machine = newMachine();
    expect(machine.define({})).toMatchObject({ rejection: { code: 'GRAPH_EMPTY', details: { scopes: 2 } } });
    expect(machine.state.scopes.size).toBe(2);
    const meant = machine.say({ kind: 'DefineScopes', scopes: [], mayBeEmpty: true });
    expect(committed(meant).result).toMatchObject({ removed: ['b'], withdrawn: ['a'] });
  });

  test('changes nothing where there is none', () => {
    expect(committed(new Machine().define({})).events).toEqual([]);
    const machine = newMachine();
    machine.say({ kind: 'DefineScopes', scopes: [], mayBeEmpty: true });
    // The only scope left is withdrawn already.
    expect(committed(machine.define({})).events).toEqual([]);
  });
});

test('settings that bound less end nobody, they are refused while they do not fit', () => {
  const machine = newMachine();
  const { settings } = machine.state;
  const tighter = [
    { maxConcurrentAgents: 1 },
    { maxLocksPerAgent: 1 },
    { lockTtlMs: asDurationMs(1), lockTtlMaxMs: asDurationMs(1) },
    { maxContendedHoldMs: asDurationMs(1) },
    { sessionTtlMs: asDurationMs(1) },
    { maxDependencies: 0 },
    { maxScopeDepth: 1 },
  ];
  for (const change of tighter) {
    machine.say({ kind: 'Configure', settings: { ...settings, ...change } });
    expect([machine.holder('a'), machine.state.tickets.size]).toEqual(['alice', 1]);
    machine.say({ kind: 'Configure', settings });
  }
});
