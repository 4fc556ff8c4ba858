import { describe, expect, test } from 'vitest';
import { codeOf, committed, eventKinds, Machine, scopePath } from '../../test/support/machine.ts';
import type { Decision } from './decide.ts';

function details(decision: Decision): unknown {
  return decision.kind === 'rejected' ? decision.rejection.details : decision.kind;
}

function synced(machine: Machine, ...scopes: string[]): void {
  for (const scope of scopes) {
    machine.startSync('alice', scope);
    committed(machine.completeSync('alice', scope));
  }
}

describe('a graph that is refused changes nothing', () => {
  test.each([
    ['SELF_DEPENDENCY', { a: ['a'] }, { scope: 'a' }],
    ['DEPENDENCY_UNKNOWN', { a: ['x', 'y'] }, { scope: 'a', unknown: ['x', 'y'] }],
    ['DEPENDENCY_CYCLE', { a: ['b'], b: ['c'], c: ['a'] }, { cycle: ['a', 'b', 'c', 'a'] }],
    ['DEPENDENCY_CYCLE', { b: ['a'], a: ['b'] }, { cycle: ['a', 'b', 'a'] }],
    [
      'DEPENDENCY_LIMIT_REACHED',
      { a: ['b', 'c', 'd'], b: [], c: [], d: [] },
      { scope: 'a', dependencies: 3 },
    ],
    ['SCOPE_DEPTH_EXCEEDED', { a: ['b'], b: ['c'], c: ['d'], d: [] }, { scope: 'a', depth: 3 }],
  ])('%s', (code, graph, facts) => {
    const machine = new Machine({ maxDependencies: 2, maxScopeDepth: 2 });
    machine.define({ kept: [] });
    const decision = machine.define(graph);
    expect(codeOf(decision)).toBe(code);
    expect(details(decision)).toMatchObject(facts);
    expect([...machine.state.scopes.keys()]).toEqual(['kept']);
  });
});

describe('a graph that is taken', () => {
  test('tells what was added, changed and removed', () => {
    const machine = new Machine();
    machine.define({ a: [], b: [], d: [], c: [] });
    const { result } = committed(machine.define({ a: [], b: ['a'], e: [] }));
    expect(result).toEqual({ kind: 'scopesDefined', added: ['e'], changed: ['b'], removed: ['c', 'd'] });
  });

  test('that is the same as before writes nothing', () => {
    const machine = new Machine();
    machine.define({ a: [], b: ['a'] });
    expect(eventKinds(machine.define({ b: ['a'], a: [] }))).toEqual([]);
  });

  test('keeps locks, syncs and context digests of the scopes that stay', () => {
    const machine = new Machine();
    machine.define({ a: [], b: [] });
    machine.join('alice');
    machine.acquire('alice', 'a');
    const token = machine.token('a');
    synced(machine, 'a');
    machine.define({ a: ['c'], c: [], b: [] });
    expect([machine.holder('a'), machine.token('a')]).toEqual(['alice', token]);
  });

  test('sends back a scope that gains a dependency that is not synced, and all above it', () => {
    const machine = new Machine();
    machine.define({ a: [], b: [], c: ['b'], d: [] });
    machine.join('alice');
    synced(machine, 'a', 'b', 'c', 'd');
    machine.define({ a: [], b: ['e'], c: ['b'], d: ['a'], e: [] });
    const status = (scope: string): string => machine.state.syncs.get(scopePath(scope))?.status ?? 'idle';
    expect(['a', 'b', 'c', 'd', 'e'].map(status)).toEqual(['completed', 'idle', 'idle', 'completed', 'idle']);
  });
});

test('one scope is added or changed without touching the others', () => {
  const machine = new Machine();
  machine.define({ a: [], b: [] });
  const scope = { path: scopePath('b'), name: 'b', type: 'service', dependencies: [scopePath('a')] };
  expect(committed(machine.say({ kind: 'DefineScope', scope })).result).toMatchObject({ changed: ['b'] });
  const next = { ...scope, path: scopePath('c'), dependencies: [scopePath('b')] };
  expect(committed(machine.say({ kind: 'DefineScope', scope: next })).result).toMatchObject({ added: ['c'] });
  const cycle = { ...scope, path: scopePath('a'), dependencies: [scopePath('c')] };
  expect(codeOf(machine.say({ kind: 'DefineScope', scope: cycle }))).toBe('DEPENDENCY_CYCLE');
});

describe('removing a scope', () => {
  test('that others depend on is refused, naming them', () => {
    const machine = new Machine();
    machine.define({ a: [], c: ['a'], b: ['a'] });
    const decision = machine.say({ kind: 'RemoveScope', scope: scopePath('a') });
    expect(codeOf(decision)).toBe('DEPENDENCY_UNKNOWN');
    expect(details(decision)).toEqual({ scope: 'a', dependents: ['b', 'c'] });
  });

  test('ends its lock, its waits and its sync', () => {
    const machine = new Machine();
    machine.define({ a: [] });
    machine.join('alice');
    machine.join('bob');
    machine.acquire('alice', 'a');
    machine.acquire('bob', 'a', { wait: 'open' });
    machine.startSync('bob', 'a');
    expect(eventKinds(machine.say({ kind: 'RemoveScope', scope: scopePath('a') }))).toEqual([
      'ticket.ended',
      'lock.released',
      'sync.aborted',
      'scope.removed',
    ]);
    expect([machine.status('alice'), machine.status('bob')]).toEqual(['idle', 'idle']);
    expect(machine.state.syncs.size).toBe(0);
  });
});

test('an unknown scope is answered with the ones it may have meant', () => {
  const machine = new Machine();
  machine.define({ 'packages/api': [], 'packages/web': [], API: [] });
  machine.join('alice');
  expect(details(machine.acquire('alice', 'api'))).toEqual({
    scope: 'api',
    near: ['API', 'packages/api'],
    scopeCount: 3,
  });
  expect(details(machine.acquire('alice', 'db'))).toMatchObject({ near: [] });
});
