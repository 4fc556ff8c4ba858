import { describe, expect, test } from 'vitest';
import { codeOf, committed, Machine, scopePath } from '../../test/support/machine.ts';
import { asDurationMs } from './ids.ts';
import type { Settings } from './settings.ts';
import type { SyncStatus } from './state.ts';

/** tool stands alone; app depends on lib, lib on base. */
function house(settings: Partial<Settings> = {}): Machine {
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
    const machine = house();
    starts[from](machine);
    const decision = acts[act]?.(machine);
    if (decision === undefined) throw new Error(act);
    expect(decision.kind === 'rejected' ? codeOf(decision) : statusOf(machine, 'base')).toBe(outcome);
  });
});

describe('a change', () => {
  test('sends the scope and all above it back, in dependency order, and nothing else', () => {
    const machine = house();
    complete(machine, 'base', 'lib', 'tool');
    machine.startSync('bob', 'app');
    const { result } = committed(machine.say(changed('base')));
    expect(result).toEqual({ kind: 'invalidated', scopes: ['base', 'lib', 'app'] });
    expect(statusOf(machine, 'tool')).toBe('completed');
  });

  test('names the change that reached each scope first', () => {
    const machine = house();
    complete(machine, 'base', 'lib', 'app', 'tool');
    const scopes = ['tool', 'lib'].map(scopePath);
    const { events } = committed(machine.say({ kind: 'GitOperation', scopes, operation: 'merge' }));
    const causes = events.flatMap((event) =>
      event.kind === 'sync.invalidated' ? [`${event.scope} by ${event.cause}`] : [],
    );
    expect(causes.toSorted()).toEqual(['app by lib', 'lib by lib', 'tool by tool']);
  });

  test('renews the retry budgets above it, also of scopes that are idle', () => {
    const machine = house({ maxRetries: 1 });
    complete(machine, 'base');
    fail(machine, 'lib');
    machine.advance(1_000);
    machine.say(scoped('RetrySync', 'lib'));
    expect(machine.state.syncs.get(scopePath('lib'))?.failures).toBe(1);
    machine.say(changed('base'));
    expect(machine.state.syncs.get(scopePath('lib'))?.failures).toBe(0);
  });

  test('of nothing that was synced writes nothing', () => {
    const machine = house();
    expect(committed(machine.say(changed('base'))).events).toEqual([]);
  });
});

test('the pause before a retry doubles with each failure, up to an hour', () => {
  const machine = house({ maxRetries: 40 });
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
  const machine = house({ dependencyChecking: false });
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
  const machine = house();
  machine.startSync('alice', 'base');
  const run = machine.runOf('base');
  machine.say(changed('base'));
  machine.startSync('alice', 'base');
  expect(codeOf(machine.completeSync('alice', 'base', run))).toBe('STALE_SYNC_RUN');
});
