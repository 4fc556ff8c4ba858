/**
 * Who waits for whom, and who can never go on.
 *
 * A waiting agent needs all of: every scope it wants to come free, every older ticket that wants one of them to be
 * served or given up (it may become the oldest, and then keeps them), and, when no place is free and it holds nothing,
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

/**
 * Waiting agents that can never go on. With a proposed wait only those that it depends on, directly or not, are looked at:
 * the cost is linear in them. Empty: no deadlock.
 */
export function deadlockedAgents(
  state: State,
  proposed: Wait | null = null,
  maxConcurrentAgents: number = state.settings.maxConcurrentAgents,
): Map<AgentId, Wait> {
  const isFull = state.index.holders >= maxConcurrentAgents;
  const reduction = new Reduction(state, proposed, isFull);
  for (const wait of proposed === null ? state.tickets.values() : [proposed]) reduction.reach(wait.agent);
  return reduction.stuck();
}

/** A wait, with how much it still lacks. */
interface Pending {
  readonly wait: Wait;
  /** Of all that it needs, what nobody who can go on has given up yet. */
  lacks: number;
  /** Those that need something of its agent. */
  readonly hinders: Pending[];
}

/** Finds what waits depend on, counts what each lacks, and takes away, one after the other, those that lack nothing. */
class Reduction {
  readonly #state: State;
  readonly #isFull: boolean;
  readonly #waits: ReadonlyMap<AgentId, Wait> | null;
  readonly #proposed: Wait | null;
  readonly #pending = new Map<AgentId, Pending>();
  /** Those that need any one holder to give up its place; null while that is none. */
  #forPlace: Pending[] | null = null;
  readonly #unlinked: Pending[] = [];

  constructor(state: State, proposed: Wait | null, isFull: boolean) {
    this.#state = state;
    this.#proposed = proposed;
    this.#isFull = isFull;
    const all = (): Map<AgentId, Wait> =>
      new Map([...state.tickets.values()].map((wait) => [wait.agent, wait]));
    this.#waits = proposed === null ? all() : null;
  }

  /** Adds an agent, if it waits, and all that it depends on. */
  reach(agent: AgentId): void {
    this.#pendingOf(agent);
    for (let next = this.#unlinked.pop(); next !== undefined; next = this.#unlinked.pop()) this.#link(next);
  }

  /** Who is left when all that can go on have gone on. */
  stuck(): Map<AgentId, Wait> {
    const ready = [...this.#pending.values()].filter(({ lacks }) => lacks === 0);
    for (let done = ready.pop(); done !== undefined; done = ready.pop()) {
      this.#pending.delete(done.wait.agent);
      for (const other of [...done.hinders, ...this.#givenPlace(done)]) {
        other.lacks -= 1;
        if (other.lacks === 0) ready.push(other);
      }
    }
    return new Map([...this.#pending].map(([agent, { wait }]) => [agent, wait]));
  }

  #waitOf(agent: AgentId): Wait | undefined {
    if (this.#proposed?.agent === agent) return this.#proposed;
    if (this.#waits !== null) return this.#waits.get(agent);
    const ticket = this.#state.agents.get(agent)?.ticket ?? null;
    return ticket === null ? undefined : this.#state.tickets.get(ticket);
  }

  /** Undefined: the agent does not wait. */
  #pendingOf(agent: AgentId): Pending | undefined {
    const known = this.#pending.get(agent);
    const wait = known === undefined ? this.#waitOf(agent) : undefined;
    if (wait === undefined) return known;
    const pending: Pending = { wait, lacks: 0, hinders: [] };
    this.#pending.set(agent, pending);
    this.#unlinked.push(pending);
    return pending;
  }

  #link(pending: Pending): void {
    const { wait } = pending;
    for (const scope of wait.scopes) {
      const holder = this.#state.locks.get(scope)?.agent;
      if (holder !== undefined && holder !== wait.agent) this.#need(pending, holder);
      const ahead = agentAhead(this.#state, scope, wait.ticket);
      if (ahead !== null) this.#need(pending, ahead);
    }
    if (this.#isFull && !holds(this.#state, wait.agent)) this.#needPlace(pending);
  }

  #need(pending: Pending, agent: AgentId): void {
    const hindrance = this.#pendingOf(agent);
    if (hindrance === undefined) return;
    pending.lacks += 1;
    hindrance.hinders.push(pending);
  }

  /** A holder that does not wait may give up its place at any time. */
  #needPlace(pending: Pending): void {
    if (this.#forPlace === null) {
      const holders = [...new Set([...this.#state.locks.values()].map((lock) => lock.agent))];
      if (holders.some((holder) => this.#waitOf(holder) === undefined)) return;
      this.#forPlace = [];
      for (const holder of holders) this.#pendingOf(holder);
    }
    pending.lacks += 1;
    this.#forPlace.push(pending);
  }

  /** Whom the first holder that can go on gives a place. */
  #givenPlace({ wait }: Pending): readonly Pending[] {
    if (this.#forPlace === null || !holds(this.#state, wait.agent)) return [];
    return this.#forPlace.splice(0);
  }
}

function holds(state: State, agent: AgentId): boolean {
  return (state.agents.get(agent)?.held.size ?? 0) > 0;
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
  if (!isFull || holds(state, agent)) return null;
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
