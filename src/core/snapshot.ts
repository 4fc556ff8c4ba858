/** A state as text and back. Indexes are not written: they are rebuilt. */
import { putAgent } from './agents.ts';
import { addMs, type RequestId, type Revision, type TimeMs } from './ids.ts';
import { emptyInbox } from './inbox.ts';
import { initialState } from './initial-state.ts';
import { putLock } from './lock-index.ts';
import { byText } from './order.ts';
import { enqueue } from './queue.ts';
import { violations } from './safety/index.ts';
import type { Violation } from './safety/violation.ts';
import { putScope } from './scopes.ts';
import { completeSettings, type Settings } from './settings.ts';
import type { Agent, ContextRecord, Lock, Scope, State, Sync, Totals, Waiter } from './state.ts';
import type { ClockAnchor } from './statuses.ts';
import type { RecentRequest } from './requests.ts';
import { putSync } from './syncs.ts';
import { targetOf, targetsOf, type LockName, type Wish } from './targets.ts';
import { wishOf } from './overlap.ts';
import type { OpenViolation } from './violation-forms.ts';
import { violationKey } from './violations.ts';

/**
 * Raised when the encoding changes; an older program must not read a newer one. What is read of older ones:
 *
 *     1  without `lastReport` of an agent
 *     2  without `withdrawn` and `lastEnd` of a scope
 *     3  with whole scopes only, without the settings for files and resources, and without the processes of agents
 *     4  without messages
 *     5  without violations
 */
const format = 6;
const oldestFormat = 1;

type StoredScope = Omit<Scope, 'contexts' | 'withdrawn' | 'lastEnd'> &
  Partial<Pick<Scope, 'withdrawn' | 'lastEnd'>> & {
    readonly contexts: readonly (readonly [string, ContextRecord])[];
  };
type StoredAgent = Omit<Agent, 'held' | 'heldIn' | 'files' | 'resources' | 'ticket' | LaterOfAgent> &
  Partial<Pick<Agent, LaterOfAgent>>;
/** What older formats did not have. */
type LaterOfAgent = 'lastReport' | 'process' | 'seenDeadAtMs' | 'inbox' | 'sent';
type StoredLock = LockName & Omit<Lock, keyof LockName | 'target'>;
type StoredWaiter = Wish & Omit<Waiter, 'targets'>;

interface StoredState {
  readonly format: number;
  readonly revision: Revision;
  readonly timeMs: TimeMs;
  readonly settings: Settings;
  readonly clock: ClockAnchor | null;
  readonly placeWaitSinceMs: TimeMs | null;
  readonly totals: Totals;
  readonly scopes: readonly StoredScope[];
  readonly agents: readonly StoredAgent[];
  readonly locks: readonly StoredLock[];
  readonly tickets: readonly StoredWaiter[];
  readonly syncs: readonly Sync[];
  readonly openViolations?: readonly OpenViolation[];
  readonly recentRequests: readonly (readonly [RequestId, RecentRequest])[];
}

/** A snapshot that cannot be used: damaged, or written by a newer version. */
export class SnapshotError extends Error {
  override readonly name = 'SnapshotError';
}

/** Canonical: equal states give equal texts. */
export function encodeState(state: State): string {
  const stored: StoredState = {
    format,
    revision: state.revision,
    timeMs: state.timeMs,
    settings: state.settings,
    clock: state.clock,
    placeWaitSinceMs: state.placeWaitSinceMs,
    totals: state.totals,
    scopes: sorted(state.scopes.values(), (scope) => scope.path).map(storeScope),
    agents: sorted(state.agents.values(), (agent) => agent.id).map(storeAgent),
    locks: sorted(state.locks.values(), (lock) => lock.target).map(storeLock),
    tickets: [...state.tickets.values()].map((waiter) => storeWaiter(state, waiter)),
    syncs: sorted(state.syncs.values(), (sync) => sync.scope),
    openViolations: [...state.openViolations.values()],
    recentRequests: [...state.recentRequests],
  };
  return JSON.stringify(stored);
}

function storeScope({ contexts, path, name, type, dependencies, withdrawn, lastEnd }: Scope): StoredScope {
  return { path, name, type, dependencies, contexts: sorted(contexts, ([file]) => file), withdrawn, lastEnd };
}

/** Field by field: what was read of an older format is written as what was never stored. */
function storeAgent(agent: Agent): Required<StoredAgent> {
  return {
    id: agent.id,
    epoch: agent.epoch,
    session: agent.session,
    metadata: agent.metadata,
    joinedAtMs: agent.joinedAtMs,
    status: agent.status,
    presence: agent.presence,
    seenAtMs: agent.seenAtMs,
    sessionDeadlineMs: agent.sessionDeadlineMs,
    process: agent.process,
    seenDeadAtMs: agent.seenDeadAtMs,
    blockedSinceMs: agent.blockedSinceMs,
    blockedReason: agent.blockedReason,
    lastReport: agent.lastReport,
    retryCount: agent.retryCount,
    inbox: agent.inbox,
    sent: agent.sent,
    lostAtMs: agent.lostAtMs,
    heldWhenLost: agent.heldWhenLost,
  };
}

