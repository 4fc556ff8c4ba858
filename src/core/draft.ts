import { must } from './assert.ts';
import type { Event, ReleaseCause, TicketEndCause } from './events.ts';
import {
  addMs,
  type AgentId,
  type DurationMs,
  type Epoch,
  type Revision,
  type ScopePath,
  type Ticket,
  type TimeMs,
} from './ids.ts';
import { heldInOrder } from './order.ts';
import type { Settings } from './settings.ts';
import type { Agent, Lock, State, Waiter } from './state.ts';

/** A lock about to be granted. */
export interface Award {
  readonly scope: ScopePath;
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
  /** How many agents will hold a lock. */
  holders: number;
  #endedLocks: Set<ScopePath> | null = null;
  #awards: Map<ScopePath, AgentId> | null = null;
  #endedTickets: Set<Ticket> | null = null;
  #heldChange: Map<AgentId, number> | null = null;
  #touched: Set<ScopePath> | null = null;
  #leftWithdrawn: Set<ScopePath> | null = null;
  #oldest: Ticket | null;

  constructor(state: State, atMs: TimeMs, settings: Settings = state.settings) {
    this.state = state;
    this.atMs = atMs;
    this.revision = (state.revision + 1) as Revision;
    this.settings = settings;
    this.holders = state.index.holders;
    this.#oldest = state.index.queue.first;
  }

  emit(event: Event): void {
    this.events.push(event);
  }

  /** The lock of a scope, unless it ends in this draft. Grants of this draft are not shown. */
  lockOf(scope: ScopePath): Lock | undefined {
    return this.#endedLocks?.has(scope) === true ? undefined : this.state.locks.get(scope);
  }

  isFree(scope: ScopePath): boolean {
    return this.#awards?.has(scope) !== true && this.lockOf(scope) === undefined;
  }

  /** Who will hold a scope; null when it is free. */
  holderOf(scope: ScopePath): AgentId | null {
    return this.#awards?.get(scope) ?? this.lockOf(scope)?.agent ?? null;
  }

  heldBy(agent: AgentId): number {
    return (this.state.agents.get(agent)?.held.size ?? 0) + (this.#heldChange?.get(agent) ?? 0);
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

  /** Scopes that tickets may now get: their lock ended, or the oldest ticket no longer reserves them. */
  touched(): Iterable<ScopePath> {
    return this.#touched ?? [];
  }

  /** Withdrawn scopes that a lock or a ticket of this draft has left, and that nobody holds or waits for after it. */
  abandoned(): ScopePath[] {
    return [...(this.#leftWithdrawn ?? [])].filter((scope) => this.isFree(scope) && !this.isWanted(scope));
  }

  /** Whether a ticket that was there before this draft still waits for a scope. */
  isWanted(scope: ScopePath): boolean {
    for (const ticket of this.state.index.queues.get(scope) ?? [])
      if (this.#endedTickets?.has(ticket) !== true) return true;
    return false;
  }

  isFull(): boolean {
    return this.holders >= this.settings.maxConcurrentAgents;
  }

  release(lock: Lock, cause: ReleaseCause): void {
    const { scope, agent, token } = lock;
    this.emit({ kind: 'lock.released', scope, agent, token, cause });
    this.#endLock(lock);
  }

  expire(lock: Lock): void {
    const { scope, agent, token } = lock;
    this.emit({ kind: 'lock.expired', scope, agent, token });
    this.#endLock(lock);
  }

  revoke(lock: Lock, reason: string | null): void {
    const { scope, agent, token } = lock;
    this.emit({ kind: 'lock.revoked', scope, agent, token, reason });
    this.#endLock(lock);
  }

  /** Everything an agent holds and has not lost in this draft already, in order of scope. */
  releaseAll(agent: Agent, cause: ReleaseCause): ScopePath[] {
    const scopes = heldInOrder(agent);
    for (const scope of scopes) {
      const lock = this.lockOf(scope);
      if (lock !== undefined) this.release(lock, cause);
    }
    return scopes;
  }

  endTicket(waiter: Waiter, cause: TicketEndCause): void {
    if (!this.isQueued(waiter)) return;
    if (waiter === this.oldest()) for (const scope of waiter.scopes) this.#touch(scope);
    this.emit({ kind: 'ticket.ended', ticket: waiter.ticket, agent: waiter.agent, cause });
    (this.#endedTickets ??= new Set()).add(waiter.ticket);
    for (const scope of waiter.scopes) this.#leave(scope);
  }

  grant(award: Award): TimeMs {
    const deadlineMs = addMs(this.atMs, award.ttlMs);
    const { scope, agent, epoch, ticket, ttlMs, reason } = award;
    this.emit({ kind: 'lock.granted', scope, agent, epoch, ticket, ttlMs, deadlineMs, reason });
    (this.#awards ??= new Map()).set(scope, agent);
    this.#changeHeld(agent, 1);
    return deadlineMs;
  }

  #endLock(lock: Lock): void {
    (this.#endedLocks ??= new Set()).add(lock.scope);
    this.#touch(lock.scope);
    this.#leave(lock.scope);
    this.#changeHeld(lock.agent, -1);
  }

  #leave(scope: ScopePath): void {
    if (this.state.scopes.get(scope)?.withdrawn === true) (this.#leftWithdrawn ??= new Set()).add(scope);
  }

  #touch(scope: ScopePath): void {
    const nobodyWaits = this.#oldest === null;
    if (!nobodyWaits) (this.#touched ??= new Set()).add(scope);
  }

  #changeHeld(agent: AgentId, change: 1 | -1): void {
    const before = this.heldBy(agent);
    if (before === 0) this.holders += 1;
    if (before + change === 0) this.holders -= 1;
    const changes = (this.#heldChange ??= new Map());
    changes.set(agent, (changes.get(agent) ?? 0) + change);
  }
}
