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
import type { Decision } from './decide.ts';
import { Draft } from './draft.ts';
import type { EventOf, Stamp } from './events.ts';
import { presentAgent } from './gate.ts';
import { addMs, type AgentId, type ScopePath, type Ticket } from './ids.ts';
import { rearmBlock, settleStatus } from './status.ts';
import type { State, Waiter } from './state.ts';

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

/** Serves the queue as it will be after the events of a draft, and notes whether anyone is left waiting for a place. */
export function settleQueue(draft: Draft, issued: Waiter | null = null): void {
  const { state } = draft;
  if (state.tickets.size === 0 && issued === null) return;
  const placeCameFree = state.index.holders >= state.settings.maxConcurrentAgents && !draft.isFull();
  if (placeCameFree) for (const waiter of state.tickets.values()) serve(draft, waiter);
  else serveTouched(draft);
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
  const oldest = draft.state.tickets.size === 0 ? null : draft.oldest();
  if (oldest !== null && oldest !== self) {
    const scope = scopes.find((wanted) => oldest.scopes.includes(wanted));
    if (scope !== undefined) return { kind: 'reserved', scope, waiter: oldest };
  }
  if (draft.isFull() && draft.heldBy(agent) === 0) return { kind: 'full' };
  return null;
}

/** Serves those who wait for a scope that the draft touched, in order; nobody else can have become grantable. */
function serveTouched(draft: Draft): void {
  const { tickets, index } = draft.state;
  const numbers = new Set<Ticket>();
  for (const scope of draft.touched) for (const ticket of index.queues.get(scope) ?? []) numbers.add(ticket);
  const inOrder = draft.touched.length === 1 ? numbers : [...numbers].sort((a, b) => a - b);
  for (const ticket of inOrder) {
    serve(draft, must(tickets.get(ticket), `ticket ${ticket} is queued but unknown`));
    if (!draft.touched.some((scope) => draft.isFree(scope))) return;
  }
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
  const { index, tickets } = draft.state;
  for (const [scope, queue] of index.queues) {
    if (!draft.isFree(scope)) continue;
    for (const ticket of queue) {
      const waiter = must(tickets.get(ticket), `ticket ${ticket} is queued but unknown`);
      if (draft.isQueued(waiter) && waitsForPlace(draft, waiter)) return true;
    }
  }
  return false;
}

function waitsForPlace(draft: Draft, waiter: Waiter): boolean {
  return obstacleTo(draft, waiter.agent, waiter.scopes, waiter)?.kind === 'full';
}

/** Tickets ahead of a newcomer that want one of the same scopes, or all of them when it waits for a place only. */
export function ticketsAhead(draft: Draft, scopes: readonly ScopePath[], obstacle: Obstacle): number {
  const { tickets, index } = draft.state;
  if (obstacle.kind === 'full') return tickets.size;
  const ahead = new Set<Ticket>();
  for (const scope of scopes) for (const ticket of index.queues.get(scope) ?? []) ahead.add(ticket);
  return ahead.size;
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
  const agent = presentAgent(state, id);
  settleStatus(state, agent, stamp.atMs);
  rearmBlock(state, agent, stamp.atMs);
  state.totals.conflicts += 1;
}

/** Puts a ticket into the queue and its indexes; also how a snapshot is read. */
export function enqueue(state: State, waiter: Waiter): void {
  state.tickets.set(waiter.ticket, waiter);
  for (const scope of waiter.scopes) {
    const queue = state.index.queues.get(scope);
    if (queue === undefined) state.index.queues.set(scope, new Set([waiter.ticket]));
    else queue.add(waiter.ticket);
  }
  if (waiter.deadlineMs !== null) state.index.ticketDeadlines.set(waiter.ticket, waiter.deadlineMs);
  const agent = state.agents.get(waiter.agent);
  if (agent !== undefined) agent.ticket = waiter.ticket;
}

export function evolveTicketEnded(state: State, event: EventOf<'ticket.ended'>, stamp: Stamp): void {
  const waiter = must(state.tickets.get(event.ticket), `ticket ${event.ticket} ended but is not queued`);
  state.tickets.delete(waiter.ticket);
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
