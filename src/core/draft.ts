import { assert, must } from './assert.ts';
import type { ChangedUnder } from './changed-files.ts';
import type { Event, ReleaseCause, TicketEndCause } from './events.ts';
import {
  addMs,
  type AgentId,
  type DurationMs,
  type Epoch,
  type ResourceName,
  type Revision,
  type ScopePath,
  type Slot,
  type Ticket,
  type TimeMs,
} from './ids.ts';
import { heldInOrder } from './overlap.ts';
import type { Settings } from './settings.ts';
import type { Agent, Lock, State, Waiter } from './state.ts';
import { isSlot, lockNameOf, partsOf, resourceOf, slotOf, type LockName, type Target } from './targets.ts';
import { scopeOf } from './overlap.ts';

/** A lock about to be granted. */
export interface Award {
  /** Of a resource the wish for any slot: the lowest free one is given. */
  readonly target: Target;
  readonly agent: AgentId;
  readonly epoch: Epoch;
  readonly ticket: Ticket | null;
  readonly ttlMs: DurationMs;
  readonly reason: string | null;
}

/**
 * The events gathered while one command is decided, and what locks and queue will look like after them. The state
 * itself is only read. This is what lets one revision tell a whole story: a session ends, so its lock is released, so
 * the next waiter is granted.
 */
export class Draft {
  readonly state: State;
  readonly atMs: TimeMs;
  /** The revision that the events will have, and so the token of each grant among them. */
  readonly revision: Revision;
  readonly settings: Settings;
  readonly events: Event[] = [];
  /** How many agents will hold something in a scope. */
  holders: number;
  #endedLocks: Set<Target> | null = null;
  #awards: Map<Target, AgentId> | null = null;
  #endedTickets: Set<Ticket> | null = null;
  /** By agent: how many locks in scopes it has gained or lost. */
  #heldChange: Map<AgentId, number> | null = null;
  /** By scope and agent: how many file claims it has gained or lost. */
  #claimChange: Map<ScopePath, Map<AgentId, number>> | null = null;
  #touched: Set<Target> | null = null;
  #leftWithdrawn: Set<ScopePath> | null = null;
  #redefined: ReadonlySet<ScopePath> | null = null;
  #oldest: Ticket | null;

  constructor(state: State, atMs: TimeMs, settings: Settings = state.settings) {
    this.state = state;
    this.atMs = atMs;
    this.revision = (state.revision + 1) as Revision;
    this.settings = settings;
    this.holders = state.index.holders.size;
    this.#oldest = state.index.queue.first;
  }

  emit(event: Event): void {
    this.events.push(event);
  }

  /** The lock of a target, unless it ends in this draft. Grants of this draft are not shown. */
  lockOf(target: Target): Lock | undefined {
    return this.#endedLocks?.has(target) === true ? undefined : this.state.locks.get(target);
  }

  /** Who will hold this very target, whatever overlaps it; null: nobody. */
  holderOf(target: Target): AgentId | null {
    return this.#awards?.get(target) ?? this.lockOf(target)?.agent ?? null;
  }

  /** Who will hold files of a scope: nobody (null), one agent, or several. */
  claimantOf(scope: ScopePath): AgentId | 'several' | null {
    const change = this.#claimChange?.get(scope);
    const claimants = this.state.index.claims.get(scope)?.byAgent;
    if (change === undefined && claimants === undefined) return null;
    if (change === undefined && (claimants?.size ?? 0) > 1) return 'several';
    let only: AgentId | null = null;
    for (const agent of new Set([...(claimants?.keys() ?? []), ...(change?.keys() ?? [])])) {
      if ((claimants?.get(agent) ?? 0) + (change?.get(agent) ?? 0) === 0) continue;
      if (only !== null) return 'several';
      only = agent;
    }
    return only;
  }

  /** The lowest slot of a resource that will be free; null when none will, or when there is no such resource. */
  freeSlotOf(resource: ResourceName): Slot | null {
    return this.#freeSlots(resource, 1)[0] ?? null;
  }

  /** Whether at least two slots of a resource will be free, so that one can be kept and another given. */
  hasSlotToSpare(resource: ResourceName): boolean {
    return this.#freeSlots(resource, 2).length === 2;
  }

