/**
 * Locks: at most one holder for each scope.
 *
 * A scope is free until it is granted. A lock is a lease: it ends when its holder releases it, completes, leaves or is
 * lost, when its deadline passes, or when an operator revokes it; every one of these serves the queue in the same
 * revision. It does not end with the definition of its scope, which outlives it (`withdrawal.ts`). A holder renews its lease as often as it likes while nobody waits, and for `maxContendedHoldMs`
 * once somebody does.
 *
 * The fencing token is the revision of the grant, so a later grant always has a larger token, also after the scope was
 * removed and defined again. Whoever presents an old token is refused.
 *
 *     free --(granted)--> held --(released, expired, revoked)--> free
 */
import { must } from './assert.ts';
import type { AcquireLock, ReleaseLock, RenewLock, RevokeLock } from './commands.ts';
import type { Decision } from './decision.ts';
import { Draft } from './draft.ts';
import type { Event, EventOf, Stamp } from './events.ts';
import { presentAgent, refusedUnknownScope } from './gate.ts';
import { formatDuration } from './duration.ts';
import { addMs, named, type DurationMs, type ScopePath, type TimeMs } from './ids.ts';
import { busy, notHeld, refusedStaleToken } from './lock-refusals.ts';
import { renewedDeadline, setLease, toGrant } from './leases.ts';
import { waitersMax } from './limits.ts';
import { heldInOrder } from './order.ts';
import { obstacleTo, positionOf, settleQueue } from './queue.ts';
import { reject } from './rejections.ts';
import type { Grant, QueuedResult } from './results.ts';
import { settleStatus } from './status.ts';
import type { Agent, Lock, State, Waiter } from './state.ts';
import { deadlockedAgents, waitCycle } from './wait-graph.ts';

/**
 * Grants the locks of one or several scopes as a unit, or queues the agent when it is willing to wait.
 *
 * Asking again for what it holds renews the leases and returns the same tokens, says that it held them already, and keeps
 * the new reason if there is one; asking again for what it waits for
 * returns the same ticket. Of several scopes, those it holds already are renewed when the others are granted.
 *
 * Rejects: SCOPE_NOT_FOUND, ALREADY_WAITING, AGENT_BLOCKED, AGENT_HOLDS_LOCK, LOCK_LIMIT_REACHED, TTL_TOO_LONG; when it
 * does not wait LOCK_HELD, RESERVED_FOR_WAITER, CONCURRENCY_LIMIT; when it does WOULD_DEADLOCK, WAITER_LIMIT_REACHED.
 */
export function decideAcquireLock(state: State, command: AcquireLock): Decision {
  const unknown = refusedUnknownScope(state, command.scopes);
  if (unknown !== null) return unknown;
  const agent = presentAgent(state, command.agent);
  const missing = command.scopes.filter((scope) => !agent.held.has(scope));
  const draft = new Draft(state, command.atMs);
  if (agent.ticket !== null) return whileWaiting(draft, agent, missing);
  const refused = refusedToAsk(state, agent, missing, command);
  if (refused !== null) return refused;
  const obstacle = obstacleTo(draft, agent.id, missing, null);
  if (obstacle !== null)
    return command.wait.kind === 'none'
      ? busy(draft, command.scopes, obstacle)
      : queue(draft, agent, missing, command, command.wait.forMs);
  return grantAll(draft, agent, command);
}

function whileWaiting(draft: Draft, agent: Agent, scopes: readonly ScopePath[]): Decision {
  const waiter = must(draft.state.tickets.get(must(agent.ticket, 'waits')), 'its ticket is queued');
  const same =
    waiter.scopes.length === scopes.length && waiter.scopes.every((scope, place) => scope === scopes[place]);
  if (same) return { kind: 'committed', events: [], result: queuedResult(draft, waiter) };
  return reject(
    'ALREADY_WAITING',
    `${agent.id} waits for ${named(...waiter.scopes)} already: wait for that, or cancel it first`,
    { ticket: waiter.ticket, scopes: waiter.scopes, sinceMs: waiter.sinceMs },
  );
}

