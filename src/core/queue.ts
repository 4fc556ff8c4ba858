/**
 * The queue: one for the whole repository, in order of asking.
 *
 * A ticket is a place in it, for one target or for several that are granted together. It outlives the call that asked and
 * ends by a grant, a cancel, its deadline, or with its agent. After every change that may free something, in the same
 * revision, the queue is served: from the oldest ticket on, each one that can be granted is.
 *
 * A ticket can be granted when nobody else holds what overlaps its targets, when its agent holds something in a scope already
 * or there is a place left among the `maxConcurrentAgents`, and when none of its targets overlaps what the oldest ticket wants.
 * That last rule keeps a ticket for several targets from starving, and one for a whole scope from being starved by a stream of
 * file claims: once it is the oldest, what it wants is kept for it. Everyone else may overtake whoever cannot be served yet.
 * Nobody who asks later is given what a waiting ticket could have had.
 */
import { must } from './assert.ts';
import type { CancelWait } from './commands.ts';
import type { Decision } from './decision.ts';
import { Draft } from './draft.ts';
import type { EventOf, Stamp } from './events.ts';
import { presentAgent } from './gate.ts';
import { touchContention } from './contention.ts';
import { addMs, type AgentId, type Ticket } from './ids.ts';
import {
  allLines,
  joinLines,
  leaveLines,
  lineAt,
  linesOf,
  linesOverlapping,
  scopeOfFiles,
  type LineKey,
} from './lines.ts';
import { byNumber } from './order.ts';
import { PriorityQueue } from './priority-queue.ts';
import { settleStatus } from './status.ts';
import type { State, Waiter } from './state.ts';
import { isSlot, resourceOf, targetsOf, type Target } from './targets.ts';
import { overlap, scopeOf } from './overlap.ts';
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
  | { readonly kind: 'held'; readonly target: Target }
  | { readonly kind: 'reserved'; readonly target: Target; readonly waiter: Waiter }
  | { readonly kind: 'full' };

/** What stands between an agent and these targets. `self` is the agent's own ticket, when it has one already. */
export function obstacleTo(
  draft: Draft,
  agent: AgentId,
  targets: readonly Target[],
  self: Waiter | null,
): Obstacle | null {
  const held = targets.find((target) => isTaken(draft, agent, target));
  if (held !== undefined) return { kind: 'held', target: held };
  const oldest = draft.oldest();
  if (oldest !== null && oldest !== self) {
    const target = targets.find((wanted) => isKeptFor(draft, oldest, wanted));
    if (target !== undefined) return { kind: 'reserved', target, waiter: oldest };
  }
  return needsPlace(draft, agent, targets) && draft.isFull() ? { kind: 'full' } : null;
}

/** Whether somebody else holds what overlaps a target; of a resource, whether no slot is free. */
function isTaken(draft: Draft, agent: AgentId, target: Target): boolean {
  if (isSlot(target)) return draft.freeSlotOf(resourceOf(target)) === null;
  const isOthers = (holder: AgentId | 'several' | null): boolean => holder !== null && holder !== agent;
  if (isOthers(draft.holderOf(target))) return true;
  const scope = must(scopeOf(draft.state, target), `${target} is in a scope`);
  return isOthers(target === scope ? draft.claimantOf(scope) : draft.holderOf(scope));
}

/** Whether a target is kept for the oldest ticket. Of a resource one slot is kept, not all. */
function isKeptFor(draft: Draft, oldest: Waiter, wanted: Target): boolean {
  if (!oldest.targets.some((target) => overlap(draft.state, target, wanted))) return false;
  return !isSlot(wanted) || !draft.hasSlotToSpare(resourceOf(wanted));
}

/** Whoever holds something in a scope has its place already, and a resource needs none. */
function needsPlace(draft: Draft, agent: AgentId, targets: readonly Target[]): boolean {
  return draft.heldInScopesBy(agent) === 0 && !targets.every(isSlot);
}

