import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { agentId, Machine, resourceName, scopePath } from '../../test/support/machine.ts';
import { asDurationMs } from './ids.ts';
import { initialState } from './initial-state.ts';
import { decodeState, encodeState, SnapshotError } from './snapshot.ts';

function busyMachine(): Machine {
  const machine = new Machine({ maxLocksPerAgent: 2 });
  machine.define({ docs: [], api: ['docs'], web: [] });
  for (const name of ['alice', 'bob', 'carol']) machine.join(name);
  machine.acquire('alice', ['docs', 'web']);
  machine.acquire('bob', 'docs', { wait: 60_000 });
  machine.say({ kind: 'Heartbeat', agent: agentId('carol'), requestId: 'r1' });
  machine.say({ kind: 'SetAgentStatus', agent: agentId('alice'), status: 'working', reason: 'half done' });
  machine.startSync('carol', 'web');
  machine.failSync('carol', 'web');
  machine.startSync('carol', 'docs');
  machine.completeSync('carol', 'docs');
  machine.startSync('carol', 'api');
  return machine;
}

test('the state of an empty log can be stored and read', () => {
  const text = encodeState(initialState());
  expect(encodeState(decodeState(text))).toBe(text);
});

test('a busy state reads back as it was, with its indexes', () => {
  const { state } = busyMachine();
  const twin = decodeState(encodeState(state));
  expect(encodeState(twin)).toBe(encodeState(state));
  expect([...twin.index.queue]).toEqual([...state.index.queue]);
  expect(twin.index.holders).toEqual(state.index.holders);
  expect(twin.index.lockDeadlines.firstRank()).toBe(state.index.lockDeadlines.firstRank());
  expect([...(twin.agents.get(agentId('alice'))?.held ?? [])]).toEqual(['docs', 'web']);
});

test('a state that was stored before agents could report is read as one in which none has', () => {
  const { state } = busyMachine();
  const stored = JSON.parse(encodeState(state)) as { format: number; agents: { lastReport?: unknown }[] };
  for (const agent of stored.agents) delete agent.lastReport;
  const twin = decodeState(JSON.stringify({ ...stored, format: 1 }));
  expect([...twin.agents.values()].map((agent) => agent.lastReport)).toEqual([null, null, null]);
  expect(twin.revision).toBe(state.revision);
});

/** Files and slots that are held and waited for, an agent whose process has ended, a scope that is withdrawn. */
function machineWithTargets(): Machine {
  const resources = { [resourceName('@git')]: 1, [resourceName('@port')]: 2 };
  const machine = new Machine({ resources, maxConcurrentAgents: 9, maxLocksPerAgent: 2 });
  machine.define({ docs: [], web: [] });
  for (const name of ['alice', 'bob', 'carol', 'dave']) machine.join(name);
  machine.acquire('alice', { files: ['docs/b', 'docs/a', 'web/x'], resources: ['@port'] });
  machine.acquire('bob', { scopes: ['docs'], files: ['web/y'], resources: ['@port'] }, { wait: 'open' });
  machine.acquire('carol', { files: ['docs/a', 'docs/c'] }, { wait: 60_000 });
  machine.acquire('dave', { resources: ['@port', '@git'] });
  machine.say({ kind: 'SeeDead', agent: agentId('dave') });
  machine.define({ web: [] });
  return machine;
}

test('files, slots, tickets for them and what is known of processes read back as they were, with their indexes', () => {
  const { state } = machineWithTargets();
  const twin = decodeState(encodeState(state));
  expect(encodeState(twin)).toBe(encodeState(state));
  expect([...twin.tickets.values()]).toEqual([...state.tickets.values()]);
  expect([...twin.locks.keys()].sort()).toEqual([...state.locks.keys()].sort());
  expect(twin.agents.get(agentId('alice'))).toEqual(state.agents.get(agentId('alice')));
  for (const index of ['queues', 'fileQueues'] as const)
    expect(linesOf(twin.index[index])).toEqual(linesOf(state.index[index]));
  expect(twin.index.claims).toEqual(state.index.claims);
  expect(twin.index.holders).toEqual(state.index.holders);
  expect(twin.agents.get(agentId('dave'))?.seenDeadAtMs).toBe(state.timeMs);
});