function refusedToAsk(
  state: State,
  agent: Agent,
  missing: readonly ScopePath[],
  { scopes, ttlMs }: AcquireLock,
): Decision | null {
  const { maxLocksPerAgent } = state.settings;
  if (agent.status === 'blocked')
    return reject(
      'AGENT_BLOCKED',
      `${agent.id} has said that it is blocked: set its status to working, or release what it holds`,
      { agent: agent.id, reason: agent.blockedReason, held: heldInOrder(agent) },
    );
  if (agent.held.size > 0 && agent.held.size + missing.length > maxLocksPerAgent)
    return reject('AGENT_HOLDS_LOCK', holdsAdvice(agent, scopes, maxLocksPerAgent), {
      held: heldInOrder(agent),
      asked: scopes,
      maxLocksPerAgent,
    });
  if (missing.length > maxLocksPerAgent)
    return reject('LOCK_LIMIT_REACHED', tooManyAtOnce(missing, maxLocksPerAgent, []), {
      asked: missing.length,
      maxLocksPerAgent,
    });
  return refusedTtl(state, ttlMs);
}

/** Who asks for more than it may ever hold is not helped by giving something back alone. */
function holdsAdvice(agent: Agent, asked: readonly ScopePath[], max: number): string {
  const held = heldInOrder(agent);
  if (asked.length > max) return tooManyAtOnce(asked, max, held);
  const rest = held.filter((scope) => !asked.includes(scope)).length;
  const excess = rest + asked.length - max;
  const some = excess === rest ? 'release first' : `release ${excess === 1 ? 'one' : excess} of them first`;
  return `${agent.id} holds ${named(...held)} and may hold ${max} at a time: ${some}`;
}

/** Who holds all that it may is refused one scope alone as well. */
function tooManyAtOnce({ length }: readonly ScopePath[], max: number, held: readonly ScopePath[]): string {
  const first = held.length < max ? '' : `release ${named(...held)} first and `;
  return `${length} scopes at once, but an agent may hold ${max}: ${first}ask for fewer, or raise max_locks_per_agent`;
}

function refusedTtl(state: State, ttlMs: DurationMs | null): Decision | null {
  const { lockTtlMaxMs } = state.settings;
  if (ttlMs === null || ttlMs <= lockTtlMaxMs) return null;
  return reject(
    'TTL_TOO_LONG',
    `a lease of ${formatDuration(ttlMs)} was asked for, but the longest is ${formatDuration(lockTtlMaxMs)}: ask for less and renew, or raise lock_timeout_max`,
    { ttlMs, lockTtlMaxMs },
  );
}

function grantAll(draft: Draft, agent: Agent, command: AcquireLock): Decision {
  const locks = command.scopes.map((scope) => {
    const held = draft.state.locks.get(scope);
    return held === undefined ? grant(draft, agent, scope, command) : renewHeld(draft, held, command);
  });
  settleQueue(draft);
  return { kind: 'committed', events: draft.events, result: { kind: 'granted', locks } };
}

function grant(draft: Draft, { id, epoch }: Agent, scope: ScopePath, command: AcquireLock): Grant {
  const ttlMs = command.ttlMs ?? draft.settings.lockTtlMs;
  const deadlineMs = draft.grant({ scope, agent: id, epoch, ticket: null, ttlMs, reason: command.reason });
  // Others may want it together with scopes that are held.
  const contendedSinceMs = draft.state.index.queues.has(scope) ? draft.atMs : null;
  return { scope, token: draft.revision, deadlineMs, contendedSinceMs };
}

/** What the asker holds already. */
function renewHeld(draft: Draft, lock: Lock, { ttlMs, reason }: AcquireLock): Grant {
  return { ...renew(draft, lock, ttlMs, reason), already: true, sinceMs: lock.grantedAtMs };
}

function renew(draft: Draft, lock: Lock, ttlMs: DurationMs | null, reason: string | null): Grant {
  const ttl = ttlMs ?? lock.ttlMs;
  const deadlineMs = renewedDeadline(draft.state, lock, ttl, draft.atMs);
  const { scope, agent } = lock;
  const renewed = { kind: 'lock.renewed', scope, agent, ttlMs: ttl, deadlineMs } as const;
  draft.emit(reason === null ? renewed : { ...renewed, reason });
  return { ...toGrant(draft.state, lock), deadlineMs };
}

