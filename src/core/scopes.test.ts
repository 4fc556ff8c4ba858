import { describe, expect, test } from 'vitest';
import { codeOf, committed, eventKinds, Machine, scopePath } from '../../test/support/machine.ts';
import type { Decision } from './decision.ts';
import type { ScopePath } from './ids.ts';
import { scopesMax } from './limits.ts';
import { refusedGraph } from './scopes.ts';
import { defaultSettings, type Settings } from './settings.ts';

type Graph = Parameters<typeof refusedGraph>[0];

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

describe('the bounds of a graph', () => {
  const none: Graph = new Map();
  const code = (graph: Graph, settings: Partial<Settings> = {}): string => {
    const refused = refusedGraph(graph, { ...defaultSettings, ...settings });
    return refused === null ? 'taken' : codeOf(refused);
  };
  const graphOf = (graph: Readonly<Record<string, readonly string[]>>): Graph =>
    new Map(
      Object.entries(graph).map(([path, dependencies]) => [
        scopePath(path),
        { dependencies: dependencies.map(scopePath) },
      ]),
    );

  test('are taken themselves, and refused one beyond', () => {
    expect(code(none)).toBe('taken');
    const many = new Map<ScopePath, { dependencies: [] }>();
    while (many.size < scopesMax) many.set(`s${many.size}` as ScopePath, { dependencies: [] });
    expect(code(many)).toBe('taken');
    expect(code(many.set(scopePath('another'), { dependencies: [] }))).toBe('SCOPE_LIMIT_REACHED');
    const chain = graphOf({ a: ['b'], b: ['c'], c: [] });
    expect(code(chain, { maxScopeDepth: 2 })).toBe('taken');
    expect(code(chain, { maxScopeDepth: 1 })).toBe('SCOPE_DEPTH_EXCEEDED');
    const fan = graphOf({ a: ['b', 'c'], b: [], c: [] });
    expect(code(fan, { maxDependencies: 2 })).toBe('taken');
    expect(code(fan, { maxDependencies: 1 })).toBe('DEPENDENCY_LIMIT_REACHED');
  });

  test('are looked at scope by scope in order of path, whatever the order of definition', () => {
    for (const graph of [graphOf({ b: ['b'], a: ['x'] }), graphOf({ a: ['x'], b: ['b'] })])
      expect(refusedGraph(graph, defaultSettings)).toMatchObject({
        rejection: { code: 'DEPENDENCY_UNKNOWN', details: { scope: 'a', unknown: ['x'] } },
      });
  });
});

describe('a scope is changed', () => {
  const scope = { path: scopePath('b'), name: 'b', type: 'library', dependencies: [scopePath('a')] };
  test.each([
    ['by another name', { name: 'bee' }],
    ['by another type', { type: 'service' }],
    ['by one dependency less', { dependencies: [] }],
    ['by another dependency', { dependencies: [scopePath('c')] }],
    ['by one dependency more', { dependencies: [scopePath('a'), scopePath('c')] }],
  ])('%s', (_how, change) => {
    const machine = new Machine();
    machine.define({ a: [], b: ['a'], c: [] });
    expect(eventKinds(machine.say({ kind: 'DefineScope', scope }))).toEqual([]);
    const changed = { ...scope, ...change };
    expect(committed(machine.say({ kind: 'DefineScope', scope: changed }))).toEqual({
      kind: 'committed',
      events: [{ kind: 'scope.defined', scope: changed }],
      result: { kind: 'scopesDefined', added: [], changed: ['b'], removed: [] },
    });
    expect(machine.state.scopes.get(scope.path)).toMatchObject(changed);
  });

  test('without being synced again when its dependencies stay, synced or not', () => {
    const machine = new Machine({ dependencyChecking: false });
    machine.define({ a: [], b: ['a'] });
    machine.join('alice');
    synced(machine, 'b');
    machine.say({ kind: 'DefineScope', scope: { ...scope, name: 'bee' } });
    expect(machine.state.syncs.get(scope.path)?.status).toBe('completed');
  });
});