function storeLock({ target: _target, ...rest }: Lock): StoredLock {
  return rest;
}

function storeWaiter(state: State, { targets, ...rest }: Waiter): StoredWaiter {
  return { ...rest, ...wishOf(state, targets) };
}

function sorted<T>(values: Iterable<T>, key: (value: T) => string): T[] {
  return [...values].sort((a, b) => byText(key(a), key(b)));
}

/**
 * Reads an encoded state and checks every invariant on it. Throws {@link SnapshotError} when the text is not a state of
 * this format; nobody is served from a state that cannot have been reached.
 */
export function decodeState(text: string): State {
  const stored = parse(text);
  let state: State;
  let first: Violation | undefined;
  try {
    state = restore(stored);
    [first] = violations(state);
  } catch (cause) {
    throw new SnapshotError('the snapshot is damaged: it is not the shape of a state', { cause });
  }
  if (first === undefined) return state;
  throw new SnapshotError(
    `the snapshot is damaged: ${first.invariant} does not hold for ${first.subject} (${first.evidence})`,
  );
}

function parse(text: string): StoredState {
  let stored: unknown;
  try {
    stored = JSON.parse(text);
  } catch (cause) {
    throw new SnapshotError('the snapshot is damaged: it is not JSON', { cause });
  }
  const found = (stored as { format?: unknown } | null)?.format;
  if (typeof found === 'number' && found > format)
    throw new SnapshotError(
      `the snapshot has format ${found}, this version reads up to ${format}: use the version that wrote it`,
    );
  if (typeof found !== 'number' || !(found >= oldestFormat))
    throw new SnapshotError('the snapshot is damaged: it names no known format');
  return stored as StoredState;
}

function restore(stored: StoredState): State {
  const state = initialState(completeSettings(stored.settings));
  state.revision = stored.revision;
  state.timeMs = stored.timeMs;
  state.clock = stored.clock;
  state.placeWaitSinceMs = stored.placeWaitSinceMs;
  state.totals.conflicts = stored.totals.conflicts;
  state.totals.timeouts = stored.totals.timeouts;
  for (const scope of stored.scopes) restoreScope(state, scope);
  for (const agent of stored.agents) restoreAgent(state, agent);
  restoreLostOrder(state);
  for (const lock of stored.locks) putLock(state, { target: targetOf(lock), ...lock });
  for (const waiter of stored.tickets) enqueue(state, restoreWaiter(waiter));
  for (const sync of stored.syncs) putSync(state, sync);
  for (const violation of stored.openViolations ?? [])
    state.openViolations.set(violationKey(violation), violation);
  for (const [id, request] of stored.recentRequests) state.recentRequests.remember(id, request);
  return state;
}

function restoreScope(state: State, stored: StoredScope): void {
  const { path, name, type, dependencies, contexts, withdrawn = false, lastEnd = null } = stored;
  putScope(state, { path, name, type, dependencies, contexts: new Map(contexts), withdrawn, lastEnd });
}

function restoreAgent(state: State, stored: StoredAgent): void {
  const agent: Agent = {
    lastReport: null,
    process: null,
    seenDeadAtMs: null,
    inbox: emptyInbox(),
    sent: null,
    held: new Set(),
    heldIn: new Map(),
    files: 0,
    resources: 0,
    ticket: null,
    ...stored,
  };
  putAgent(state, agent);
  if (agent.presence === 'lost') return;
  state.index.sessionDeadlines.set(agent.id, agent.sessionDeadlineMs);
  if (agent.blockedSinceMs === null) return;
  state.index.blockDeadlines.set(agent.id, addMs(agent.blockedSinceMs, state.settings.maxBlockMs));
}

/** Agents are lost in order of their deadlines, those of one deadline in order of their names. */
function restoreLostOrder(state: State): void {
  const lost = [...state.agents.values()].filter((agent) => agent.presence === 'lost');
  lost.sort((a, b) => a.sessionDeadlineMs - b.sessionDeadlineMs || byText(a.id, b.id));
  for (const agent of lost) state.index.lostAgents.add(agent.id);
}

function restoreWaiter({ scopes, files, resources, ...rest }: StoredWaiter): Waiter {
  const wish = { scopes, ...(files && { files }), ...(resources && { resources }) };
  return { targets: targetsOf(wish), ...rest };
}
