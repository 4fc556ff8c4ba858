/** The state as it is shown: plain copies, in a stable order. Each is a function of the state alone. */
import {
  contendedSince,
  endsBefore,
  latestEnd,
  named,
  violations,
  writeObstacle,
  type Agent,
  type Lock,
  type Scope,
  type ScopePath,
  type State,
  type Sync,
  type TimeMs,
  type Waiter,
} from '../core/index.ts';
import { sessionMarkOf } from '../protocol/index.ts';
import type {
  AgentView,
  LockView,
  ScopeProblem,
  ScopesAnswer,
  ScopeView,
  StatusAnswer,
  SyncView,
  TokenAnswer,
  TokenCheck,
  WaiterView,
} from '../protocol/index.ts';

export function viewStatus(state: State, scopeProblems: readonly ScopeProblem[]): StatusAnswer {
  return {
    revision: state.revision,
    timeMs: state.timeMs,
    agents: inOrder(state.agents.values(), (agent) => agent.id).map((agent) => viewAgent(state, agent)),
    locks: inOrder(state.locks.values(), (lock) => lock.scope).map((lock) => viewLock(state, lock)),
    waiters: viewQueue(state),
    syncs: inOrder(state.syncs.values(), (sync) => sync.scope).map((sync) => viewSync(state, sync)),
    violations: violations(state),
    scopeCount: state.scopes.size,
    totals: { ...state.totals },
    settings: state.settings,
    scopeProblems,
  };
}

export function viewScopes(state: State, problems: readonly ScopeProblem[]): ScopesAnswer {
  return {
    revision: state.revision,
    scopes: inOrder(state.scopes.values(), (scope) => scope.path).map((scope) => viewScope(state, scope)),
    problems,
  };
}

export function viewAgent(state: State, agent: Agent): AgentView {
  const { id, held, session, ...shown } = agent;
  const lastReport = standingReport(state, agent);
  return { agent: id, ...shown, lastReport, sessionMark: sessionMarkOf(session), held: [...held].sort() };
}

/**
 * What an agent has said of what it still does: the words of a hold, or of a wait, end with it. Of one that is lost they are
 * the last that was heard.
 */
function standingReport(state: State, agent: Agent): Agent['lastReport'] {
  const { lastReport, status, presence } = agent;
  if (lastReport === null || presence === 'lost' || status === 'completed') return lastReport;
  const sinceMs = [
    ...[...agent.held].map((scope) => state.locks.get(scope)?.grantedAtMs),
    agent.ticket === null ? undefined : state.tickets.get(agent.ticket)?.sinceMs,
  ].filter((atMs) => atMs !== undefined);
  return sinceMs.some((atMs) => atMs <= lastReport.atMs) ? lastReport : null;
}

export function viewLock(state: State, lock: Lock): LockView {
  const { ticket: _ticket, ttlMs: _ttlMs, ...shown } = lock;
  const holder = state.agents.get(lock.agent);
  const earlier = endsBefore(state, lock);
  const latestDeadlineMs = latestEnd(state, lock);
  return {
    ...shown,
    blockedReason: holder?.blockedReason ?? null,
    lastReport: holder === undefined ? null : standingReport(state, holder),
    ...(earlier === null ? {} : { endsBefore: earlier }),
    contendedSinceMs: contendedSince(state, lock),
    ...(latestDeadlineMs === null ? {} : { latestDeadlineMs }),
    queueLength: state.index.queues.get(lock.scope)?.size ?? 0,
    ...(isWithdrawn(state, lock.scope) ? { withdrawn: true as const } : {}),
  };
}

const isWithdrawn = (state: State, scope: ScopePath): boolean => state.scopes.get(scope)?.withdrawn === true;

/** The whole queue, in order of issue. */
export function viewQueue(state: State): WaiterView[] {
  return [...state.tickets.values()].map((waiter, index) => viewWaiter(state, waiter, index + 1));
}

