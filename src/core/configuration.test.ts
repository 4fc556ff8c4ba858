import { describe, expect, test } from 'vitest';
import {
  agentId,
  codeOf,
  committed,
  eventKinds,
  Machine,
  resourceName,
  scopePath,
} from '../../test/support/machine.ts';
import type { Decision } from './decision.ts';
import { asDurationMs } from './ids.ts';
import type { Settings } from './settings.ts';

function newMachine(settings: Partial<Settings> = {}): Machine {
  const machine = new Machine({ maxLocksPerAgent: 2, ...settings });
  machine.define({ a: [], b: ['a'] });
  machine.join('alice');
  machine.join('bob');
  return machine;
}

function configure(machine: Machine, change: Partial<Settings>): Decision {
  return machine.say({ kind: 'Configure', settings: { ...machine.state.settings, ...change } });
}

describe('configuring', () => {
  test('the same settings again writes nothing', () => {
    expect(eventKinds(configure(newMachine(), {}))).toEqual([]);
  });

  test.each<[string, Partial<Settings>, string]>([
    ['fewer agents than hold locks', { maxConcurrentAgents: 1 }, 'SETTINGS_IN_USE'],
    ['fewer locks than an agent holds', { maxLocksPerAgent: 1 }, 'SETTINGS_IN_USE'],
    ['fewer dependencies than the graph has', { maxDependencies: 0 }, 'DEPENDENCY_LIMIT_REACHED'],
    ['a value out of bounds', { sessionTtlMs: asDurationMs(0) }, 'SETTINGS_INVALID'],
    ['bounds that still fit', { maxConcurrentAgents: 2, maxDependencies: 1 }, 'committed'],
  ])('%s', (_what, change, outcome) => {
    const machine = newMachine();
    machine.define({ a: [], b: ['a'], c: [] });
    machine.acquire('alice', ['a', 'b']);
    machine.acquire('bob', 'c');
    expect(codeOf(configure(machine, change))).toBe(outcome);
  });

  test('tells that it is done, and the log has all the settings', () => {
    const machine = newMachine();
    const { events, result } = committed(configure(machine, { maxRetries: 7 }));
    expect(events).toEqual([{ kind: 'settings.changed', settings: machine.state.settings }]);
    expect(machine.state.settings.maxRetries).toBe(7);
    expect(result).toEqual({ kind: 'done' });
    expect(committed(configure(machine, {})).result).toEqual({ kind: 'done' });
  });

  test('names the first of the agents for whom the settings are too small', () => {
    const machine = newMachine({ maxConcurrentAgents: 4 });
    machine.join('aaron');
    machine.define({ a: [], b: ['a'], c: [], d: [] });
    machine.acquire('aaron', ['c', 'd']);
    machine.acquire('alice', ['a', 'b']);
    expect(configure(machine, { maxLocksPerAgent: 1 })).toMatchObject({
      rejection: {
        code: 'SETTINGS_IN_USE',
        details: { what: expect.stringMatching(/^aaron .* in 2 scopes/) },
      },
    });
  });

  test('what an agent holds and waits for is counted together, and may fill the bound', () => {
    const machine = newMachine({ maxLocksPerAgent: 3 });
    machine.acquire('bob', 'b');
    machine.acquire('alice', 'a');
    machine.acquire('alice', 'b', { wait: 'open' });
    expect(codeOf(configure(machine, { maxLocksPerAgent: 1 }))).toBe('SETTINGS_IN_USE');
    expect(codeOf(configure(machine, { maxLocksPerAgent: 2 }))).toBe('committed');
  });

  test('dependencies that are checked from now on send back what stands on unsynced ones, in one order', () => {
    const machine = new Machine({ dependencyChecking: false });
    machine.define({ base: [], zoo: ['base'], lib: ['base'], alone: [], app: ['alone', 'lib'] });
    machine.join('alice');
    for (const scope of ['zoo', 'app', 'lib', 'alone']) {
      machine.startSync('alice', scope);
      machine.completeSync('alice', scope);
    }
    const { events } = committed(configure(machine, { dependencyChecking: true }));
    expect(events.slice(1)).toEqual([
      { kind: 'sync.invalidated', scope: 'zoo', cause: 'zoo' },
      { kind: 'sync.invalidated', scope: 'lib', cause: 'lib' },
      { kind: 'sync.invalidated', scope: 'app', cause: 'lib' },
    ]);
    expect(machine.state.syncs.get(scopePath('alone'))?.status).toBe('completed');
  });

  test('other settings leave alone what was synced while dependencies are not checked', () => {
    const machine = newMachine({ dependencyChecking: false });
    machine.startSync('alice', 'b');
    machine.completeSync('alice', 'b');
    expect(eventKinds(configure(machine, { maxRetries: 9 }))).toEqual(['settings.changed']);
    expect(machine.state.syncs.get(scopePath('b'))?.status).toBe('completed');
  });

  test('a smaller retry budget cuts the failures down to it, a larger one leaves them', () => {
    const machine = newMachine({ maxRetries: 3, retryBackoffMs: asDurationMs(0) });
    const failures = (): number | undefined => machine.state.syncs.get(scopePath('a'))?.failures;
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      machine.startSync('alice', 'a');
      machine.failSync('alice', 'a');
      if (attempt < 3) machine.say({ kind: 'RetrySync', scope: scopePath('a') });
    }
    configure(machine, { maxRetries: 5 });
    expect(failures()).toBe(3);
    configure(machine, { maxRetries: 1 });
    expect(failures()).toBe(2); // It has failed: one try and one retry are used up.
    configure(machine, { maxRetries: 3 });
    machine.say({ kind: 'RetrySync', scope: scopePath('a') });
    configure(machine, { maxRetries: 1 });
    expect(failures()).toBe(1); // It is about to be tried: one failure must have room.
  });

  test('a ticket counts like the locks that it will become', () => {
    const machine = newMachine();
    machine.acquire('alice', 'a');
    machine.acquire('bob', ['a', 'b'], { wait: 'open' });
    expect(codeOf(configure(machine, { maxLocksPerAgent: 1 }))).toBe('SETTINGS_IN_USE');
  });

  test('a shorter block time counts from when the block began', () => {
    const machine = newMachine({ maxBlockMs: asDurationMs(60_000) });
    machine.acquire('alice', 'a', { ttlMs: 600_000 });
    machine.acquire('bob', 'a', { wait: 'open' });
    machine.advance(20_000);
    configure(machine, { maxBlockMs: asDurationMs(30_000) });
    machine.advance(9_999);
    expect(machine.status('bob')).toBe('blocked');
    machine.advance(1);
    expect(machine.status('bob')).toBe('idle');
  });

  test('a smaller retry budget leaves room for the try that may still fail', () => {
    const machine = newMachine({ maxRetries: 2, retryBackoffMs: asDurationMs(0) });
    machine.startSync('alice', 'a');
    machine.failSync('alice', 'a');
    machine.say({ kind: 'RetrySync', scope: scopePath('a') });
    committed(configure(machine, { maxRetries: 0 }));
    machine.startSync('alice', 'a');
    committed(machine.failSync('alice', 'a'));
    expect(machine.state.syncs.get(scopePath('a'))?.failures).toBe(1);
  });
});

