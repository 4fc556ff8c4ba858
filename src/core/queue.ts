/**
 * The queue: one for the whole repository, in order of asking.
 *
 * A ticket is a place in it, for one scope or for several that are granted together. It outlives the call that asked and
 * ends by a grant, a cancel, its deadline, or with its agent. After every change that may free something, in the same
 * revision, the queue is served: from the oldest ticket on, each one that can be granted is.
 *
 * A ticket can be granted when all its scopes are free, when its agent holds a lock already or there is a place left
 * among the `maxConcurrentAgents`, and when none of its scopes is wanted by the oldest ticket. That last rule keeps a
 * ticket for several scopes from starving: once it is the oldest, what it wants is kept for it. Everyone else may
 * overtake whoever cannot be served yet. Nobody who asks later is given what a waiting ticket could have had.
 */
import { must } from './assert.ts';
import type { CancelWait } from './commands.ts';
import type { Decision } from './decision.ts';
import { Draft } from './draft.ts';
import type { EventOf, Stamp } from './events.ts';
import { presentAgent } from './gate.ts';
import { addMs, type AgentId, type ScopePath, type Ticket } from './ids.ts';
import { byNumber } from './order.ts';
import { PriorityQueue } from './priority-queue.ts';
import { settleStatus } from './status.ts';
import type { State, Waiter } from './state.ts';
import { TicketLine } from './ticket-line.ts';
import { removeAbandoned } from './withdrawal.ts';

/** Gives up the agent's place. Not waiting is no error. Rejects: only the gate. */
export function decideCancelWait(state: State, command: CancelWait): Decision {
  const agent = presentAgent(state, command.agent);
  const waiter = agent.ticket === null ? undefined : state.tickets.get(agent.ticket);
  if (waiter === undefined)
    return { kind: 'committed', events: [], result: { kind: 'waitCancelled', ticket: null } };
  const draft = new Draft(state, command.atMs);
  draft.endTicket(waiter, 'cancelled');
  settleQueue(draft);
  return {
    kind: 'committed',
    events: draft.events,
    result: { kind: 'waitCancelled', ticket: waiter.ticket },
  };
}

/**
 * Serves the queue as it will be after the events of a draft, and notes whether anyone is left waiting for a place. Then
 * what was only kept for those who held it or waited for it goes.
 */
export function settleQueue(draft: Draft, issued: Waiter | null = null): void {
  if (draft.state.tickets.size > 0 || issued !== null) settleTickets(draft, issued);
  removeAbandoned(draft);
}

function settleTickets(draft: Draft, issued: Waiter | null): void {
  const { state } = draft;
  serveQueue(draft);
  const wanted = placeIsWanted(draft, issued);
  if (wanted && state.placeWaitSinceMs === null) draft.emit({ kind: 'place.contended' });
  if (!wanted && state.placeWaitSinceMs !== null) draft.emit({ kind: 'place.uncontended' });
}

/** Why an acquire cannot be granted now; null when it can. */
export type Obstacle =
  | { readonly kind: 'held'; readonly scope: ScopePath; readonly holder: AgentId }
  | { readonly kind: 'reserved'; readonly scope: ScopePath; readonly waiter: Waiter }
  | { readonly kind: 'full' };

/** What stands between an agent and these scopes. `self` is the agent's own ticket, when it has one already. */
export function obstacleTo(
  draft: Draft,
  agent: AgentId,
  scopes: readonly ScopePath[],
  self: Waiter | null,
): Obstacle | null {
  for (const scope of scopes) {
    const holder = draft.holderOf(scope);
    if (holder !== null) return { kind: 'held', scope, holder };
  }
  const oldest = draft.oldest();
  if (oldest !== null && oldest !== self) {
    const scope = scopes.find((wanted) => oldest.scopes.includes(wanted));
    if (scope !== undefined) return { kind: 'reserved', scope, waiter: oldest };
  }
  if (draft.isFull() && draft.heldBy(agent) === 0) return { kind: 'full' };
  return null;
}

/**
 * Grants what can be granted, in order of issue. Only two things make a ticket grantable: a scope that the draft touched,
 * or a place that came free where none was.
 */
function serveQueue(draft: Draft): void {
  const { settings, index } = draft.state;
  const placeCameFree = index.holders >= settings.maxConcurrentAgents && !draft.isFull();
  const heads = headsOf(draft, placeCameFree ? index.queues.keys() : draft.touched());
  for (let scope = heads.first(); scope !== null; scope = heads.first()) {
    if (draft.isFull()) return serveHolders(draft);
    const ticket = must(heads.get(scope), `a head of ${scope}`);
    serve(draft, waiterOf(draft, ticket));
    const next = nextCandidate(draft, scope, ticket);
    if (next === null) heads.delete(scope);
    else heads.set(scope, next);
  }
}

/** For each of these scopes that is free, the oldest ticket that waits for it. */
function headsOf(draft: Draft, scopes: Iterable<ScopePath>): PriorityQueue<ScopePath, Ticket> {
  const heads = new PriorityQueue<ScopePath, Ticket>();
  for (const scope of scopes) {
    const head = draft.isFree(scope) ? draft.state.index.queues.get(scope)?.first : null;
    if (head !== undefined && head !== null) heads.set(scope, head);
  }
  return heads;
}

/** Who is next to be tried for a scope; null when nobody can get it any more. */
function nextCandidate(draft: Draft, scope: ScopePath, ticket: Ticket): Ticket | null {
  const oldest = draft.oldest();
  const isReserved = oldest !== null && oldest.ticket <= ticket && oldest.scopes.includes(scope);
  if (isReserved || !draft.isFree(scope)) return null;
  return must(draft.state.index.queues.get(scope), `${ticket} waits for ${scope}`).after(ticket);
}