function linesOf(lines: ReadonlyMap<string, Iterable<number>>): Record<string, number[]> {
  return Object.fromEntries([...lines].map(([key, line]) => [key, [...line]]));
}

test('a state that was stored before files and resources could be locked is read as one without them', () => {
  const machine = busyMachine();
  interface Stored {
    settings: Record<string, unknown>;
    agents: Record<string, unknown>[];
  }
  const stored = JSON.parse(encodeState(machine.state)) as Stored;
  for (const name of ['maxFilesPerAgent', 'maxResourcesPerAgent', 'resources', 'deadGraceMs'])
    delete stored.settings[name];
  for (const agent of stored.agents) for (const name of ['process', 'seenDeadAtMs']) delete agent[name];
  const twin = decodeState(JSON.stringify({ ...stored, format: 3 }));
  expect(encodeState(twin)).toBe(encodeState(machine.state));
  expect(twin.settings).toEqual(machine.state.settings);
});

test('violations read back as they were, and a state that was stored before there were any is read as one without', () => {
  const machine = busyMachine();
  const violation = { by: 'olga', type: 'ContextConsistency', rule: 'BROKEN', subject: 'docs/f' } as const;
  const told = { path: scopePath('docs/f'), evidence: 'is empty', remedy: 'restore it' };
  machine.say({ kind: 'ReportViolation', ...violation, ...told });
  const text = encodeState(machine.state);
  expect(encodeState(decodeState(text))).toBe(text);
  expect([...decodeState(text).openViolations.values()]).toMatchObject([
    { holder: 'alice', scope: 'docs', file: 'docs/f' },
  ]);
  const { openViolations: _none, ...stored } = JSON.parse(text) as Record<string, unknown>;
  expect(decodeState(JSON.stringify({ ...stored, format: 5 })).openViolations.size).toBe(0);
});

test('what is stored does not depend on the order in which it came to be', () => {
  function stored(scopes: readonly string[], agents: readonly string[]): Record<string, unknown> {
    const machine = new Machine({ maxConcurrentAgents: 2 });
    machine.define(Object.fromEntries(scopes.map((scope) => [scope, []])));
    for (const name of agents) machine.join(name);
    for (const name of agents) machine.acquire(name, name);
    for (const name of agents) machine.startSync(name, name);
    return JSON.parse(encodeState(machine.state)) as Record<string, unknown>;
  }
  const order = (state: Record<string, unknown>): unknown =>
    ['scopes', 'agents', 'locks', 'syncs'].map((part) =>
      (state[part] as { path?: string; id?: string; scope?: string }[]).map(
        ({ path, id, scope }) => path ?? id ?? scope,
      ),
    );
  const [straight, reversed] = [stored(['a', 'b'], ['a', 'b']), stored(['b', 'a'], ['b', 'a'])];
  expect(order(reversed)).toEqual(order(straight));
  expect(order(straight)).toEqual([
    ['a', 'b'],
    ['a', 'b'],
    ['a', 'b'],
    ['a', 'b'],
  ]);
});

test('the lost agents are forgotten in the same order after a restart: by deadline, by name', () => {
  const machine = new Machine({ sessionTtlMs: asDurationMs(1_000) });
  machine.join('late');
  machine.advance(400);
  machine.join('d');
  machine.join('c');
  machine.advance(300);
  machine.join('b');
  machine.heartbeat('late');
  machine.advance(200);
  machine.heartbeat('late');
  machine.nowMs += 900; // Nobody was there to see d, c and b run out, one after the other.
  machine.settleDue();
  machine.advance(1_000);
  const lost = [...machine.state.index.lostAgents];
  expect(lost).toEqual(['c', 'd', 'b', 'late']);
  expect([...decodeState(encodeState(machine.state)).index.lostAgents]).toEqual(lost);
});