describe('taking over on another clock', () => {
  test('starts leases, sessions, waits, blocks and contention anew in full', () => {
    const machine = newMachine({ maxConcurrentAgents: 1 });
    machine.acquire('alice', 'a');
    machine.acquire('bob', 'b', { wait: 20_000 });
    machine.advance(10_000);
    machine.say({ kind: 'TakeOver', clock: { host: 'h', boot: 'x', offsetMs: 7 }, cause: 'otherHost' });
    const { state, nowMs } = machine;
    expect(state.clock).toEqual({ host: 'h', boot: 'x', offsetMs: 7 });
    expect(state.locks.get(scopePath('a'))?.deadlineMs).toBe(nowMs + 60_000);
    expect([...state.tickets.values()][0]?.deadlineMs).toBe(nowMs + 20_000);
    expect(state.placeWaitSinceMs).toBe(nowMs);
    expect(state.agents.get(agentId('bob'))).toMatchObject({
      sessionDeadlineMs: nowMs + state.settings.sessionTtlMs,
      blockedSinceMs: nowMs,
    });
  });

  test('never takes back what a lease had left, however far the clock has jumped', () => {
    const machine = newMachine();
    machine.acquire('alice', 'a', { ttlMs: 50_000 });
    machine.advance(1_000);
    machine.renew('alice', 'a', { ttlMs: 4_000 });
    machine.advance(20_000);
    machine.say({ kind: 'TakeOver', clock: { host: 'h', boot: 'x', offsetMs: 7 }, cause: 'clockJump' });
    const { state, nowMs } = machine;
    expect(state.locks.get(scopePath('a'))?.deadlineMs).toBe(nowMs + 49_000);
    expect(state.index.lockDeadlines.get(scopePath('a'))).toBe(nowMs + 49_000);
  });

  test('starts anew what is contended, and leaves alone what is not', () => {
    const machine = newMachine({ maxConcurrentAgents: 3, lockTtlMs: asDurationMs(60_000) });
    machine.define({ a: [], b: ['a'], c: [] });
    machine.join('carol');
    machine.acquire('alice', 'a');
    machine.acquire('carol', 'c');
    machine.acquire('bob', 'a', { wait: 'open' });
    machine.advance(10_000);
    machine.say({ kind: 'TakeOver', clock: { host: 'h', boot: 'x', offsetMs: 7 }, cause: 'clockJump' });
    const { state, nowMs } = machine;
    expect(state.locks.get(scopePath('a'))?.contendedSinceMs).toBe(nowMs);
    expect(state.locks.get(scopePath('c'))?.contendedSinceMs).toBeNull();
    expect(state.placeWaitSinceMs).toBeNull();
    const [waiter] = state.tickets.values();
    expect([waiter?.deadlineMs, state.index.ticketDeadlines.size]).toEqual([null, 0]);
    expect(state.agents.get(agentId('carol'))?.blockedSinceMs).toBeNull();
    expect(state.index.lockDeadlines.get(scopePath('a'))).toBe(nowMs + 60_000);
  });

  test('the first owner has nothing to start anew', () => {
    const machine = newMachine();
    const clock = { host: 'h', boot: 'x', offsetMs: 7 };
    expect(eventKinds(machine.say({ kind: 'TakeOver', clock, cause: 'first' }))).toEqual(['clock.anchored']);
  });

  test('an agent that is lost stays lost', () => {
    const machine = newMachine();
    machine.advance(machine.state.settings.sessionTtlMs);
    machine.say({ kind: 'TakeOver', clock: { host: 'h', boot: 'x', offsetMs: 7 }, cause: 'otherBoot' });
    expect(machine.state.agents.get(agentId('bob'))?.presence).toBe('lost');
    expect(machine.state.index.sessionDeadlines.size).toBe(0);
  });
});

