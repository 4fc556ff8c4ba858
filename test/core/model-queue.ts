/** The model's locks and the queue for them; see `model.ts`. */
import type { Settings } from '../../src/core/index.ts';
import type { Answer } from './model.ts';

export interface ModelLock {
  readonly scope: string;
  readonly agent: string;
  readonly token: number;
  readonly grantedAt: number;
  ttl: number;
  endsAt: number;
  wantedSince: number | null;
}

export interface ModelTicket {
  readonly number: number;
  readonly agent: string;
  readonly scopes: readonly string[];
  since: number;
  readonly wait: number | null;
  endsAt: number | null;
  readonly ttl: number;
}

export class ModelQueue {
  now = 0;
  locks: ModelLock[] = [];
  tickets: ModelTicket[] = [];
  placeWantedSince: number | null = null;
  readonly settings: Settings;

  constructor(settings: Settings) {
    this.settings = settings;
  }

  heldBy(name: string): ModelLock[] {
    return this.locks.filter((lock) => lock.agent === name);
  }

  lockOf(scope: string): ModelLock | undefined {
    return this.locks.find((lock) => lock.scope === scope);
  }

  ticketOf(name: string): ModelTicket | undefined {
    return this.tickets.find((ticket) => ticket.agent === name);
  }

  holders(): number {
    return new Set(this.locks.map((lock) => lock.agent)).size;
  }

  /** Why these scopes cannot be granted to this agent now. */
  obstacle(name: string, scopes: readonly string[], own: ModelTicket | null): Answer | null {
    if (scopes.some((scope) => this.lockOf(scope) !== undefined)) return 'LOCK_HELD';
    const [oldest] = this.tickets;
    if (oldest !== undefined && oldest !== own && oldest.scopes.some((scope) => scopes.includes(scope)))
      return 'RESERVED_FOR_WAITER';
    const needsPlace = this.heldBy(name).length === 0;
    return needsPlace && this.holders() >= this.settings.maxConcurrentAgents ? 'CONCURRENCY_LIMIT' : null;
  }

  /** Tickets that can never be served: take away, again and again, those that nothing stuck stands before. */
  stuck(): ModelTicket[] {
    let stuck = [...this.tickets];
    for (;;) {
      const names = stuck.map((ticket) => ticket.agent);
      const left = stuck.filter(
        (ticket) =>
          ticket.scopes.some((scope) => names.includes(this.lockOf(scope)?.agent ?? '')) ||
          stuck.some(
            (ahead) =>
              ahead.number < ticket.number && ahead.scopes.some((scope) => ticket.scopes.includes(scope)),
          ) ||
          (this.heldBy(ticket.agent).length === 0 &&
            this.holders() >= this.settings.maxConcurrentAgents &&
            this.locks.every((lock) => names.includes(lock.agent))),
      );
      if (left.length === stuck.length) return stuck;
      stuck = left;
    }
  }

  /** Who waits for what since when. */
  noteWanted(): void {
    for (const lock of this.locks) {
      const wanted = this.tickets.some((ticket) => ticket.scopes.includes(lock.scope));
      lock.wantedSince = wanted ? (lock.wantedSince ?? this.now) : null;
    }
    const placeWanted = this.tickets.some(
      (ticket) => this.obstacle(ticket.agent, ticket.scopes, ticket) === 'CONCURRENCY_LIMIT',
    );
    this.placeWantedSince = placeWanted ? (this.placeWantedSince ?? this.now) : null;
  }

  prolong(lock: ModelLock, ttl: number): void {
    const wanted = [
      lock.wantedSince,
      this.placeWantedSince === null ? null : Math.max(this.placeWantedSince, lock.grantedAt),
    ].filter((since) => since !== null);
    const latest = Math.min(Infinity, ...wanted) + this.settings.maxContendedHoldMs;
    lock.endsAt = Math.max(lock.endsAt, Math.min(this.now + ttl, latest));
  }

  endTickets(which: (ticket: ModelTicket) => boolean): Answer {
    this.tickets = this.tickets.filter((ticket) => !which(ticket));
    return 'committed';
  }

  endLocks(which: (lock: ModelLock) => boolean): Answer {
    this.locks = this.locks.filter((lock) => !which(lock));
    return 'committed';
  }
}