function queue(
  draft: Draft,
  agent: Agent,
  scopes: readonly ScopePath[],
  command: AcquireLock,
  waitMs: DurationMs | null,
): Decision {
  const { state } = draft;
  const refused = refusedToWait(draft, agent, scopes);
  if (refused !== null) return refused;
  const { id, epoch } = agent;
  const ttlMs = command.ttlMs ?? state.settings.lockTtlMs;
  const { reason } = command;
  const waiter: Waiter = {
    ticket: draft.revision,
    agent: id,
    epoch,
    scopes,
    sinceMs: draft.atMs,
    deadlineMs: waitMs === null ? null : addMs(draft.atMs, waitMs),
    waitMs,
    ttlMs,
    reason,
  };
  draft.emit({ kind: 'ticket.issued', agent: id, epoch, scopes, waitMs, ttlMs, reason });
  settleQueue(draft, waiter);
  return { kind: 'committed', events: draft.events, result: queuedResult(draft, waiter) };
}

function refusedToWait(draft: Draft, agent: Agent, scopes: readonly ScopePath[]): Decision | null {
  const { state } = draft;
  if (agent.held.size > 0) {
    const stuck = deadlockedAgents(state, { ticket: draft.revision, agent: agent.id, scopes });
    if (stuck.has(agent.id)) {
      const cycle = waitCycle(state, stuck, agent.id);
      const told = cycle.map(
        (link) =>
          `${link.agent} -> ${link.scope === null ? 'a place' : named(link.scope)} -> ${link.waitsFor}`,
      );
      return reject(
        'WOULD_DEADLOCK',
        `waiting would never end: ${told.join('; ')}. Release what ${agent.id} holds (${named(...heldInOrder(agent))}) and ask for everything at once`,
        { cycle, held: heldInOrder(agent) },
      );
    }
  }
  if (state.tickets.size >= waitersMax)
    return reject('WAITER_LIMIT_REACHED', `${waitersMax} tickets are queued already: try again later`, {
      waitersMax,
    });
  return null;
}

/** The wait ends at its own deadline or when the agent has been blocked for too long, whichever comes first. */
function queuedResult(draft: Draft, waiter: Waiter): QueuedResult {
  const blockedTooLong = addMs(waiter.sinceMs, draft.settings.maxBlockMs);
  const own = waiter.deadlineMs;
  const deadlineMs = own !== null && own < blockedTooLong ? own : blockedTooLong;
  return { kind: 'queued', ticket: waiter.ticket, position: positionOf(draft, waiter), deadlineMs };
}

/**
 * Gives locks back: all that are named, or none. Without names, whatever the agent holds, which may be nothing.
 * Rejects: SCOPE_NOT_FOUND, STALE_FENCING_TOKEN, LOCK_NOT_HELD.
 */
export function decideReleaseLock(state: State, command: ReleaseLock): Decision {
  const agent = presentAgent(state, command.agent);
  const scopes = command.scopes ?? heldInOrder(agent);
  const refused = refusedUnknownScope(state, scopes) ?? refusedNotHeld(state, agent, scopes, command);
  if (refused !== null) return refused;
  const draft = new Draft(state, command.atMs);
  for (const scope of scopes) draft.release(must(state.locks.get(scope), `${scope} is held`), 'released');
  settleQueue(draft);
  return { kind: 'committed', events: draft.events, result: { kind: 'released', scopes } };
}

/** All tokens are compared before any holder: who presents an old one has lost the lock, whoever holds it now. */
function refusedNotHeld(
  state: State,
  agent: Agent,
  scopes: readonly ScopePath[],
  { token, atMs }: ReleaseLock,
): Decision | null {
  for (const scope of scopes) {
    const stale = refusedStaleToken(state, scope, agent.id, token);
    if (stale !== null) return stale;
  }
  const missing = scopes.find((scope) => !agent.held.has(scope));
  return missing === undefined ? null : notHeld(state, missing, agent, atMs, 'nothing was given back');
}

/**
 * Moves the deadline of a held lock. Rejects: SCOPE_NOT_FOUND, TTL_TOO_LONG, LOCK_NOT_HELD, STALE_FENCING_TOKEN.
 */