/**
 * Grants what can be granted, in order of issue. Only two things make a ticket grantable: a target that the draft touched,
 * or a place that came free where none was.
 */
function serveQueue(draft: Draft): void {
  const { settings, index } = draft.state;
  const placeCameFree = index.holders.size >= settings.maxConcurrentAgents && !draft.isFull();
  const heads = headsOf(draft, placeCameFree ? allLines(draft.state) : linesOf(draft.state, draft.touched()));
  for (let line = heads.first(); line !== null; line = heads.first()) {
    if (draft.isFull()) return serveWithoutPlace(draft);
    const ticket = must(heads.get(line), `a head of ${line}`);
    serve(draft, waiterOf(draft, ticket));
    const next = candidateAfter(draft, line, ticket);
    if (next === null) heads.delete(line);
    else heads.set(line, next);
  }
}

/** For each of these lines the first ticket that may get what it waits for. */
function headsOf(draft: Draft, lines: Iterable<LineKey>): PriorityQueue<LineKey, Ticket> {
  const heads = new PriorityQueue<LineKey, Ticket>();
  for (const line of lines) {
    const head = candidateAfter(draft, line, null);
    if (head !== null) heads.set(line, head);
  }
  return heads;
}

/** Who is next to be tried in a line, after a ticket or from its head; null when nobody can get it any more. */
function candidateAfter(draft: Draft, key: LineKey, ticket: Ticket | null): Ticket | null {
  const line = lineAt(draft.state, key);
  const admitted = whoMayGet(draft, key);
  if (line === undefined || admitted === 'nobody') return null;
  if (admitted !== 'anybody') {
    const own = draft.state.agents.get(admitted)?.ticket ?? null;
    return own !== null && line.has(own) && (ticket === null || own > ticket) ? own : null;
  }
  if (ticket === null) return line.first;
  const oldest = draft.oldest();
  const isKept = oldest !== null && oldest.ticket <= ticket && isLineKeptFor(draft, oldest, key);
  return isKept ? null : line.after(ticket);
}

/** Whose tickets in a line can be served, as far as holders stand in the way of all others. */
function whoMayGet(draft: Draft, key: LineKey): AgentId | 'anybody' | 'nobody' {
  const scope = scopeOfFiles(key);
  if (scope !== null) return draft.holderOf(scope) ?? 'anybody';
  const target = key as Target;
  if (isSlot(target)) return draft.freeSlotOf(resourceOf(target)) === null ? 'nobody' : 'anybody';
  if (draft.holderOf(target) !== null) return 'nobody';
  const around = must(scopeOf(draft.state, target), `${target} is in a scope`);
  if (around !== target) return draft.holderOf(around) ?? 'anybody';
  const claimant = draft.claimantOf(around);
  return claimant === 'several' ? 'nobody' : (claimant ?? 'anybody');
}

function isLineKeptFor(draft: Draft, oldest: Waiter, key: LineKey): boolean {
  const scope = scopeOfFiles(key);
  return scope === null ? isKeptFor(draft, oldest, key as Target) : oldest.targets.includes(scope);
}

/** Where no place is free, only who has one already can be granted more, and whoever wants resources alone. */
function serveWithoutPlace(draft: Draft): void {
  const { state } = draft;
  const waiting = new Set<Ticket>();
  for (const agent of state.index.holders) {
    const { ticket } = presentAgent(state, agent);
    if (ticket !== null) waiting.add(ticket);
  }
  for (const line of linesOf(state, draft.touched()))
    if (isSlot(line as Target)) for (const ticket of lineAt(state, line) ?? []) waiting.add(ticket);
  for (const ticket of [...waiting].sort(byNumber)) serve(draft, waiterOf(draft, ticket));
}

function waiterOf(draft: Draft, ticket: Ticket): Waiter {
  return must(draft.state.tickets.get(ticket), `ticket ${ticket} is queued but unknown`);
}