  #freeSlots(resource: ResourceName, enough: number): Slot[] {
    const capacity = this.settings.resources[resource] ?? 0;
    const found: Slot[] = [];
    for (let number = 1; number <= capacity && found.length < enough; number += 1) {
      const slot = slotOf(resource, number);
      if (this.holderOf(slot) === null) found.push(slot);
    }
    return found;
  }

  /** How many locks in scopes an agent will hold, of whole ones and of files. */
  heldInScopesBy(id: AgentId): number {
    const agent = this.state.agents.get(id);
    const before = agent === undefined ? 0 : agent.held.size - agent.resources;
    return before + (this.#heldChange?.get(id) ?? 0);
  }

  isQueued(waiter: Waiter): boolean {
    return this.#endedTickets?.has(waiter.ticket) !== true;
  }

  /** The ticket at the head of the queue. */
  oldest(): Waiter | null {
    const { tickets, index } = this.state;
    while (this.#oldest !== null && this.#endedTickets?.has(this.#oldest) === true)
      this.#oldest = index.queue.after(this.#oldest);
    return this.#oldest === null ? null : must(tickets.get(this.#oldest), 'the oldest ticket is known');
  }

  /** What tickets may now get: its lock ended, or the oldest ticket no longer keeps it. */
  touched(): Iterable<Target> {
    return this.#touched ?? [];
  }

  /** Withdrawn scopes that a lock or a ticket of this draft has left, and that nobody holds or waits for after it. */
  abandoned(): ScopePath[] {
    if (this.#leftWithdrawn === null) return [];
    return [...this.#leftWithdrawn].filter(
      (scope) => !this.isInUse(scope) && this.#redefined?.has(scope) !== true,
    );
  }

  /** These scopes are in the graph that the draft defines, so none of them is abandoned. */
  redefines(scopes: Iterable<ScopePath>): void {
    this.#redefined = new Set(scopes);
  }

  /** Whether somebody will hold a scope or a file of it, or wait for one of them with a ticket from before this draft. */
  isInUse(scope: ScopePath): boolean {
    return this.holderOf(scope) !== null || this.claimantOf(scope) !== null || this.#isWanted(scope);
  }

  /** Whether a ticket that was there before this draft still waits for a scope or a file of it. */
  #isWanted(scope: ScopePath): boolean {
    const { queues, fileQueues } = this.state.index;
    for (const line of [queues.get(scope), fileQueues.get(scope)])
      for (const ticket of line ?? []) if (this.#endedTickets?.has(ticket) !== true) return true;
    return false;
  }

  isFull(): boolean {
    return this.holders >= this.settings.maxConcurrentAgents;
  }

  /** `changed`: what was changed under locks, this one or not, as whoever gives them back says. */
  release(lock: Lock, cause: ReleaseCause, changed: readonly ChangedUnder[] = []): void {
    const { agent, token } = lock;
    const found = changed.find(({ scope, file }) => (file ?? scope) === lock.target);
    const under = found === undefined ? {} : { changed: { files: found.files, count: found.count } };
    this.emit({ kind: 'lock.released', ...partsOf(lock), agent, token, cause, ...under });
    this.#endLock(lock);
  }

  expire(lock: Lock): void {
    const { agent, token } = lock;
    this.emit({ kind: 'lock.expired', ...partsOf(lock), agent, token });
    this.#endLock(lock);
  }

  revoke(lock: Lock, reason: string | null): void {
    const { agent, token } = lock;
    this.emit({ kind: 'lock.revoked', ...partsOf(lock), agent, token, reason });
    this.#endLock(lock);
  }

  /** Everything an agent holds and has not lost in this draft already, in order of name. */
  releaseAll(agent: Agent, cause: ReleaseCause, changed: readonly ChangedUnder[] = []): Target[] {
    const targets = heldInOrder(agent);
    for (const target of targets) {
      const lock = this.lockOf(target);
      if (lock !== undefined) this.release(lock, cause, changed);
    }
    return targets;
  }

  endTicket(waiter: Waiter, cause: TicketEndCause): void {
    if (!this.isQueued(waiter)) return;
    if (waiter === this.oldest()) for (const target of waiter.targets) this.touch(target);
    this.emit({ kind: 'ticket.ended', ticket: waiter.ticket, agent: waiter.agent, cause });
    (this.#endedTickets ??= new Set()).add(waiter.ticket);
    for (const target of waiter.targets) this.#leave(scopeOf(this.state, target));
  }

  /** Answers what was granted, with the slot of a resource, and until when. */
  grant(award: Award): { readonly name: LockName; readonly deadlineMs: TimeMs } {
    const deadlineMs = addMs(this.atMs, award.ttlMs);
    const { agent, epoch, ticket, ttlMs, reason } = award;
    const scope = scopeOf(this.state, award.target);
    const target = isSlot(award.target) ? this.#mustFreeSlot(award.target) : award.target;
    const name = lockNameOf(target, scope);
    this.emit({ kind: 'lock.granted', ...name, agent, epoch, ticket, ttlMs, deadlineMs, reason });
    (this.#awards ??= new Map()).set(target, agent);
    this.#changeHeld(agent, scope, target, 1);
    return { name, deadlineMs };
  }

  #mustFreeSlot(wish: Slot): Slot {
    const slot = this.freeSlotOf(resourceOf(wish));
    assert(slot !== null, `${wish} has a free slot`);
    return slot;
  }

  #endLock(lock: Lock): void {
    const { target, agent, scope = null } = lock;
    (this.#endedLocks ??= new Set()).add(target);
    this.touch(target);
    this.#leave(scope);
    this.#changeHeld(agent, scope, target, -1);
  }

  #leave(scope: ScopePath | null): void {
    if (scope !== null && this.state.scopes.get(scope)?.withdrawn === true)
      (this.#leftWithdrawn ??= new Set()).add(scope);
  }

  /** Tickets may now get what overlaps a target. */
  touch(target: Target): void {
    const nobodyWaits = this.#oldest === null;
    if (!nobodyWaits) (this.#touched ??= new Set()).add(target);
  }

  #changeHeld(agent: AgentId, scope: ScopePath | null, target: Target, change: 1 | -1): void {
    if (scope === null) return;
    const before = this.heldInScopesBy(agent);
    if (before === 0) this.holders += 1;
    if (before + change === 0) this.holders -= 1;
    add((this.#heldChange ??= new Map()), agent, change);
    if (target === scope) return;
    const changes = (this.#claimChange ??= new Map());
    const ofScope = changes.get(scope) ?? new Map<AgentId, number>();
    add(ofScope, agent, change);
    changes.set(scope, ofScope);
  }
}

function add(counts: Map<AgentId, number>, agent: AgentId, change: number): void {
  counts.set(agent, (counts.get(agent) ?? 0) + change);
}