export function decideRenewLock(state: State, command: RenewLock): Decision {
  const { scope, token, ttlMs } = command;
  const unknown = refusedUnknownScope(state, [scope]);
  if (unknown !== null) return unknown;
  const agent = presentAgent(state, command.agent);
  const tooLong = refusedTtl(state, ttlMs);
  if (tooLong !== null) return tooLong;
  const stale = refusedStaleToken(state, scope, agent.id, token);
  if (stale !== null) return stale;
  const lock = state.locks.get(scope);
  if (lock === undefined || lock.agent !== agent.id) return notHeld(state, scope, agent, command.atMs);
  const draft = new Draft(state, command.atMs);
  const grant = renew(draft, lock, ttlMs, null);
  return { kind: 'committed', events: draft.events, result: { kind: 'granted', locks: [grant] } };
}

/** An operator takes a lock back; its holder's token is worthless from then on. Rejects: SCOPE_NOT_FOUND, LOCK_NOT_HELD. */
export function decideRevokeLock(state: State, command: RevokeLock): Decision {
  const unknown = refusedUnknownScope(state, [command.scope]);
  if (unknown !== null) return unknown;
  const lock = state.locks.get(command.scope);
  if (lock === undefined)
    return reject('LOCK_NOT_HELD', `${named(command.scope)} is free: there is nothing to revoke`, {
      scope: command.scope,
      holder: null,
    });
  const draft = new Draft(state, command.atMs);
  draft.revoke(lock, command.reason);
  settleQueue(draft);
  const { scope, agent, token } = lock;
  return { kind: 'committed', events: draft.events, result: { kind: 'revoked', scope, agent, token } };
}

// What happens to locks.

export function evolveLockGranted(state: State, event: EventOf<'lock.granted'>, stamp: Stamp): void {
  const { scope, agent: id, epoch, ticket, ttlMs, deadlineMs, reason } = event;
  const agent = presentAgent(state, id);
  const lock: Lock = {
    scope,
    agent: id,
    epoch,
    token: stamp.revision,
    ticket,
    grantedAtMs: stamp.atMs,
    ttlMs,
    deadlineMs,
    reason,
    contendedSinceMs: state.index.queues.has(scope) ? stamp.atMs : null,
  };
  state.locks.set(scope, lock);
  state.index.lockDeadlines.set(scope, deadlineMs);
  if (agent.held.size === 0) state.index.holders += 1;
  agent.held.add(scope);
  agent.retryCount = 0;
  settleStatus(state, agent, stamp.atMs);
}

export function evolveLockRenewed(state: State, event: EventOf<'lock.renewed'>): void {
  const lock = must(state.locks.get(event.scope), `renewed ${event.scope} is held`);
  lock.ttlMs = event.ttlMs;
  lock.reason = event.reason ?? lock.reason;
  setLease(state, event.scope, event.deadlineMs);
}

export function evolveLockReleased(state: State, event: EventOf<'lock.released'>, stamp: Stamp): void {
  endLock(state, event, stamp);
}

export function evolveLockExpired(state: State, event: EventOf<'lock.expired'>, stamp: Stamp): void {
  state.totals.timeouts += 1;
  endLock(state, event, stamp);
}

export function evolveLockRevoked(state: State, event: EventOf<'lock.revoked'>, stamp: Stamp): void {
  endLock(state, event, stamp);
}

type Ending = Extract<Event, { kind: 'lock.released' | 'lock.expired' | 'lock.revoked' }>;

function endLock(state: State, event: Ending, stamp: Stamp): void {
  const agent = presentAgent(state, event.agent);
  noteEnd(state, event, agent, stamp.atMs);
  state.locks.delete(event.scope);
  state.index.lockDeadlines.delete(event.scope);
  agent.held.delete(event.scope);
  if (agent.held.size === 0) state.index.holders -= 1;
  settleStatus(state, agent, stamp.atMs);
}

function noteEnd(state: State, event: Ending, { id: agent, epoch }: Agent, atMs: TimeMs): void {
  const { scope, token } = event;
  const how = event.kind === 'lock.expired' ? 'expired' : 'revoked';
  const cause = event.kind === 'lock.released' ? event.cause : how;
  must(state.scopes.get(scope), `${scope} is a scope`).lastEnd = { agent, epoch, token, cause, atMs };
}

export function evolvePlaceContended(state: State, _event: EventOf<'place.contended'>, stamp: Stamp): void {
  state.placeWaitSinceMs = stamp.atMs;
}

export function evolvePlaceUncontended(state: State): void {
  state.placeWaitSinceMs = null;
}
