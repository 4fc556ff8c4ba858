import { describe, expect, test } from 'vitest';
import {
  agentId,
  codeOf,
  committed,
  Machine,
  scopePath,
  type SaidCommand,
} from '../../test/support/machine.ts';
import { asDurationMs, type SyncRun } from './ids.ts';
import type { Settings } from './settings.ts';
import type { SyncStatus } from './statuses.ts';

/** tool stands alone; app depends on lib, lib on base. */
function newMachine(settings: Partial<Settings> = {}): Machine {
  const machine = new Machine({ retryBackoffMs: asDurationMs(1_000), ...settings });
  machine.define({ base: [], lib: ['base'], app: ['lib'], tool: [] });
  machine.join('alice');
  machine.join('bob');
  return machine;
}

function complete(machine: Machine, ...scopes: string[]): void {
  for (const scope of scopes) {
    machine.startSync('alice', scope);
    committed(machine.completeSync('alice', scope));
  }
}

function fail(machine: Machine, scope: string): void {
  committed(machine.startSync('alice', scope));
  committed(machine.failSync('alice', scope));
}

const statusOf = (machine: Machine, scope: string): SyncStatus =>
  machine.state.syncs.get(scopePath(scope))?.status ?? 'idle';
const scoped = (kind: 'RetrySync' | 'ResetSync', scope: string) =>
  ({ kind, scope: scopePath(scope) }) as const;
const changed = (scope: string) =>
  ({ kind: 'InvalidateSync', scope: scopePath(scope), reason: null }) as const;

describe('what may follow on each status', () => {
  const starts: { readonly [Status in SyncStatus]: (machine: Machine) => void } = {
    idle: () => undefined,
    syncing: (machine) => void machine.startSync('alice', 'base'),
    completed: (machine) => complete(machine, 'base'),
    failed: (machine) => {
      fail(machine, 'base');
      machine.advance(1_000);
    },
  };
  const acts: Readonly<Record<string, (machine: Machine) => ReturnType<Machine['say']>>> = {
    start: (machine) => machine.startSync('alice', 'base'),
    complete: (machine) => machine.completeSync('alice', 'base'),
    fail: (machine) => machine.failSync('alice', 'base'),
    retry: (machine) => machine.say(scoped('RetrySync', 'base')),
    reset: (machine) => machine.say(scoped('ResetSync', 'base')),
    abort: (machine) => machine.say({ kind: 'AbortSync', scope: scopePath('base'), reason: null }),
    invalidate: (machine) => machine.say(changed('base')),
  };
  const outcomes: { readonly [Status in SyncStatus]: Readonly<Record<string, string>> } = {
    idle: {
      start: 'syncing',
      complete: 'SYNC_NOT_RUNNING',
      fail: 'SYNC_NOT_RUNNING',
      retry: 'SYNC_NOT_FAILED',
      reset: 'SYNC_NOT_FAILED',
      abort: 'SYNC_NOT_RUNNING',
      invalidate: 'idle',
    },
    syncing: {
      start: 'SYNC_IN_PROGRESS',
      complete: 'completed',
      fail: 'failed',
      retry: 'SYNC_NOT_FAILED',
      reset: 'SYNC_NOT_FAILED',
      abort: 'idle',
      invalidate: 'idle',
    },
    completed: {
      start: 'SYNC_ALREADY_COMPLETED',
      complete: 'SYNC_NOT_RUNNING',
      fail: 'SYNC_NOT_RUNNING',
      retry: 'SYNC_NOT_FAILED',
      reset: 'SYNC_NOT_FAILED',
      abort: 'SYNC_NOT_RUNNING',
      invalidate: 'idle',
    },
    failed: {
      start: 'SYNC_FAILED',
      complete: 'SYNC_NOT_RUNNING',
      fail: 'SYNC_NOT_RUNNING',
      retry: 'idle',
      reset: 'idle',
      abort: 'SYNC_NOT_RUNNING',
      invalidate: 'idle',
    },
  };
  const rows = Object.entries(outcomes).flatMap(([from, row]) =>
    Object.entries(row).map(([act, outcome]) => [from as SyncStatus, act, outcome] as const),
  );

  test.each(rows)('%s, then %s: %s', (from, act, outcome) => {
    const machine = newMachine();
    starts[from](machine);
    const decision = acts[act]?.(machine);
    if (decision === undefined) throw new Error(act);
    expect(decision.kind === 'rejected' ? codeOf(decision) : statusOf(machine, 'base')).toBe(outcome);
  });
});

