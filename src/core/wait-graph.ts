/**
 * Who waits for whom, and who can never go on.
 *
 * A waiting agent needs all of: every scope it wants to come free, every older ticket that wants one of them to be
 * served or given up (it may become the oldest, and then keeps them), and, when the house is full and it holds nothing,
 * *any one* holder to give up its place. So "some of this, all of that": a plain cycle search would be wrong, and the
 * agents that can go on are found by reduction instead. Whoever is left is deadlocked.
 */
import type { AgentId, ScopePath, Ticket } from './ids.ts';
import type { State } from './state.ts';

/** A wait, real or proposed. A proposed one is younger than every real one. */
export interface Wait {
  readonly ticket: Ticket;
  readonly agent: AgentId;
  readonly scopes: readonly ScopePath[];
}

/** One agent waiting for the next, and through what. */
export interface WaitLink {
  readonly agent: AgentId;
  readonly waitsFor: AgentId;
  /** The scope between them; null: a place among the `maxConcurrentAgents`. */
  readonly scope: ScopePath | null;
}

/** Waiting agents that can never go on, with `proposed` in the queue as well. Empty: no deadlock. */
export function deadlockedAgents(
  state: State,
  proposed: Wait | null = null,
  maxConcurrentAgents: number = state.settings.maxConcurrentAgents,
): Map<AgentId, Wait> {
  const waits = new Map<AgentId, Wait>();
  for (const waiter of state.tickets.values()) waits.set(waiter.agent, waiter);
  if (proposed !== null) waits.set(proposed.agent, proposed);
  const isFull = state.index.holders >= maxConcurrentAgents;
  for (let reduced = true; reduced;) {
    reduced = false;
    for (const wait of waits.values()) {
      if (firstHindrance(state, wait, waits, isFull) !== null) continue;
      waits.delete(wait.agent);
      reduced = true;
    }
  }
  return waits;
}

/** The cycle that an agent would be part of, link by link; empty when it is not deadlocked. */
export function waitCycle(state: State, stuck: ReadonlyMap<AgentId, Wait>, start: AgentId): WaitLink[] {
  const isFull = state.index.holders >= state.settings.maxConcurrentAgents;
  const links: WaitLink[] = [];
  const places = new Map<AgentId, number>();
  let agent: AgentId = start;
  for (;;) {
    const wait = stuck.get(agent);
    const link = wait === undefined ? null : firstHindrance(state, wait, stuck, isFull);
    if (link === null) return [];
    places.set(agent, links.length);
    links.push(link);
    const from = places.get(link.waitsFor);
    if (from !== undefined) return links.slice(from);
    agent = link.waitsFor;
  }
}

/** The first of the agents a wait depends on that is itself stuck; null when the wait can end. */
function firstHindrance(
  state: State,
  wait: Wait,
  stuck: ReadonlyMap<AgentId, Wait>,
  isFull: boolean,
): WaitLink | null {
  const { agent } = wait;
  for (const scope of wait.scopes) {
    const holder = state.locks.get(scope)?.agent;
    if (holder !== undefined && holder !== agent && stuck.has(holder))
      return { agent, waitsFor: holder, scope };
    const ahead = agentAhead(state, scope, wait.ticket);
    if (ahead !== null && stuck.has(ahead)) return { agent, waitsFor: ahead, scope };
  }
  if (!isFull || (state.agents.get(agent)?.held.size ?? 0) > 0) return null;
  return hindranceToPlace(state, agent, stuck);
}

/** Whose ticket stands right before this one. It waits in turn for all before it, so it stands for them. */
function agentAhead(state: State, scope: ScopePath, ticket: Ticket): AgentId | null {
  const ahead = state.index.queues.get(scope)?.before(ticket) ?? null;
  return ahead === null ? null : (state.tickets.get(ahead)?.agent ?? null);
}

function hindranceToPlace(state: State, agent: AgentId, stuck: ReadonlyMap<AgentId, Wait>): WaitLink | null {
  let first: AgentId | null = null;
  for (const { agent: holder } of state.locks.values()) {
    if (!stuck.has(holder)) return null;
    if (first === null || holder < first) first = holder;
  }
  return first === null ? null : { agent, waitsFor: first, scope: null };
}