test('context files are stored by name, in whichever order they were written', () => {
  const machine = busyMachine();
  const { contexts } = machine.state.scopes.get(scopePath('docs')) ?? { contexts: new Map() };
  const record = { digest: 'd'.repeat(64), revision: machine.state.revision, agent: agentId('alice') };
  for (const file of ['b.yaml', 'a.yaml', 'c.yaml']) contexts.set(file, record);
  const twin = decodeState(encodeState(machine.state)).scopes.get(scopePath('docs'));
  expect([...(twin?.contexts.keys() ?? [])]).toEqual(['a.yaml', 'b.yaml', 'c.yaml']);
});

test('totals, clock and the wait for a place are kept', () => {
  const machine = new Machine({ maxConcurrentAgents: 1 });
  machine.define({ a: [], b: [] });
  for (const name of ['alice', 'bob']) machine.join(name);
  machine.say({ kind: 'TakeOver', clock: { host: 'h', boot: 'b', offsetMs: 1 }, cause: 'first' });
  machine.acquire('alice', 'a');
  machine.acquire('bob', 'b', { wait: 1_000 });
  machine.advance(1_000);
  machine.acquire('bob', 'b', { wait: 'open' });
  const { totals, clock, placeWaitSinceMs, revision, timeMs, index } = decodeState(
    encodeState(machine.state),
  );
  expect(totals).toEqual({ conflicts: 2, timeouts: 1 });
  expect(clock).toEqual({ host: 'h', boot: 'b', offsetMs: 1 });
  expect([placeWaitSinceMs, timeMs]).toEqual([machine.nowMs, machine.nowMs]);
  expect(revision).toBe(machine.state.revision);
  expect(index.blockDeadlines.firstRank()).toBe(machine.state.index.blockDeadlines.firstRank());
});

test('a request answered before the snapshot is a repeat after it', () => {
  const machine = busyMachine();
  const twin = decodeState(encodeState(machine.state));
  expect([...twin.recentRequests]).toEqual([...machine.state.recentRequests]);
});

describe('a text that is no state is refused', () => {
  test.each([
    ['nothing', '', 'not JSON'],
    ['half a snapshot', encodeState(initialState()).slice(0, -10), 'not JSON'],
    ['another JSON value', 'null', 'no known format'],
    ['an object', '{}', 'no known format'],
    ['a format that is no number', '{"format":"2"}', 'no known format'],
    ['an older format', '{"format":0}', 'no known format'],
    ['a newer format', '{"format":7}', 'use the version that wrote it'],
    ['a format alone', '{"format":1}', 'not the shape'],
  ])('%s', (_what, text, problem) => {
    expect(() => decodeState(text)).toThrow(SnapshotError);
    expect(() => decodeState(text)).toThrow(problem);
  });

  test('with the error that led to it as the cause, where there is one', () => {
    for (const text of ['{', '{"format":1}'])
      expect(() => decodeState(text)).toThrow(
        expect.objectContaining({ name: 'SnapshotError', cause: expect.any(Error) }),
      );
  });

  test('a lock whose holder is missing', () => {
    const stored = JSON.parse(encodeState(busyMachine().state)) as { agents: unknown[] };
    stored.agents = [];
    expect(() => decodeState(JSON.stringify(stored))).toThrow(SnapshotError);
  });

  test('a state that breaks an invariant, which is named', () => {
    const stored = JSON.parse(encodeState(busyMachine().state)) as { locks: { token: number }[] };
    for (const lock of stored.locks) lock.token = 1_000;
    expect(() => decodeState(JSON.stringify(stored))).toThrow(/FencingMonotonic does not hold for docs/);
  });

  test('whatever is torn out of it or overwritten in it, it is refused or is a state', () => {
    const text = encodeState(busyMachine().state);
    const filler = fc.constantFrom('', '0', 'null', '"x"', '[]', '{}', 'x');
    fc.assert(
      fc.property(fc.nat({ max: text.length }), fc.nat({ max: 30 }), filler, (from, length, fill) => {
        try {
          const state = decodeState(text.slice(0, from) + fill + text.slice(from + length));
          expect(typeof encodeState(state)).toBe('string');
        } catch (error) {
          expect(error).toBeInstanceOf(SnapshotError);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