describe('a change', () => {
  test('sends the scope and all above it back, in dependency order, and nothing else', () => {
    const machine = newMachine();
    complete(machine, 'base', 'lib', 'tool');
    machine.startSync('bob', 'app');
    const { result } = committed(machine.say(changed('base')));
    expect(result).toEqual({ kind: 'invalidated', scopes: ['base', 'lib', 'app'] });
    expect(statusOf(machine, 'tool')).toBe('completed');
  });

  test('names the change that reached each scope first', () => {
    const machine = newMachine();
    complete(machine, 'base', 'lib', 'app', 'tool');
    const scopes = ['tool', 'lib'].map(scopePath);
    const { events } = committed(machine.say({ kind: 'GitOperation', scopes, operation: 'merge' }));
    const causes = events.flatMap((event) =>
      event.kind === 'sync.invalidated' ? [`${event.scope} by ${event.cause}`] : [],
    );
    expect(causes.toSorted()).toEqual(['app by lib', 'lib by lib', 'tool by tool']);
  });

  test('of a scope and of one that depends on it names each as its own cause, dependencies first', () => {
    const machine = newMachine();
    complete(machine, 'base', 'lib', 'app');
    const scopes = ['lib', 'base'].map(scopePath);
    const { events } = committed(machine.say({ kind: 'GitOperation', scopes, operation: 'merge' }));
    expect(events).toEqual([
      { kind: 'repository.changed', scopes: ['lib', 'base'], operation: 'merge' },
      { kind: 'sync.invalidated', scope: 'base', cause: 'base' },
      { kind: 'sync.invalidated', scope: 'lib', cause: 'lib' },
      { kind: 'sync.invalidated', scope: 'app', cause: 'lib' },
    ]);
  });

  test('reaches scopes side by side in one order, in whichever they were defined', () => {
    const results = [
      { base: [], b: ['base'], c: ['base'] },
      { c: ['base'], b: ['base'], base: [] },
    ].map((graph) => {
      const machine = new Machine();
      machine.define(graph);
      machine.join('alice');
      complete(machine, 'base', 'c', 'b');
      return committed(machine.say(changed('base'))).result;
    });
    expect(results[0]).toEqual(results[1]);
  });

  test('renews the retry budgets above it, also of scopes that are idle', () => {
    const machine = newMachine({ maxRetries: 1 });
    complete(machine, 'base');
    fail(machine, 'lib');
    machine.advance(1_000);
    machine.say(scoped('RetrySync', 'lib'));
    expect(machine.state.syncs.get(scopePath('lib'))?.failures).toBe(1);
    const { result } = committed(machine.say(changed('base')));
    expect(machine.state.syncs.get(scopePath('lib'))?.failures).toBe(0);
    expect(result).toEqual({ kind: 'invalidated', scopes: ['base'] }); // The status of lib was idle already.
  });

  test('that reaches a scope from two sides is caused by the side that comes first', () => {
    const machine = new Machine();
    machine.define({ x: [], y: [], z: ['x', 'y'] });
    machine.join('alice');
    complete(machine, 'x', 'y', 'z');
    const scopes = ['x', 'y'].map(scopePath);
    const { events } = committed(machine.say({ kind: 'GitOperation', scopes, operation: 'merge' }));
    const causes = events.flatMap((event) => (event.kind === 'sync.invalidated' ? [event.cause] : []));
    expect(causes).toEqual(['y', 'x', 'y']);
  });

  test('of nothing that was synced writes nothing', () => {
    const machine = newMachine();
    machine.startSync('alice', 'base');
    machine.say({ kind: 'AbortSync', scope: scopePath('base'), reason: null });
    expect(committed(machine.say(changed('base'))).events).toEqual([]);
  });
});

