/**
 * Syncs: bringing a scope's context up to date, after everything it depends on.
 *
 *     idle --(start)--> syncing --(complete)--> completed --(something below changed)--> idle
 *                               --(fail)--> failed --(retry, reset, something below changed)--> idle
 *                               --(abort, something below changed)--> idle
 *
 * A run starts only when every dependency is completed, and a completed or running scope always stands on completed
 * ones: a change invalidates the scope and every scope that depends on it, directly or not. A run is fenced like a lock:
 * its number is the revision of its start, and a run that was ended meanwhile is refused.
 *
 * Failures count against a budget of retries with a doubling back-off. Used up, the failure stays until an operator
 * resets it or something below it changes.
 */
import { must } from './assert.ts';
import type { AbortSync, CompleteSync, FailSync, ResetSync, RetrySync, StartSync } from './commands.ts';
import { count } from './count.ts';
import type { Decision } from './decision.ts';
import { Draft } from './draft.ts';
import type { EventOf, Stamp } from './events.ts';
import { presentAgent, refusedUnknownScope } from './gate.ts';
import { addMs, named, quote, type AgentId, type ScopePath, type SyncRun, type TimeMs } from './ids.ts';
import { errorShownLengthMax } from './limits.ts';
import { byText } from './order.ts';
import { timeLeft } from './length.ts';
import { reject } from './rejections.ts';
import type { Agent, State, Sync } from './state.ts';

/**
 * Starts a run. Rejects: SCOPE_NOT_FOUND, SYNC_IN_PROGRESS, SYNC_ALREADY_COMPLETED, SYNC_FAILED, DEPENDENCY_NOT_SYNCED.
 */
export function decideStartSync(state: State, command: StartSync): Decision {
  const { scope, agent: id } = command;
  const refused =
    refusedUnknownScope(state, [scope]) ??
    refusedStart(scope, state.syncs.get(scope), state.settings.maxRetries) ??
    refusedDependencies(state, scope);
  if (refused !== null) return refused;
  const agent = presentAgent(state, id);
  const draft = new Draft(state, command.atMs);
  draft.emit({ kind: 'sync.started', scope, agent: id, epoch: agent.epoch });
  const attempt = (state.syncs.get(scope)?.failures ?? 0) + 1;
  return {
    kind: 'committed',
    events: draft.events,
    result: { kind: 'syncStarted', scope, run: draft.revision, attempt },
  };
}

function refusedStart(scope: ScopePath, sync: Sync | undefined, maxRetries: number): Decision | null {
  switch (sync?.status) {
    case 'syncing':
      return reject(
        'SYNC_IN_PROGRESS',
        `${sync.agent ?? 'somebody'} is syncing ${named(scope)}: wait for that run`,
        { scope, agent: sync.agent, run: sync.run, startedAtMs: sync.startedAtMs },
      );
    case 'completed':
      return reject(
        'SYNC_ALREADY_COMPLETED',
        `${named(scope)} is synced and nothing below it has changed since`,
        { scope, digest: sync.digest, endedAtMs: sync.endedAtMs },
      );
    case 'failed':
      return reject(
        'SYNC_FAILED',
        `the last sync of ${named(scope)} failed: ${quote(sync.error ?? '', errorShownLengthMax)}. Retry or reset it first`,
        {
          scope,
          error: sync.error,
          failures: sync.failures,
          maxRetries,
          retryAtMs: sync.retryAtMs,
        },
      );
    case 'idle':
    case undefined:
      return null;
  }
}

function refusedDependencies(state: State, scope: ScopePath): Decision | null {
  if (!state.settings.dependencyChecking) return null;
  const unsynced = dependenciesOf(state, scope).filter((path) => statusOf(state, path) !== 'completed');
  if (unsynced.length === 0) return null;
  return reject(
    'DEPENDENCY_NOT_SYNCED',
    `${named(scope)} needs ${named(...unsynced)} synced first: \`rhema sync plan\` shows the order`,
    { scope, dependencies: unsynced.map((path) => ({ scope: path, status: statusOf(state, path) })) },
  );
}

/** Ends a run well. Rejects: SCOPE_NOT_FOUND, SYNC_NOT_RUNNING, STALE_SYNC_RUN. */
export function decideCompleteSync(state: State, command: CompleteSync): Decision {
  const { scope, agent, run, digest, syncedAgainst } = command;
  const refused = refusedUnknownScope(state, [scope]) ?? refusedRun(state, scope, agent, run);
  if (refused !== null) return refused;
  return {
    kind: 'committed',
    events: [{ kind: 'sync.completed', scope, agent, run, digest, syncedAgainst }],
    result: { kind: 'syncSet', scope, status: 'completed', retryAtMs: null },
  };
}

