/**
 * Locks: what overlaps never has two holders.
 *
 * A lock is of a scope, of one file of a scope, or of a slot of a resource (`targets.ts`). A target is free until it is granted. A lock is a lease: it ends when its holder releases it, completes, leaves or is
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
import { touchContention } from './contention.ts';
import type { Decision } from './decision.ts';
import { Draft } from './draft.ts';
import type { Event, EventOf, Stamp } from './events.ts';
import { presentAgent, refusedUnknown } from './gate.ts';
import { addMs, type DurationMs, type TimeMs } from './ids.ts';
import { refusedToAsk, refusedTtl } from './lock-bounds.ts';
import { dropLock, isWantedOnGrant, putLock } from './lock-index.ts';
import { busy, namedTargets, notHeld, nothingToRevoke, refusedStaleToken } from './lock-refusals.ts';
import { renewedDeadline, setLease, toGrant } from './leases.ts';
import { waitersMax } from './limits.ts';
import { heldInOrder } from './overlap.ts';
import { obstacleTo, positionOf, settleQueue } from './queue.ts';
import { reject } from './rejections.ts';
import type { Grant, QueuedResult } from './results.ts';
import { settleStatus } from './status.ts';
import type { Agent, Lock, LockEnd, State, Waiter } from './state.ts';
import {
  nameWith,
  isSlot,
  partsOf,
  resourceOf,
  slotOf,
  targetNamed,
  targetOf,
  targetsOf,
  wishFor,
  type Target,
} from './targets.ts';
import { heldUnder, wishOf } from './overlap.ts';
import { deadlockedAgents, toldLink, waitCycle } from './wait-graph.ts';

/**
 * Grants one or several locks as a unit, or queues the agent when it is willing to wait.
 *
 * Asking again for what it holds renews the leases and returns the same tokens, says that it held them already, and keeps
 * the new reason if there is one; asking again for what it waits for
 * returns the same ticket. Of several, those it holds already are renewed when the others are granted.
 *
 * Rejects: SCOPE_NOT_FOUND, RESOURCE_NOT_FOUND, ALREADY_WAITING, AGENT_BLOCKED, AGENT_HOLDS_LOCK, LOCK_LIMIT_REACHED,
 * FILE_LIMIT_REACHED, RESOURCE_LIMIT_REACHED, TTL_TOO_LONG; when it
 * does not wait LOCK_HELD, RESERVED_FOR_WAITER, CONCURRENCY_LIMIT; when it does WOULD_DEADLOCK, WAITER_LIMIT_REACHED.
 */
export function decideAcquireLock(state: State, command: AcquireLock): Decision {
  const unknown = refusedUnknown(state, command);
  if (unknown !== null) return unknown;
  const asked = targetsOf(command);
  const agent = presentAgent(state, command.agent);
  const missing = asked.filter((target) => heldUnder(agent, target) === null);
  const draft = new Draft(state, command.atMs);
  if (agent.ticket !== null) return whileWaiting(draft, agent, missing);
  const refused = refusedToAsk(state, agent, missing, asked) ?? refusedTtl(state, command.ttlMs);
  if (refused !== null) return refused;
  const obstacle = obstacleTo(draft, agent.id, missing, null);
  if (obstacle !== null)
    return command.wait.kind === 'none'
      ? busy(draft, agent.id, asked, obstacle)
      : queue(draft, agent, missing, command, command.wait.forMs);
  return grantAll(draft, agent, asked, command);
}

function whileWaiting(draft: Draft, agent: Agent, targets: readonly Target[]): Decision {
  const waiter = must(draft.state.tickets.get(must(agent.ticket, 'waits')), 'its ticket is queued');
  const same =
    waiter.targets.length === targets.length &&
    waiter.targets.every((target, place) => target === targets[place]);
  if (same) return { kind: 'committed', events: [], result: queuedResult(draft, waiter) };
  return reject(
    'ALREADY_WAITING',
    `${agent.id} waits for ${namedTargets(waiter.targets)} already: wait for that, or cancel it first`,
    { ticket: waiter.ticket, ...wishOf(draft.state, waiter.targets), sinceMs: waiter.sinceMs },
  );
}

function grantAll(draft: Draft, agent: Agent, asked: readonly Target[], command: AcquireLock): Decision {
  const locks = asked.map((target) => {
    const held = heldUnder(agent, target);
    if (held === null) return grant(draft, agent, target, command);
    return renewHeld(draft, must(draft.state.locks.get(held), `${held} is held`), command);
  });
  settleQueue(draft);
  return { kind: 'committed', events: draft.events, result: { kind: 'granted', locks } };
}