/**
 * Where no place is free, only an agent that holds a lock already can be granted another; the number of places bounds how
 * many these are.
 */
function serveHolders(draft: Draft): void {
  if (draft.settings.maxLocksPerAgent === 1) return;
  const { state } = draft;
  const waiting = new Set<Ticket>();
  for (const { agent } of state.locks.values()) {
    const { ticket } = presentAgent(state, agent);
    if (ticket !== null) waiting.add(ticket);
  }
  for (const ticket of [...waiting].sort(byNumber)) serve(draft, waiterOf(draft, ticket));
}

function waiterOf(draft: Draft, ticket: Ticket): Waiter {
  return must(draft.state.tickets.get(ticket), `ticket ${ticket} is queued but unknown`);
}

function serve(draft: Draft, waiter: Waiter): void {
  if (!draft.isQueued(waiter) || obstacleTo(draft, waiter.agent, waiter.scopes, waiter) !== null) return;
  draft.endTicket(waiter, 'granted');
  const { agent, epoch, ticket, ttlMs, reason } = waiter;
  for (const scope of waiter.scopes) draft.grant({ scope, agent, epoch, ticket, ttlMs, reason });
}

/** Whether some ticket has all it wants except a place among the `maxConcurrentAgents`. */
function placeIsWanted(draft: Draft, issued: Waiter | null): boolean {
  if (!draft.isFull()) return false;
  if (issued !== null && waitsForPlace(draft, issued)) return true;
  const oldest = draft.oldest();
  if (oldest === null) return false;
  if (waitsForPlace(draft, oldest)) return true;
  for (const [scope, queue] of draft.state.index.queues) {
    if (!draft.isFree(scope) || oldest.scopes.includes(scope)) continue;
    for (const ticket of queue) if (waitsForPlace(draft, waiterOf(draft, ticket))) return true;
  }
  return false;
}

/** Whether only a place keeps a ticket waiting. */
export function waitsForPlace(draft: Draft, waiter: Waiter): boolean {
  return draft.isQueued(waiter) && obstacleTo(draft, waiter.agent, waiter.scopes, waiter)?.kind === 'full';
}

/**
 * The place of a waiter in the queue, 1 for the next: among those who want one of the same scopes, or among all when it
 * waits for a place only. A ticket that is about to be issued stands behind everyone.
 */
export function positionOf(draft: Draft, waiter: Waiter): number {
  const { index } = draft.state;
  const lines = waitsForPlace(draft, waiter)
    ? [index.queue]
    : waiter.scopes.flatMap((scope) => index.queues.get(scope) ?? []);
  const [line] = lines;
  if (lines.length === 1 && line?.has(waiter.ticket) === false) return line.size + 1;
  const ahead = new Set<Ticket>();
  for (const each of lines)
    for (const ticket of each) {
      if (ticket >= waiter.ticket) break;
      ahead.add(ticket);
    }
  return ahead.size + 1;
}

// What happens to tickets.

export function evolveTicketIssued(state: State, event: EventOf<'ticket.issued'>, stamp: Stamp): void {
  const { agent: id, epoch, scopes, waitMs, ttlMs, reason } = event;
  const waiter: Waiter = {
    ticket: stamp.revision,
    agent: id,
    epoch,
    scopes,
    sinceMs: stamp.atMs,
    deadlineMs: waitMs === null ? null : addMs(stamp.atMs, waitMs),
    waitMs,
    ttlMs,
    reason,
  };
  enqueue(state, waiter);
  for (const scope of scopes) {
    const lock = state.locks.get(scope);
    if (lock !== undefined) lock.contendedSinceMs ??= stamp.atMs;
  }
  settleStatus(state, presentAgent(state, id), stamp.atMs);
  state.totals.conflicts += 1;
}

/** Puts a ticket into the queue and its indexes; also how a snapshot is read. */
export function enqueue(state: State, waiter: Waiter): void {
  state.tickets.set(waiter.ticket, waiter);
  state.index.queue.add(waiter.ticket);
  for (const scope of waiter.scopes) joinQueue(state, scope, waiter.ticket);
  if (waiter.deadlineMs !== null) state.index.ticketDeadlines.set(waiter.ticket, waiter.deadlineMs);
  must(state.agents.get(waiter.agent), `${waiter.agent} waits`).ticket = waiter.ticket;
}

function joinQueue(state: State, scope: ScopePath, ticket: Ticket): void {
  let queue = state.index.queues.get(scope);
  if (queue === undefined) state.index.queues.set(scope, (queue = new TicketLine()));
  queue.add(ticket);
}

export function evolveTicketEnded(state: State, event: EventOf<'ticket.ended'>, stamp: Stamp): void {
  const waiter = must(state.tickets.get(event.ticket), `ticket ${event.ticket} ended but is not queued`);
  state.tickets.delete(waiter.ticket);
  state.index.queue.delete(waiter.ticket);
  state.index.ticketDeadlines.delete(waiter.ticket);
  for (const scope of waiter.scopes) leaveQueue(state, scope, waiter.ticket);
  const agent = presentAgent(state, waiter.agent);
  agent.ticket = null;
  if (event.cause === 'granted') return; // The grant that follows settles the status.
  agent.retryCount += 1;
  if (event.cause === 'deadline' || event.cause === 'blockedTooLong') state.totals.timeouts += 1;
  settleStatus(state, agent, stamp.atMs);
}

function leaveQueue(state: State, scope: ScopePath, ticket: Ticket): void {
  const queue = must(state.index.queues.get(scope), `no queue for ${scope}`);
  queue.delete(ticket);
  if (queue.size > 0) return;
  state.index.queues.delete(scope);
  const lock = state.locks.get(scope);
  if (lock !== undefined) lock.contendedSinceMs = null;
}
