/**
 * Who waits for whom, and who can never go on.
 *
 * A waiting agent needs all of: whatever overlaps what it wants to come free, every older ticket that wants what overlaps to be
 * served or given up (it may become the oldest, and then keeps it), of a resource without a free slot *any one* holder to give
 * up its slot, and, when no place is free and it holds nothing in a scope, *any one* holder to give up its place. So "some of this, all of that": a plain cycle search would be wrong, and the
 * agents that can go on are found by reduction instead. Whoever is left is deadlocked.
 */
import { must } from './assert.ts';
import { locksOverlapping } from './contention.ts';
import type { AgentId, Slot, Ticket } from './ids.ts';
import { linesAhead } from './lines.ts';
import type { Settings } from './settings.ts';
import type { State } from './state.ts';
import { isSlot, resourceOf, slotOf, type Target, type WantedName } from './targets.ts';
import { wantedName } from './overlap.ts';

/** A wait, real or proposed. A proposed one is younger than every real one. */
export interface Wait {
  readonly ticket: Ticket;
  readonly agent: AgentId;
  readonly targets: readonly Target[];
}

/** One agent waiting for the next, and through what. */
export interface WaitLink {
  readonly agent: AgentId;
  readonly waitsFor: AgentId;
  /** What is between them; null: a place among the `maxConcurrentAgents`. */
  readonly target: Target | null;
}

/** A link in the parts that people and programs tell apart; `scope: null` for a place. */
export type ToldLink = (WantedName | { readonly scope: null }) & {
  readonly agent: AgentId;
  readonly waitsFor: AgentId;
};

export function toldLink(state: State, { agent, waitsFor, target }: WaitLink): ToldLink {
  return { agent, waitsFor, ...(target === null ? { scope: null } : wantedName(state, target)) };
}

/**
 * Waiting agents that can never go on. With a proposed wait only those that it depends on, directly or not, are looked at:
 * the cost is linear in them. Empty: no deadlock.
 */
export function deadlockedAgents(
  state: State,
  proposed: Wait | null = null,
  limits: Limits = state.settings,
): Map<AgentId, Wait> {
  const reduction = new Reduction(state, proposed, limits);
  for (const wait of proposed === null ? state.tickets.values() : [proposed]) reduction.reach(wait.agent);
  return reduction.stuck();
}