function grant(draft: Draft, { id, epoch }: Agent, target: Target, command: AcquireLock): Grant {
  const ttlMs = command.ttlMs ?? draft.settings.lockTtlMs;
  const { reason } = command;
  const { name, deadlineMs } = draft.grant({ target, agent: id, epoch, ticket: null, ttlMs, reason });
  // Others may want it together with what is held.
  const contendedSinceMs = isWantedOnGrant(draft, target) ? draft.atMs : null;
  return nameWith(name, { token: draft.revision, deadlineMs, contendedSinceMs });
}

/** What the asker holds already. */
function renewHeld(draft: Draft, lock: Lock, { ttlMs, reason }: AcquireLock): Grant {
  return Object.assign(renew(draft, lock, ttlMs, reason), {
    already: true,
    sinceMs: lock.grantedAtMs,
  } as const);
}

function renew(draft: Draft, lock: Lock, ttlMs: DurationMs | null, reason: string | null): Grant {
  const ttl = ttlMs ?? lock.ttlMs;
  const deadlineMs = renewedDeadline(draft.state, lock, ttl, draft.atMs);
  const { agent } = lock;
  const given = reason === null ? {} : { reason };
  draft.emit({ kind: 'lock.renewed', ...partsOf(lock), agent, ttlMs: ttl, deadlineMs, ...given });
  return toGrant(draft.state, lock, deadlineMs);
}

function queue(
  draft: Draft,
  agent: Agent,
  targets: readonly Target[],
  command: AcquireLock,
  waitMs: DurationMs | null,
): Decision {
  const { state } = draft;
  const refused = refusedToWait(draft, agent, targets);
  if (refused !== null) return refused;
  const { id, epoch } = agent;
  const ttlMs = command.ttlMs ?? state.settings.lockTtlMs;
  const { reason } = command;
  const waiter: Waiter = {
    ticket: draft.revision,
    agent: id,
    epoch,
    targets,
    sinceMs: draft.atMs,
    deadlineMs: waitMs === null ? null : addMs(draft.atMs, waitMs),
    waitMs,
    ttlMs,
    reason,
  };
  draft.emit({ kind: 'ticket.issued', agent: id, epoch, ...wishOf(state, targets), waitMs, ttlMs, reason });
  settleQueue(draft, waiter);
  return { kind: 'committed', events: draft.events, result: queuedResult(draft, waiter) };
}

