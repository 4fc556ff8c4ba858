import {
  evolveAgentJoined,
  evolveAgentLeft,
  evolveAgentLost,
  evolveAgentRenewed,
  evolveAgentReported,
  evolveAgentResumed,
  evolveAgentSeenDead,
  evolveAgentStatusChanged,
  noteSeen,
} from './agents.ts';
import { assert } from './assert.ts';
import { evolveClockAnchored, evolveLeasesRearmed, evolveSettingsChanged } from './configuration.ts';
import { settleContention } from './contention.ts';
import { evolveContextModified } from './contexts.ts';
import type { Entry, EventKind, EventOf, Stamp } from './events.ts';
import {
  evolveLockExpired,
  evolveLockGranted,
  evolveLockReleased,
  evolveLockRenewed,
  evolveLockRevoked,
  evolvePlaceContended,
  evolvePlaceUncontended,
} from './locks.ts';
import { evolveMessageSent, evolveMessagesRead } from './messages.ts';
import { evolveTicketEnded, evolveTicketIssued } from './queue.ts';
import { evolveScopeDefined, evolveScopeRemoved, evolveScopeWithdrawn } from './scopes.ts';
import type { State } from './state.ts';
import {
  evolveSyncAborted,
  evolveSyncCompleted,
  evolveSyncFailed,
  evolveSyncInvalidated,
  evolveSyncReset,
  evolveSyncRetried,
  evolveSyncStarted,
} from './syncs.ts';
import { evolveViolationBegan, evolveViolationEnded } from './violations.ts';

type Evolver<Kind extends EventKind> = (state: State, event: EventOf<Kind>, stamp: Stamp) => void;

/** One evolver per event; a forgotten one does not compile. */
export const evolvers: { readonly [Kind in EventKind]: Evolver<Kind> } = {
  'agent.joined': evolveAgentJoined,
  'agent.resumed': evolveAgentResumed,
  'agent.seenDead': evolveAgentSeenDead,
  'agent.renewed': evolveAgentRenewed,
  'agent.statusChanged': evolveAgentStatusChanged,
  'agent.reported': evolveAgentReported,
  'agent.left': evolveAgentLeft,
  'agent.lost': evolveAgentLost,
  'message.sent': evolveMessageSent,
  'message.read': evolveMessagesRead,
  'lock.granted': evolveLockGranted,
  'lock.renewed': evolveLockRenewed,
  'lock.released': evolveLockReleased,
  'lock.expired': evolveLockExpired,
  'lock.revoked': evolveLockRevoked,
  'place.contended': evolvePlaceContended,
  'place.uncontended': evolvePlaceUncontended,
  'ticket.issued': evolveTicketIssued,
  'ticket.ended': evolveTicketEnded,
  'scope.defined': evolveScopeDefined,
  'scope.withdrawn': evolveScopeWithdrawn,
  'scope.removed': evolveScopeRemoved,
  'context.modified': evolveContextModified,
  'repository.changed': () => undefined,
  'sync.started': evolveSyncStarted,
  'sync.completed': evolveSyncCompleted,
  'sync.failed': evolveSyncFailed,
  'sync.retried': evolveSyncRetried,
  'sync.reset': evolveSyncReset,
  'sync.aborted': evolveSyncAborted,
  'sync.invalidated': evolveSyncInvalidated,
  'violation.began': evolveViolationBegan,
  'violation.ended': evolveViolationEnded,
  'leases.rearmed': evolveLeasesRearmed,
  'clock.anchored': evolveClockAnchored,
  'settings.changed': evolveSettingsChanged,
};

/**
 * Brings the state one revision further, in place. Never refuses: the entry was decided against this very state, or
 * comes from the log that led to it. An entry out of sequence is a bug of the caller.
 */
export function evolve(state: State, entry: Entry): void {
  assert(
    entry.revision === state.revision + 1,
    `entry ${entry.revision} cannot follow revision ${state.revision}`,
  );
  assert(entry.atMs >= state.timeMs, `entry ${entry.revision} is from before revision ${state.revision}`);
  state.revision = entry.revision;
  if (entry.agent !== null) noteSeen(state, entry.agent, entry.atMs);
  for (const event of entry.events) {
    const evolver = evolvers[event.kind] as Evolver<EventKind>;
    evolver(state, event, entry);
  }
  settleContention(state, entry.atMs);
  // Only now: what was left of a lease is counted from the time before, also when the clock is another from here on.
  state.timeMs = entry.atMs;
  remember(state, entry);
}

function remember(state: State, entry: Entry): void {
  if (entry.requestId === null) return;
  const { kind, agent, revision, result } = entry;
  state.recentRequests.remember(entry.requestId, { kind, agent, revision, result });
}