/** What there is only so much of. */
export type Limits = Pick<Settings, 'maxConcurrentAgents' | 'resources'>;

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
  readonly #limits: Limits;
  readonly #isFull: boolean;
  readonly #waits: ReadonlyMap<AgentId, Wait> | null;
  readonly #proposed: Wait | null;
  readonly #pending = new Map<AgentId, Pending>();
  /** By what somebody needs one of (a place, a slot of a resource): who has one, and who needs it. */
  readonly #groups = new Map<string, Group>();
  readonly #unlinked: Pending[] = [];

  constructor(state: State, proposed: Wait | null, limits: Limits) {
    this.#state = state;
    this.#proposed = proposed;
    this.#limits = limits;
    this.#isFull = state.index.holders.size >= limits.maxConcurrentAgents;
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
      for (const other of [...done.hinders, ...this.#givenBy(done)]) {
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
    for (const target of wait.targets) {
      if (isSlot(target)) this.#needSlot(pending, target);
      else
        for (const { agent } of locksOverlapping(this.#state, target))
          if (agent !== wait.agent) this.#need(pending, agent);
      for (const agent of agentsAhead(this.#state, target, wait)) this.#need(pending, agent);
    }
    if (this.#isFull && needsPlace(this.#state, wait)) this.#needPlace(pending);
  }

  #need(pending: Pending, agent: AgentId): void {
    const hindrance = this.#pendingOf(agent);
    if (hindrance === undefined) return;
    pending.lacks += 1;
    hindrance.hinders.push(pending);
  }

  #needSlot(pending: Pending, target: Slot): void {
    const holders = holdersOfAllSlots(this.#state, target, this.#limits);
    if (holders !== null) this.#needOne(pending, target, holders);
  }

  #needPlace(pending: Pending): void {
    this.#needOne(pending, 'a place', this.#state.index.holders);
  }

  /** A holder that does not wait may give up what it has at any time. */
  #needOne(pending: Pending, of: string, holders: ReadonlySet<AgentId>): void {
    let group = this.#groups.get(of);
    if (group === undefined) {
      if ([...holders].some((holder) => this.#waitOf(holder) === undefined)) return;
      this.#groups.set(of, (group = { holders, needed: [] }));
      for (const holder of holders) this.#pendingOf(holder);
    }
    pending.lacks += 1;
    group.needed.push(pending);
  }

  /** Whom an agent that can go on gives what it has one of; the first that can serves all. */
  #givenBy({ wait }: Pending): Pending[] {
    return [...this.#groups.values()].flatMap((group) =>
      group.holders.has(wait.agent) ? group.needed.splice(0) : [],
    );
  }
}

/** Those who need one of what these holders have. */
interface Group {
  readonly holders: ReadonlySet<AgentId>;
  readonly needed: Pending[];
}

/** Who has the slots of a resource; null while one is free. */
function holdersOfAllSlots(
  state: State,
  target: Slot,
  { resources }: Limits = state.settings,
): Set<AgentId> | null {
  const resource = resourceOf(target);
  const holders = new Set<AgentId>();
  const capacity = resources[resource] ?? 0;
  for (let number = 1; number <= capacity; number += 1) {
    const lock = state.locks.get(slotOf(resource, number));
    if (lock === undefined) return null;
    holders.add(lock.agent);
  }
  return holders;
}

function needsPlace(state: State, { agent, targets }: Wait): boolean {
  return !state.index.holders.has(agent) && !targets.every(isSlot);
}

/** The cycle that an agent would be part of, link by link; empty when it is not deadlocked. */
export function waitCycle(state: State, stuck: ReadonlyMap<AgentId, Wait>, start: AgentId): WaitLink[] {
  const isFull = state.index.holders.size >= state.settings.maxConcurrentAgents;
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
  for (const target of wait.targets) {
    const waitsFor = firstStuck(state, wait, target, stuck);
    if (waitsFor !== null) return { agent, waitsFor, target };
  }
  if (!isFull || !needsPlace(state, wait)) return null;
  const waitsFor = firstOfAllStuck(state.index.holders, stuck);
  return waitsFor === null ? null : { agent, waitsFor, target: null };
}

/** Who keeps a wait from one of its targets for ever: a holder, or somebody ahead in a line. */
function firstStuck(
  state: State,
  wait: Wait,
  target: Target,
  stuck: ReadonlyMap<AgentId, Wait>,
): AgentId | null {
  if (isSlot(target)) {
    const holders = holdersOfAllSlots(state, target);
    const holder = holders === null ? null : firstOfAllStuck(holders, stuck);
    if (holder !== null) return holder;
  } else
    for (const { agent } of locksOverlapping(state, target))
      if (agent !== wait.agent && stuck.has(agent)) return agent;
  for (const agent of agentsAhead(state, target, wait)) if (stuck.has(agent)) return agent;
  return null;
}

/** Null when one of them can go on. */
function firstOfAllStuck(holders: ReadonlySet<AgentId>, stuck: ReadonlyMap<AgentId, Wait>): AgentId | null {
  let first: AgentId | null = null;
  for (const holder of holders) {
    if (!stuck.has(holder)) return null;
    if (first === null || holder < first) first = holder;
  }
  return first;
}

/** Whose tickets stand before this one and want what overlaps. Who waits in turn for all before it stands for them. */
function agentsAhead(state: State, target: Target, { ticket }: Wait): AgentId[] {
  return linesAhead(state, target, ticket).map(
    (ahead) => must(state.tickets.get(ahead), `ticket ${ahead} is queued`).agent,
  );
}
