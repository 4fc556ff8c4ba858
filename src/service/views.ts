/** The state as it is shown: plain copies, in a stable order. Each is a function of the state alone. */
import {
  nameWith,
  contendedSince,
  endsBefore,
  latestEnd,
  linesOverlapping,
  locksOverlapping,
  named,
  overlap,
  partsOf,
  scopeOf,
  violations,
  wantedName,
  wishOf,
  writeObstacle,
  type Agent,
  type AgentId,
  type Lock,
  type Scope,
  type State,
  type Sync,
  type Target,
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
    locks: inOrder(state.locks.values(), (lock) => lock.target).map((lock) => viewLock(state, lock)),
    waiters: viewQueue(state),
    syncs: inOrder(state.syncs.values(), (sync) => sync.scope).map((sync) => viewSync(state, sync)),
    violations: violations(state),
    scopeCount: state.scopes.size,
    totals: { ...state.totals },
    settings: state.settings,
    scopeProblems,
  };
}

/** Where syncs stand. */
export interface SyncsNow {
  readonly nowMs: TimeMs;
  readonly syncs: readonly SyncView[];
}

export function viewSyncs(state: State, nowMs: TimeMs): SyncsNow {
  return { nowMs, syncs: [...state.syncs.values()].map((sync) => viewSync(state, sync)) };
}

export function viewScopes(state: State, problems: readonly ScopeProblem[]): ScopesAnswer {
  return {
    revision: state.revision,
    scopes: inOrder(state.scopes.values(), (scope) => scope.path).map((scope) => viewScope(state, scope)),
    problems,
  };
}

export function viewAgent(state: State, agent: Agent): AgentView {
  const { id, held, heldIn: _heldIn, files: _files, resources: _resources, session, ...rest } = agent;
  const { inbox, sent: _sent, ...shown } = rest;
  return {
    agent: id,
    ...shown,
    lastReport: standingReport(state, agent),
    sessionMark: sessionMarkOf(session),
    unread: inbox.unread.length,
    held: [...held].sort(),
  };
}

/**
 * What an agent has said of what it still does: the words of a hold, or of a wait, end with it. Of one that is lost they are
 * the last that was heard.
 */
function standingReport(state: State, agent: Agent): Agent['lastReport'] {
  const { lastReport, status, presence } = agent;
  if (lastReport === null || presence === 'lost' || status === 'completed') return lastReport;
  const sinceMs = [
    ...[...agent.held].map((target) => state.locks.get(target)?.grantedAtMs),
    agent.ticket === null ? undefined : state.tickets.get(agent.ticket)?.sinceMs,
  ].filter((atMs) => atMs !== undefined);
  return sinceMs.some((atMs) => atMs <= lastReport.atMs) ? lastReport : null;
}

export function viewLock(state: State, lock: Lock): LockView {
  const { agent, epoch, token, grantedAtMs, deadlineMs, reason } = lock;
  const holder = state.agents.get(lock.agent);
  const earlier = endsBefore(state, lock);
  const latestDeadlineMs = latestEnd(state, lock);
  return nameWith(partsOf(lock), {
    agent,
    epoch,
    token,
    grantedAtMs,
    deadlineMs,
    reason,
    blockedReason: holder?.blockedReason ?? null,
    lastReport: holder === undefined ? null : standingReport(state, holder),
    ...(earlier === null ? {} : { endsBefore: earlier }),
    contendedSinceMs: contendedSince(state, lock),
    ...(latestDeadlineMs === null ? {} : { latestDeadlineMs }),
    queueLength: queueLengthOf(state, lock),
    ...(isWithdrawn(state, lock.target) ? { withdrawn: true as const } : {}),
  });
}

/** How many wait for what a lock covers. */
function queueLengthOf(state: State, { target }: Lock): number {
  const [first, ...others] = linesOverlapping(state, target);
  if (others.length === 0) return first?.size ?? 0;
  return new Set([first, ...others].flatMap((line) => [...(line ?? [])])).size;
}

/** Whether the scope that a target is in is named no more. */
function isWithdrawn(state: State, target: Target): boolean {
  const scope = scopeOf(state, target);
  return scope !== null && state.scopes.get(scope)?.withdrawn === true;
}

/** The whole queue, in order of issue. */
export function viewQueue(state: State): WaiterView[] {
  return [...state.tickets.values()].map((waiter, index) => viewWaiter(state, waiter, index + 1));
}

function viewWaiter(state: State, waiter: Waiter, position: number): WaiterView {
  const { ticket, agent, epoch, sinceMs, targets, reason } = waiter;
  const waitsFor = targets.filter((target) => othersOn(state, waiter.agent, target).length > 0);
  const reservedFor = waitsFor.length > 0 ? null : reservation(state, waiter);
  const deadlineMs = endOfWait(state, waiter);
  const sessionEndMs = state.agents.get(waiter.agent)?.sessionDeadlineMs ?? deadlineMs;
  const withdrawn = targets.filter((target) => isWithdrawn(state, target));
  return {
    ticket,
    agent,
    epoch,
    sinceMs,
    deadlineMs,
    reason,
    ...wishOf(state, targets),
    ...(sessionEndMs < deadlineMs ? { endsBefore: { atMs: sessionEndMs, cause: 'session' } } : {}),
    position,
    waitsFor,
    reservedFor,
    ...(withdrawn.length === 0 ? {} : { withdrawn }),
  };
}

/** Locks that keep an agent from a target: those of others that overlap it; of a resource all, while no slot is free. */
export function othersOn(state: State, agent: AgentId, target: Target): Lock[] {
  const locks = locksOverlapping(state, target);
  const { resource } = wantedName(state, target);
  if (resource === undefined) return locks.filter((lock) => lock.agent !== agent);
  return locks.length < (state.settings.resources[resource] ?? 0) ? [] : locks;
}

/** The oldest ticket keeps what overlaps its targets free for itself until it can have all of them. */
function reservation(state: State, { ticket, targets }: Waiter): WaiterView['reservedFor'] {
  const [oldest] = state.tickets.values();
  if (oldest === undefined || oldest.ticket === ticket) return null;
  const target = targets.find((wanted) => oldest.targets.some((kept) => overlap(state, kept, wanted)));
  if (target === undefined) return null;
  return nameWith(wantedName(state, target), { ticket: oldest.ticket, agent: oldest.agent });
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
  return { retriesLeft: Math.max(0, maxRetries - retriesUsed), ...shown };
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