/** Ends a run badly. Rejects: SCOPE_NOT_FOUND, SYNC_NOT_RUNNING, STALE_SYNC_RUN. */
export function decideFailSync(state: State, command: FailSync): Decision {
  const { scope, agent, run, error } = command;
  const refused = refusedUnknownScope(state, [scope]) ?? refusedRun(state, scope, agent, run);
  if (refused !== null) return refused;
  const draft = new Draft(state, command.atMs);
  const retryAtMs = failRun(draft, must(state.syncs.get(scope), `${scope} runs`), error);
  return {
    kind: 'committed',
    events: draft.events,
    result: { kind: 'syncSet', scope, status: 'failed', retryAtMs },
  };
}

function refusedRun(state: State, scope: ScopePath, agent: AgentId, run: SyncRun): Decision | null {
  const sync = state.syncs.get(scope);
  if (sync === undefined || sync.status !== 'syncing')
    return reject(
      'SYNC_NOT_RUNNING',
      `no sync of ${named(scope)} is running: ${whyNotRunning(sync, run)}; start one`,
      { scope, run, status: sync?.status ?? 'idle' },
    );
  if (sync.run === run && sync.agent === agent) return null;
  const why =
    sync.run === run
      ? `was started by ${sync.agent}: only who started a run may end it`
      : `is not the one that goes on: that is run ${sync.run} of ${sync.agent}`;
  return reject('STALE_SYNC_RUN', `run ${run} of ${named(scope)} ${why}`, {
    scope,
    run,
    currentRun: sync.run,
    agent: sync.agent,
  });
}

function whyNotRunning(sync: Sync | undefined, run: SyncRun): string {
  if (sync === undefined || sync.run === null) return 'none has begun yet';
  return sync.run === run
    ? `it ended meanwhile (${sync.status})`
    : `the last was run ${sync.run}, and has ended (${sync.status})`;
}

/** Makes a failed sync ready to start again. Rejects: SCOPE_NOT_FOUND, SYNC_NOT_FAILED, RETRY_LIMIT_REACHED, RETRY_TOO_SOON. */
export function decideRetrySync(state: State, command: RetrySync): Decision {
  const { scope, atMs } = command;
  const refused = refusedUnknownScope(state, [scope]) ?? refusedNotFailed(state, scope);
  if (refused !== null) return refused;
  const sync = must(state.syncs.get(scope), `${scope} failed`);
  const { maxRetries } = state.settings;
  if (sync.failures > maxRetries)
    return reject(
      'RETRY_LIMIT_REACHED',
      `${named(scope)} has failed ${count(sync.failures, 'time')} and its ${count(maxRetries, 'retry', 'retries')} ${maxRetries === 1 ? 'is' : 'are'} used up: mend the cause, then run \`rhema sync reset\` on it`,
      { scope, failures: sync.failures, maxRetries, error: sync.error },
    );
  const retryAtMs = must(sync.retryAtMs, `${scope} may be tried again`);
  if (atMs < retryAtMs)
    return reject(
      'RETRY_TOO_SOON',
      `the next try of ${named(scope)} may start in ${timeLeft(retryAtMs - atMs)}`,
      { scope, retryAtMs, failures: sync.failures },
    );
  return backToIdle(scope, 'sync.retried');
}

/** Makes a failed sync ready whatever its budget, which is renewed. Rejects: SCOPE_NOT_FOUND, SYNC_NOT_FAILED. */
export function decideResetSync(state: State, command: ResetSync): Decision {
  const { scope } = command;
  return (
    refusedUnknownScope(state, [scope]) ?? refusedNotFailed(state, scope) ?? backToIdle(scope, 'sync.reset')
  );
}

function refusedNotFailed(state: State, scope: ScopePath): Decision | null {
  const status = statusOf(state, scope);
  if (status === 'failed') return null;
  return reject('SYNC_NOT_FAILED', `the sync of ${named(scope)} is ${status}: there is no failure to clear`, {
    scope,
    status,
  });
}

function backToIdle(scope: ScopePath, kind: 'sync.retried' | 'sync.reset'): Decision {
  return {
    kind: 'committed',
    events: [{ kind, scope }],
    result: { kind: 'syncSet', scope, status: 'idle', retryAtMs: null },
  };
}

/** Ends a run without a verdict. Rejects: SCOPE_NOT_FOUND, SYNC_NOT_RUNNING. */
export function decideAbortSync(state: State, command: AbortSync): Decision {
  const { scope, reason } = command;
  const unknown = refusedUnknownScope(state, [scope]);
  if (unknown !== null) return unknown;
  const draft = new Draft(state, command.atMs);
  if (!abortSync(draft, scope, reason))
    return reject('SYNC_NOT_RUNNING', `no sync of ${named(scope)} is running: there is nothing to abort`, {
      scope,
      status: statusOf(state, scope),
    });
  return {
    kind: 'committed',
    events: draft.events,
    result: { kind: 'syncSet', scope, status: 'idle', retryAtMs: null },
  };
}

// Steps that other commands take as well.