/** Who holds nothing cannot close a cycle. */
function refusedToWait(draft: Draft, agent: Agent, targets: readonly Target[]): Decision | null {
  const { state } = draft;
  if (agent.held.size > 0) {
    const stuck = deadlockedAgents(state, { ticket: draft.revision, agent: agent.id, targets });
    if (stuck.has(agent.id)) {
      const cycle = waitCycle(state, stuck, agent.id);
      const told = cycle.map(
        (link) =>
          `${link.agent} -> ${link.target === null ? 'a place' : namedTargets([link.target])} -> ${link.waitsFor}`,
      );
      return reject(
        'WOULD_DEADLOCK',
        `waiting would never end: ${told.join('; ')}. Release what ${agent.id} holds (${namedTargets(heldInOrder(agent))}) and ask for everything at once`,
        { cycle: cycle.map((link) => toldLink(state, link)), held: heldInOrder(agent) },
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
 * Rejects: SCOPE_NOT_FOUND, RESOURCE_NOT_FOUND, STALE_FENCING_TOKEN, LOCK_NOT_HELD.
 */
export function decideReleaseLock(state: State, command: ReleaseLock): Decision {
  const agent = presentAgent(state, command.agent);
  const { scopes, files = [], resources = [] } = command;
  const isAll = scopes === null && files.length === 0 && resources.length === 0;
  const wish = { scopes: scopes ?? [], files, resources };
  const unknown = refusedUnknown(state, wish);
  if (unknown !== null) return unknown;
  const targets = isAll ? heldInOrder(agent) : targetsOf(wish);
  const refused = refusedNotHeld(state, agent, targets, command);
  if (refused !== null) return refused;
  const draft = new Draft(state, command.atMs);
  for (const target of targets) draft.release(mustHold(state, agent, target), 'released', command.changed);
  settleQueue(draft);
  return {
    kind: 'committed',
    events: draft.events,
    result: { kind: 'released', ...wishOf(state, targets) },
  };
}

function mustHold(state: State, agent: Agent, target: Target): Lock {
  const held = must(heldUnder(agent, target), `${agent.id} holds ${target}`);
  return must(state.locks.get(held), `${held} is held`);
}

/** All tokens are compared before any holder: who presents an old one has lost the lock, whoever holds it now. */
function refusedNotHeld(
  state: State,
  agent: Agent,
  targets: readonly Target[],
  { token, atMs }: ReleaseLock,
): Decision | null {
  for (const target of targets) {
    const stale = refusedStaleToken(state, target, agent, token);
    if (stale !== null) return stale;
  }
  const missing = targets.find((target) => heldUnder(agent, target) === null);
  return missing === undefined ? null : notHeld(state, missing, agent, atMs, 'nothing was given back');
}

/**
 * Moves the deadline of a held lock. Rejects: SCOPE_NOT_FOUND, RESOURCE_NOT_FOUND, TTL_TOO_LONG, LOCK_NOT_HELD,
 * STALE_FENCING_TOKEN.
 */
export function decideRenewLock(state: State, command: RenewLock): Decision {
  const target = targetNamed(command);
  const unknown = refusedUnknown(state, wishFor(command));
  if (unknown !== null) return unknown;
  const agent = presentAgent(state, command.agent);
  const tooLong = refusedTtl(state, command.ttlMs);
  if (tooLong !== null) return tooLong;
  const stale = refusedStaleToken(state, target, agent, command.token);
  if (stale !== null) return stale;
  if (heldUnder(agent, target) === null) return notHeld(state, target, agent, command.atMs);
  const draft = new Draft(state, command.atMs);
  const renewed = renew(draft, mustHold(state, agent, target), command.ttlMs, null);
  return { kind: 'committed', events: draft.events, result: { kind: 'granted', locks: [renewed] } };
}

/**
 * An operator takes a lock back; its holder's token is worthless from then on. Rejects: SCOPE_NOT_FOUND, RESOURCE_NOT_FOUND,
 * LOCK_NOT_HELD.
 */
export function decideRevokeLock(state: State, command: RevokeLock): Decision {
  const named = targetNamed(command);
  const unknown = refusedUnknown(state, wishFor(command));
  if (unknown !== null) return unknown;
  const target = isSlot(named) ? slotOf(resourceOf(named), command.slot ?? 1) : named;
  const lock = state.locks.get(target);
  if (lock === undefined) return nothingToRevoke(state, target);
  const draft = new Draft(state, command.atMs);
  draft.revoke(lock, command.reason);
  settleQueue(draft);
  const { agent, token } = lock;
  return {
    kind: 'committed',
    events: draft.events,
    result: { kind: 'revoked', ...partsOf(lock), agent, token },
  };
}

// What happens to locks.

export function evolveLockGranted(state: State, event: EventOf<'lock.granted'>, stamp: Stamp): void {
  const { agent: id, epoch, ticket, ttlMs, deadlineMs, reason } = event;
  const target = targetOf(event);
  putLock(state, {
    target,
    agent: id,
    epoch,
    token: stamp.revision,
    ticket,
    grantedAtMs: stamp.atMs,
    ttlMs,
    deadlineMs,
    reason,
    contendedSinceMs: null,
    ...partsOf(event),
  });
  touchContention(state, target);
  const agent = presentAgent(state, id);
  agent.retryCount = 0;
  settleStatus(state, agent, stamp.atMs);
}

export function evolveLockRenewed(state: State, event: EventOf<'lock.renewed'>): void {
  const target = targetOf(event);
  const lock = must(state.locks.get(target), `renewed ${target} is held`);
  lock.ttlMs = event.ttlMs;
  lock.reason = event.reason ?? lock.reason;
  setLease(state, target, event.deadlineMs);
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
  const target = targetOf(event);
  const lock = must(state.locks.get(target), `${target} is held`);
  const agent = presentAgent(state, event.agent);
  noteEnd(state, event, agent, stamp.atMs);
  dropLock(state, lock);
  touchContention(state, target);
  settleStatus(state, agent, stamp.atMs);
}

function noteEnd(state: State, event: Ending, { id: agent, epoch }: Agent, atMs: TimeMs): void {
  const { scope, file, token } = event;
  if (scope === undefined) return;
  const how = event.kind === 'lock.expired' ? 'expired' : 'revoked';
  const cause = event.kind === 'lock.released' ? event.cause : how;
  const end: LockEnd =
    file === undefined ? { agent, epoch, token, cause, atMs } : { agent, epoch, token, cause, atMs, file };
  must(state.scopes.get(scope), `${scope} is a scope`).lastEnd = end;
}

export function evolvePlaceContended(state: State, _event: EventOf<'place.contended'>, stamp: Stamp): void {
  state.placeWaitSinceMs = stamp.atMs;
}

export function evolvePlaceUncontended(state: State): void {
  state.placeWaitSinceMs = null;
}