test('a scope that nothing depends on any more is no longer listed as a dependency', () => {
  const machine = new Machine();
  machine.define({ a: [], b: ['a'], c: ['a'] });
  machine.define({ a: [], b: [], c: ['a'] });
  expect([...machine.state.index.dependents]).toEqual([['a', new Set(['c'])]]);
  machine.define({ a: [], b: [] });
  expect(machine.state.index.dependents.size).toBe(0);
});

test('what a new dependency sends back is taken in one order, in whichever the scopes were defined', () => {
  const results = [
    { a: [], b: ['a'], c: ['a'], d: ['a'] },
    { d: ['a'], c: ['a'], b: ['a'], a: [] },
  ].map((graph) => {
    const machine = new Machine();
    machine.define(graph);
    machine.join('alice');
    synced(machine, 'a', 'd', 'c', 'b');
    const { events } = committed(machine.define({ ...graph, a: ['new'], new: [] }));
    return events.flatMap((event) => (event.kind === 'sync.invalidated' ? [event] : []));
  });
  expect(results[0]).toHaveLength(4);
  expect(results[0]).toEqual(results[1]);
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

  test('sends back a scope that gains an unsynced dependency beside one that it had', () => {
    const machine = new Machine();
    machine.define({ a: [], b: ['a'] });
    machine.join('alice');
    synced(machine, 'a', 'b');
    machine.define({ a: [], b: ['a', 'c'], c: [] });
    expect(machine.state.syncs.get(scopePath('b'))?.status).toBe('idle');
  });

  test('sends back what comes to depend on a scope that is sent back', () => {
    const machine = new Machine();
    machine.define({ a: [], b: [] });
    machine.join('alice');
    synced(machine, 'a', 'b');
    machine.define({ a: ['c'], b: ['a'], c: [] });
    expect(machine.state.syncs.get(scopePath('b'))?.status).toBe('idle');
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
  test('that is not defined is refused', () => {
    const machine = new Machine();
    expect(codeOf(machine.say({ kind: 'RemoveScope', scope: scopePath('a') }))).toBe('SCOPE_NOT_FOUND');
  });

  test('that nobody uses ends its sync', () => {
    const machine = new Machine();
    machine.define({ a: [] });
    machine.join('bob');
    machine.startSync('bob', 'a');
    const run = machine.runOf('a');
    expect(committed(machine.say({ kind: 'RemoveScope', scope: scopePath('a') })).events).toEqual([
      { kind: 'sync.aborted', scope: 'a', run, reason: 'its scope was removed' },
      { kind: 'scope.removed', scope: 'a' },
    ]);
    expect(machine.state.syncs.size).toBe(0);
  });

  test('that others depend on is refused, naming them', () => {
    const machine = new Machine();
    machine.define({ a: [], c: ['a'], b: ['a'] });
    const decision = machine.say({ kind: 'RemoveScope', scope: scopePath('a') });
    expect(codeOf(decision)).toBe('DEPENDENCY_UNKNOWN');
    expect(details(decision)).toEqual({ scope: 'a', dependents: ['b', 'c'] });
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
  expect(details(machine.acquire('alice', 'code/api'))).toMatchObject({ near: ['API'] });
  expect(details(machine.acquire('alice', 'xapi'))).toMatchObject({ near: [] });
});

test('of the scopes that an unknown one may have meant only some are listed, in order of path', () => {
  const machine = new Machine();
  machine.define(Object.fromEntries(['f', 'd', 'b', 'a', 'c', 'e'].map((folder) => [`${folder}/api`, []])));
  machine.join('alice');
  expect(details(machine.acquire('alice', 'api'))).toMatchObject({
    near: ['a/api', 'b/api', 'c/api', 'd/api', 'e/api'],
  });
});