describe('slots of a resource', () => {
  const port = { resources: ['@port'] };
  const slots = (capacity: number): Settings['resources'] => ({
    [resourceName('@git')]: 1,
    ...(capacity > 0 && { [resourceName('@port')]: capacity }),
  });

  function withSlots(capacity: number): Machine {
    const machine = newMachine({ resources: slots(capacity), maxConcurrentAgents: 4 });
    for (const name of ['carol', 'dave']) machine.join(name);
    return machine;
  }

  test('that are more from now on go to those who wait', () => {
    const machine = withSlots(1);
    machine.acquire('alice', port);
    machine.acquire('bob', port, { wait: 'open' });
    machine.acquire('carol', port, { wait: 'open' });
    expect(codeOf(configure(machine, { resources: slots(3) }))).toBe('committed');
    expect(['@port#1', '@port#2', '@port#3'].map((slot) => machine.holder(slot))).toEqual([
      'alice',
      'bob',
      'carol',
    ]);
  });

  test('are contended no more when one is free from now on, and are when none is any more', () => {
    const machine = withSlots(1);
    machine.acquire('dave', 'a');
    machine.acquire('alice', port);
    machine.acquire('bob', { scopes: ['a'], resources: ['@port'] }, { wait: 'open' });
    const [lock] = [...machine.state.locks.values()].filter(({ resource }) => resource !== undefined);
    expect(lock?.contendedSinceMs).toBe(machine.nowMs);
    configure(machine, { resources: slots(2) });
    expect(lock?.contendedSinceMs).toBeNull();
    machine.advance(10);
    configure(machine, { resources: slots(1) });
    expect(lock?.contendedSinceMs).toBe(machine.nowMs);
  });

  test('stay as many as are held', () => {
    const machine = withSlots(2);
    machine.acquire('alice', port);
    machine.acquire('bob', port);
    machine.release('alice');
    expect(configure(machine, { resources: slots(1) })).toMatchObject({
      rejection: { details: { what: 'slot 2 of @port is held, its capacity would be 1' } },
    });
  });

  test('do not go while somebody waits for one', () => {
    const machine = withSlots(1);
    machine.acquire('dave', 'a');
    machine.acquire('bob', { scopes: ['a'], resources: ['@port'] }, { wait: 'open' });
    expect(configure(machine, { resources: slots(0) })).toMatchObject({
      rejection: { details: { what: '@port is waited for, and would be no resource any more' } },
    });
  });

  test('do not become so few that those who wait would wait for one another for ever', () => {
    const machine = withSlots(2);
    machine.acquire('dave', { files: ['a/g'] });
    machine.acquire('bob', { files: ['a/f'] });
    machine.acquire('alice', port);
    machine.acquire('bob', { files: ['a/g'], resources: ['@port'] }, { wait: 'open' });
    machine.acquire('alice', { files: ['a/f'] }, { wait: 'open' });
    expect(configure(machine, { resources: slots(1) })).toMatchObject({
      rejection: {
        code: 'SETTINGS_IN_USE',
        details: { what: 'with fewer places or slots alice and bob would wait for one another for ever' },
      },
    });
  });
});

test.each<[string, Partial<Settings>, string]>([
  [
    'fewer files than an agent holds and waits for',
    { maxFilesPerAgent: 2 },
    'alice holds or waits for 3 files',
  ],
  [
    'fewer resources than an agent holds and waits for',
    { maxResourcesPerAgent: 1 },
    'alice holds or waits for 2',
  ],
])('%s: that is not taken yet', (_what, change, problem) => {
  const resources = { [resourceName('@git')]: 1, [resourceName('@port')]: 1 };
  const machine = newMachine({ resources });
  machine.acquire('bob', { files: ['a/z'], resources: ['@port'] });
  machine.acquire('alice', { files: ['a/x', 'a/y'], resources: ['@git'] });
  machine.acquire('alice', { files: ['a/z'], resources: ['@port'] }, { wait: 'open' });
  expect(configure(machine, change)).toMatchObject({
    rejection: { code: 'SETTINGS_IN_USE', details: { what: expect.stringContaining(problem) } },
  });
});
