/**
 * What ends by time: sessions, blocks, waits and leases, in this order. Everything that is due ends first; then the queue
 * is served, once. So one revision never grants a scope twice.
 */
import { loseAgent } from './agents.ts';
import { must } from './assert.ts';
import type { ExpireDue } from './commands.ts';
import type { Decision } from './decision.ts';
import { Draft } from './draft.ts';
import type { AgentId, Ticket, TimeMs } from './ids.ts';
import { byNumber, byText } from './order.ts';
import { settleQueue } from './queue.ts';
import type { Agent, State } from './state.ts';
import type { Target } from './targets.ts';

/** The earliest moment at which something will be due; null when nothing will. */
export function nextDeadline(state: State): TimeMs | null {
  const { sessionDeadlines, blockDeadlines, ticketDeadlines, lockDeadlines } = state.index;
  return earlier(
    earlier(sessionDeadlines.firstRank(), blockDeadlines.firstRank()),
    earlier(ticketDeadlines.firstRank(), lockDeadlines.firstRank()),
  );
}

function earlier(a: TimeMs | null, b: TimeMs | null): TimeMs | null {
  if (a === null || b === null) return a ?? b;
  return a < b ? a : b;
}

/** Ends everything whose time has come. Nothing due is no error. */
export function decideExpireDue(state: State, command: ExpireDue): Decision {
  const draft = new Draft(state, command.atMs);
  const agents = loseSilentAgents(draft);
  endLongBlocks(draft);
  const tickets = endOverdueWaits(draft);
  const locks = expireLeases(draft);
  settleQueue(draft);
  return { kind: 'committed', events: draft.events, result: { kind: 'expired', agents, locks, tickets } };
}

function loseSilentAgents(draft: Draft): AgentId[] {
  const { agents, index } = draft.state;
  const lost = index.sessionDeadlines.upTo(draft.atMs, byText);
  for (const id of lost) loseAgent(draft, must(agents.get(id), `${id} has a session`));
  return lost;
}

/** Supervision of progress (the proposal's `check_agent_progress`): nobody stays blocked for longer than `maxBlockMs`. */
function endLongBlocks(draft: Draft): void {
  const { agents, index } = draft.state;
  for (const id of index.blockDeadlines.upTo(draft.atMs, byText))
    endBlock(draft, must(agents.get(id), `${id} is blocked`));
}

function endBlock(draft: Draft, agent: Agent): void {
  const waiter = agent.ticket === null ? undefined : draft.state.tickets.get(agent.ticket);
  if (waiter !== undefined) draft.endTicket(waiter, 'blockedTooLong');
  else draft.releaseAll(agent, 'blockedTooLong');
}

function endOverdueWaits(draft: Draft): Ticket[] {
  const { tickets, index } = draft.state;
  const ended: Ticket[] = [];
  for (const ticket of index.ticketDeadlines.upTo(draft.atMs, byNumber)) {
    const waiter = must(tickets.get(ticket), `ticket ${ticket} is queued`);
    if (!draft.isQueued(waiter)) continue;
    draft.endTicket(waiter, 'deadline');
    ended.push(ticket);
  }
  return ended;
}

function expireLeases(draft: Draft): Target[] {
  const expired: Target[] = [];
  for (const target of draft.state.index.lockDeadlines.upTo(draft.atMs, byText)) {
    const lock = draft.lockOf(target);
    if (lock === undefined) continue;
    draft.expire(lock);
    expired.push(target);
  }
  return expired;
}