function serve(draft: Draft, waiter: Waiter): void {
  if (!draft.isQueued(waiter) || obstacleTo(draft, waiter.agent, waiter.targets, waiter) !== null) return;
  draft.endTicket(waiter, 'granted');
  const { agent, epoch, ticket, ttlMs, reason } = waiter;
  for (const target of waiter.targets) draft.grant({ target, agent, epoch, ticket, ttlMs, reason });
}

/** Whether some ticket has all it wants except a place among the `maxConcurrentAgents`. */
function placeIsWanted(draft: Draft, issued: Waiter | null): boolean {
  if (!draft.isFull()) return false;
  if (issued !== null && waitsForPlace(draft, issued)) return true;
  const oldest = draft.oldest();
  if (oldest === null) return false;
  if (waitsForPlace(draft, oldest)) return true;
  for (const [target, line] of draft.state.index.queues) {
    if (isSlot(target) || whoMayGet(draft, target) !== 'anybody' || isLineKeptFor(draft, oldest, target))
      continue;
    for (const ticket of line) if (waitsForPlace(draft, waiterOf(draft, ticket))) return true;
  }
  return false;
}

/** Whether only a place keeps a ticket waiting. */
export function waitsForPlace(draft: Draft, waiter: Waiter): boolean {
  return draft.isQueued(waiter) && obstacleTo(draft, waiter.agent, waiter.targets, waiter)?.kind === 'full';
}

/**
 * The place of a waiter in the queue, 1 for the next: among those who want what overlaps, or among all when it waits for a
 * place only. A ticket that is about to be issued stands behind everyone.
 */
export function positionOf(draft: Draft, waiter: Waiter): number {
  const { index } = draft.state;
  const lines = waitsForPlace(draft, waiter)
    ? [index.queue]
    : waiter.targets.flatMap((target) => linesOverlapping(draft.state, target));
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
  const { agent: id, epoch, waitMs, ttlMs, reason } = event;
  const waiter: Waiter = {
    ticket: stamp.revision,
    agent: id,
    epoch,
    targets: targetsOf(event),
    sinceMs: stamp.atMs,
    deadlineMs: waitMs === null ? null : addMs(stamp.atMs, waitMs),
    waitMs,
    ttlMs,
    reason,
  };
  enqueue(state, waiter);
  for (const target of waiter.targets) touchContention(state, target);
  settleStatus(state, presentAgent(state, id), stamp.atMs);
  state.totals.conflicts += 1;
}

/** Puts a ticket into the queue and its indexes; also how a snapshot is read. */
export function enqueue(state: State, waiter: Waiter): void {
  state.tickets.set(waiter.ticket, waiter);
  state.index.queue.add(waiter.ticket);
  joinLines(state, waiter);
  if (waiter.deadlineMs !== null) state.index.ticketDeadlines.set(waiter.ticket, waiter.deadlineMs);
  must(state.agents.get(waiter.agent), `${waiter.agent} waits`).ticket = waiter.ticket;
}

export function evolveTicketEnded(state: State, event: EventOf<'ticket.ended'>, stamp: Stamp): void {
  const waiter = must(state.tickets.get(event.ticket), `ticket ${event.ticket} ended but is not queued`);
  state.tickets.delete(waiter.ticket);
  state.index.queue.delete(waiter.ticket);
  state.index.ticketDeadlines.delete(waiter.ticket);
  leaveLines(state, waiter);
  const agent = presentAgent(state, waiter.agent);
  agent.ticket = null;
  for (const target of waiter.targets) touchContention(state, target);
  if (event.cause === 'granted') return; // The grant that follows settles the status.
  agent.retryCount += 1;
  if (event.cause === 'deadline' || event.cause === 'blockedTooLong') state.totals.timeouts += 1;
  settleStatus(state, agent, stamp.atMs);
}