/** Ends the run of a scope without a verdict; false when none is going on. */
export function abortSync(draft: Draft, scope: ScopePath, reason: string | null): boolean {
  const sync = draft.state.syncs.get(scope);
  if (sync === undefined || sync.status !== 'syncing') return false;
  draft.emit({ kind: 'sync.aborted', scope, run: runOf(sync), reason });
  return true;
}

/** An agent that goes away cannot finish what it runs: its runs fail and may be retried. */
export function failRunningSyncs(draft: Draft, agent: Agent, error: string): void {
  const running = draft.state.index.runningSyncs.get(agent.id);
  if (running === undefined) return;
  for (const scope of [...running].sort(byText))
    failRun(draft, must(draft.state.syncs.get(scope), `${scope} runs`), error);
}

function failRun(draft: Draft, sync: Sync, error: string): TimeMs {
  const agent = runnerOf(sync);
  const run = runOf(sync);
  const retryAtMs = addMs(draft.atMs, backOff(sync.failures, draft.settings.retryBackoffMs));
  draft.emit({ kind: 'sync.failed', scope: sync.scope, agent, run, error, retryAtMs });
  return retryAtMs;
}

const runnerOf = (sync: Sync): AgentId => must(sync.agent, `a run of ${sync.scope} has an agent`);
const runOf = (sync: Sync): SyncRun => must(sync.run, `a run of ${sync.scope} has a number`);

const longestBackOffMs = 3_600_000;

/** Doubles with each failure so far, up to an hour. The largest budget of retries keeps the power finite. */
function backOff(failures: number, firstMs: number): number {
  const wait = firstMs * 2 ** failures;
  return wait < longestBackOffMs ? wait : longestBackOffMs;
}

function statusOf(state: State, scope: ScopePath): Sync['status'] {
  return state.syncs.get(scope)?.status ?? 'idle';
}

function dependenciesOf(state: State, scope: ScopePath): readonly ScopePath[] {
  return state.scopes.get(scope)?.dependencies ?? [];
}

// What happens to syncs.

export function evolveSyncStarted(state: State, event: EventOf<'sync.started'>, stamp: Stamp): void {
  const known = state.syncs.get(event.scope);
  putSync(state, {
    scope: event.scope,
    status: 'syncing',
    failures: known?.failures ?? 0,
    run: stamp.revision,
    agent: event.agent,
    epoch: event.epoch,
    startedAtMs: stamp.atMs,
    endedAtMs: null,
    error: null,
    retryAtMs: null,
    digest: known?.digest ?? null,
    syncedAgainst: known?.syncedAgainst ?? {},
  });
}

/** Puts a sync into the state and its index; also how a snapshot is read. */
export function putSync(state: State, sync: Sync): void {
  state.syncs.set(sync.scope, sync);
  if (sync.status !== 'syncing') return;
  const agent = runnerOf(sync);
  const running = state.index.runningSyncs.get(agent);
  if (running === undefined) state.index.runningSyncs.set(agent, new Set([sync.scope]));
  else running.add(sync.scope);
}

export function evolveSyncCompleted(state: State, event: EventOf<'sync.completed'>, stamp: Stamp): void {
  const sync = endRun(state, event.scope, stamp);
  sync.status = 'completed';
  sync.failures = 0;
  sync.digest = event.digest;
  sync.syncedAgainst = event.syncedAgainst;
}

export function evolveSyncFailed(state: State, event: EventOf<'sync.failed'>, stamp: Stamp): void {
  const sync = endRun(state, event.scope, stamp);
  sync.status = 'failed';
  sync.failures += 1;
  sync.error = event.error;
  sync.retryAtMs = event.retryAtMs;
}

export function evolveSyncRetried(state: State, event: EventOf<'sync.retried'>): void {
  toIdle(must(state.syncs.get(event.scope), `${event.scope} was synced before`));
}

export function evolveSyncReset(state: State, event: EventOf<'sync.reset'>): void {
  const sync = must(state.syncs.get(event.scope), `${event.scope} was synced before`);
  toIdle(sync);
  sync.failures = 0;
}

export function evolveSyncAborted(state: State, event: EventOf<'sync.aborted'>, stamp: Stamp): void {
  toIdle(endRun(state, event.scope, stamp));
}

export function evolveSyncInvalidated(state: State, event: EventOf<'sync.invalidated'>): void {
  const sync = must(state.syncs.get(event.scope), `${event.scope} was synced before`);
  toIdle(sync);
  sync.failures = 0;
}

function endRun(state: State, scope: ScopePath, stamp: Stamp): Sync {
  const sync = must(state.syncs.get(scope), `${scope} runs`);
  sync.endedAtMs = stamp.atMs;
  const agent = runnerOf(sync);
  const running = must(state.index.runningSyncs.get(agent), `${agent} runs syncs`);
  running.delete(scope);
  if (running.size === 0) state.index.runningSyncs.delete(agent);
  return sync;
}

function toIdle(sync: Sync): void {
  sync.status = 'idle';
  sync.error = null;
  sync.retryAtMs = null;
}