function viewWaiter(state: State, waiter: Waiter, position: number): WaiterView {
  const { ttlMs: _ttlMs, waitMs: _waitMs, ...shown } = waiter;
  const waitsFor = waiter.scopes.filter((scope) => state.locks.has(scope));
  const reservedFor = waitsFor.length > 0 ? null : reservation(state, waiter);
  const deadlineMs = endOfWait(state, waiter);
  const sessionEndMs = state.agents.get(waiter.agent)?.sessionDeadlineMs ?? deadlineMs;
  const withdrawn = waiter.scopes.filter((scope) => isWithdrawn(state, scope));
  return {
    ...shown,
    deadlineMs,
    ...(sessionEndMs < deadlineMs ? { endsBefore: { atMs: sessionEndMs, cause: 'session' } } : {}),
    position,
    waitsFor,
    reservedFor,
    ...(withdrawn.length === 0 ? {} : { withdrawn }),
  };
}

/** The oldest ticket keeps its scopes free for itself until it can have all of them. */
function reservation(state: State, { ticket, scopes }: Waiter): WaiterView['reservedFor'] {
  const [oldest] = state.tickets.values();
  if (oldest === undefined || oldest.ticket === ticket) return null;
  const scope = scopes.find((wanted) => oldest.scopes.includes(wanted));
  return scope === undefined ? null : { scope, ticket: oldest.ticket, agent: oldest.agent };
}

/** At its own deadline, or when its agent has been blocked for too long, whichever comes first. */
function endOfWait(state: State, { agent, deadlineMs }: Waiter): TimeMs {
  const blocked = state.index.blockDeadlines.get(agent);
  if (deadlineMs === null) return blocked ?? state.timeMs;
  return blocked === null || deadlineMs < blocked ? deadlineMs : blocked;
}

export function viewSync(state: State, sync: Sync): SyncView {
  const { epoch: _epoch, syncedAgainst: _syncedAgainst, ...shown } = sync;
  const { maxRetries } = state.settings;
  // What has failed and failed no more was given a retry for each failure; else the last failure has its retry to come.
  const retriesUsed = sync.status === 'failed' ? sync.failures - 1 : sync.failures;
  return { ...shown, retriesLeft: Math.max(0, maxRetries - retriesUsed) };
}

export function viewScope(state: State, scope: Scope): ScopeView {
  const { path, name, type, dependencies, withdrawn } = scope;
  return {
    path,
    name,
    type,
    dependencies,
    dependents: [...(state.index.dependents.get(path) ?? [])].sort(),
    withdrawn,
    syncStatus: state.syncs.get(path)?.status ?? 'idle',
    holder: state.locks.get(path)?.agent ?? null,
    contexts: Object.fromEntries(inOrder(scope.contexts, ([file]) => file)),
  };
}

/** Whether a protected act under a token may go on at a time, for whoever holds the lock. */
export function viewToken(state: State, check: TokenCheck, nowMs: TimeMs): TokenAnswer {
  const { scope } = check;
  const lock = state.locks.get(scope);
  const why = whyRefused(state, check, lock, nowMs);
  return {
    revision: state.revision,
    valid: why === null,
    holder: lock === undefined ? null : viewLock(state, lock),
    why: why ?? `${lock?.agent} holds ${named(scope)} under this token`,
  };
}

/** The core's one rule, in words. */
function whyRefused(
  state: State,
  { scope, token }: TokenCheck,
  lock: Lock | undefined,
  nowMs: TimeMs,
): string | null {
  if (!state.scopes.has(scope)) return `no scope ${named(scope)} is defined`;
  if (lock === undefined) return `nobody holds ${named(scope)}: the lock of token ${token} has ended`;
  switch (writeObstacle(state, lock, scope, token, nowMs)) {
    case null:
      return null;
    case 'STALE_FENCING_TOKEN':
      return `${lock.agent} holds ${named(scope)} under token ${lock.token}, not ${token}`;
    case 'LOCK_NOT_HELD':
      return `the lease of ${named(scope)} has run out`;
    default:
      return `${lock.agent} holds ${named(scope)}, but is ${state.agents.get(lock.agent)?.status ?? 'unknown'}`;
  }
}

function inOrder<T>(values: Iterable<T>, key: (value: T) => string): T[] {
  return [...values].sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
}