test('a budget of two retries allows three tries', () => {
  const machine = newMachine({ maxRetries: 2, retryBackoffMs: asDurationMs(0) });
  for (let retry = 0; retry < 2; retry += 1) {
    fail(machine, 'base');
    committed(machine.say(scoped('RetrySync', 'base')));
  }
  fail(machine, 'base');
  expect(codeOf(machine.say(scoped('RetrySync', 'base')))).toBe('RETRY_LIMIT_REACHED');
  expect(machine.state.index.runningSyncs.size).toBe(0);
});

test('a run tells its number and which attempt it is', () => {
  const machine = newMachine();
  fail(machine, 'base');
  machine.advance(1_000);
  const idle = { kind: 'syncSet', scope: 'base', status: 'idle', retryAtMs: null };
  expect(committed(machine.say(scoped('RetrySync', 'base'))).result).toEqual(idle);
  const { result } = committed(machine.startSync('alice', 'base'));
  expect(result).toEqual({ kind: 'syncStarted', scope: 'base', run: machine.state.revision, attempt: 2 });
});

test('a failure tells when the next try may start, and a reset does not wait for it', () => {
  const machine = newMachine();
  machine.startSync('alice', 'base');
  const retryAtMs = machine.nowMs + 1_000;
  expect(committed(machine.failSync('alice', 'base', 'no network')).result).toEqual({
    kind: 'syncSet',
    scope: 'base',
    status: 'failed',
    retryAtMs,
  });
  expect(machine.state.syncs.get(scopePath('base'))).toMatchObject({ error: 'no network', retryAtMs });
  committed(machine.say(scoped('ResetSync', 'base')));
  expect(machine.state.syncs.get(scopePath('base'))).toMatchObject({
    status: 'idle',
    failures: 0,
    error: null,
    retryAtMs: null,
  });
});

test('a completed run is kept with its digests and times, also while the next one runs and fails', () => {
  const machine = newMachine();
  const startedAtMs = machine.nowMs;
  machine.startSync('alice', 'base');
  const run = machine.runOf('base');
  machine.advance(500);
  const digests = { digest: 'd'.repeat(64), syncedAgainst: { lib: 'e'.repeat(64) } };
  const complete = {
    kind: 'CompleteSync',
    agent: agentId('alice'),
    scope: scopePath('base'),
    run,
    ...digests,
  };
  const { result, events } = committed(machine.say(complete as SaidCommand));
  expect(result).toEqual({ kind: 'syncSet', scope: 'base', status: 'completed', retryAtMs: null });
  expect(events).toEqual([{ kind: 'sync.completed', scope: 'base', agent: 'alice', run, ...digests }]);
  const ended = { startedAtMs, endedAtMs: startedAtMs + 500, run, agent: 'alice', ...digests };
  expect(machine.state.syncs.get(scopePath('base'))).toMatchObject({ status: 'completed', ...ended });
  machine.say(changed('base'));
  machine.startSync('bob', 'base');
  expect(machine.state.syncs.get(scopePath('base'))).toEqual({
    scope: 'base',
    status: 'syncing',
    failures: 0,
    run: machine.state.revision,
    agent: 'bob',
    epoch: machine.state.agents.get(agentId('bob'))?.epoch,
    startedAtMs: machine.nowMs,
    endedAtMs: null,
    error: null,
    retryAtMs: null,
    ...digests,
  });
});

test('a run that is aborted tells why, and nothing is left to complete', () => {
  const machine = newMachine();
  const abort = { kind: 'AbortSync', scope: scopePath('base'), reason: 'a mistake' } as const;
  expect(machine.say(abort)).toMatchObject({ rejection: { details: { scope: 'base', status: 'idle' } } });
  machine.startSync('alice', 'base');
  const run = machine.runOf('base');
  expect(committed(machine.say(abort))).toEqual({
    kind: 'committed',
    events: [{ kind: 'sync.aborted', scope: 'base', run, reason: 'a mistake' }],
    result: { kind: 'syncSet', scope: 'base', status: 'idle', retryAtMs: null },
  });
  expect(machine.completeSync('alice', 'base', run)).toMatchObject({
    rejection: { code: 'SYNC_NOT_RUNNING', details: { scope: 'base', run, status: 'idle' } },
  });
});

test('the runs of an agent that leaves fail in order of path', () => {
  const machine = newMachine();
  for (const scope of ['tool', 'base']) machine.startSync('alice', scope);
  const { events } = committed(machine.leave('alice'));
  expect(events.map((event) => (event.kind === 'sync.failed' ? event.scope : event.kind))).toEqual([
    'base',
    'tool',
    'agent.left',
  ]);
});

test('why a change was declared stands in each event that follows from it', () => {
  const machine = newMachine();
  complete(machine, 'base', 'lib');
  const { events } = committed(
    machine.say({ kind: 'InvalidateSync', scope: scopePath('base'), reason: 'new schema' }),
  );
  expect(events).toEqual([
    { kind: 'sync.invalidated', scope: 'base', cause: 'base', reason: 'new schema' },
    { kind: 'sync.invalidated', scope: 'lib', cause: 'base', reason: 'new schema' },
  ]);
});

describe('a scope that is not defined is refused', () => {
  const scope = scopePath('nowhere');
  const as = { agent: agentId('alice'), scope };
  const run = 1 as SyncRun;
  const commands: readonly SaidCommand[] = [
    { kind: 'StartSync', ...as },
    { kind: 'CompleteSync', ...as, run, digest: null, syncedAgainst: {} },
    { kind: 'FailSync', ...as, run, error: 'e' },
    { kind: 'RetrySync', scope },
    { kind: 'ResetSync', scope },
    { kind: 'AbortSync', scope, reason: null },
    { kind: 'InvalidateSync', scope, reason: null },
    { kind: 'GitOperation', scopes: [scopePath('base'), scope], operation: 'merge' },
  ];
  test.each(commands.map((command) => [command.kind, command] as const))('by %s', (_kind, command) => {
    expect(codeOf(newMachine().say(command))).toBe('SCOPE_NOT_FOUND');
  });
});

test('the pause before a retry doubles with each failure, up to an hour', () => {
  const machine = newMachine({ maxRetries: 40 });
  const pauses: number[] = [];
  for (let failure = 0; failure < 14; failure += 1) {
    fail(machine, 'base');
    const pause = (machine.state.syncs.get(scopePath('base'))?.retryAtMs ?? 0) - machine.nowMs;
    pauses.push(pause / 1_000);
    machine.heartbeat('alice');
    for (let left = pause; left > 0; left -= 60_000) {
      machine.advance(Math.min(left, 60_000));
      machine.heartbeat('alice');
    }
    committed(machine.say(scoped('RetrySync', 'base')));
  }
  expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 3600, 3600]);
});

test('without dependency checking anything starts; with it again, what stands on nothing is sent back', () => {
  const machine = newMachine({ dependencyChecking: false });
  complete(machine, 'lib', 'app', 'tool');
  const checking = { ...machine.state.settings, dependencyChecking: true };
  machine.say({ kind: 'Configure', settings: checking });
  expect(['lib', 'app', 'tool'].map((scope) => statusOf(machine, scope))).toEqual([
    'idle',
    'idle',
    'completed',
  ]);
});

test('a run of the same agent that was ended meanwhile cannot be completed', () => {
  const machine = newMachine();
  machine.startSync('alice', 'base');
  const run = machine.runOf('base');
  machine.say(changed('base'));
  machine.startSync('alice', 'base');
  expect(machine.completeSync('alice', 'base', run)).toMatchObject({
    rejection: {
      code: 'STALE_SYNC_RUN',
      details: { scope: 'base', run, currentRun: machine.runOf('base'), agent: 'alice' },
    },
  });
});

test('that no sync is running is told with what became of the last one', () => {
  const machine = newMachine();
  const expectTold = (run: SyncRun, why: string): void =>
    expect(machine.completeSync('alice', 'base', run)).toMatchObject({
      rejection: { code: 'SYNC_NOT_RUNNING', message: `no sync of base is running: ${why}; start one` },
    });
  expectTold(1 as SyncRun, 'none has begun yet');
  machine.startSync('alice', 'base');
  const first = machine.runOf('base');
  machine.say(changed('base'));
  expectTold(first, 'it ended meanwhile (idle)');
  machine.startSync('alice', 'base');
  machine.failSync('alice', 'base');
  expectTold(first, `the last was run ${machine.runOf('base')}, and has ended (failed)`);
});
