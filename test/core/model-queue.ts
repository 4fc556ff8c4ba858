/** The model's locks and the queue for them; see `model.ts`. */
import type { Settings } from '../../src/core/index.ts';
import type { Answer } from './model.ts';

/** What can be asked for. A resource is asked for without a slot. */
export interface ModelTarget {
  readonly kind: 'whole' | 'file' | 'resource';
  /** Path, or name of the resource. */
  readonly name: string;
  /** The scope it is in; null for a resource. */
  readonly scope: string | null;
}

export interface ModelLock extends ModelTarget {
  /** Of a resource: which of its places. */
  readonly slot: number | null;
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
  readonly targets: readonly ModelTarget[];
  since: number;
  readonly wait: number | null;
  endsAt: number | null;
  readonly ttl: number;
}

/** As the machine files it. */
export function textOf({ kind, name, slot = null }: ModelTarget & { readonly slot?: number | null }): string {
  return kind === 'resource' ? `${name}#${slot ?? '*'}` : name;
}

/** Whether two agents cannot have both, apart from the slots of a resource. */
function overlap(a: ModelTarget, b: ModelTarget): boolean {
  if (a.kind === 'resource' || b.kind === 'resource') return a.name === b.name;
  return a.scope === b.scope && (a.kind === 'whole' || b.kind === 'whole' || a.name === b.name);
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

  /** What an agent has of what is asked for: of a resource whichever slot. */
  heldAs(name: string, { kind, name: what }: ModelTarget): ModelLock | undefined {
    return this.locks.find((lock) => lock.agent === name && lock.kind === kind && lock.name === what);
  }

  lockOf(text: string): ModelLock | undefined {
    return this.locks.find((lock) => textOf(lock) === text);
  }

  /** Who holds what is asked for, or what overlaps it; of a resource any slot. */
  holdersInTheWay(target: ModelTarget): string[] {
    return this.locks.filter((lock) => overlap(lock, target)).map(({ agent }) => agent);
  }

  ticketOf(name: string): ModelTicket | undefined {
    return this.tickets.find((ticket) => ticket.agent === name);
  }

  scopesOf(name: string): string[] {
    return [...new Set(this.heldBy(name).flatMap((lock) => lock.scope ?? []))];
  }

  /** Who holds something in a scope. */
  holders(): string[] {
    return [...new Set(this.locks.filter((lock) => lock.scope !== null).map((lock) => lock.agent))];
  }

  freeSlots(resource: string): number[] {
    const capacity = (this.settings.resources as Record<string, number>)[resource] ?? 0;
    const all = Array.from({ length: capacity }, (_, place) => place + 1);
    return all.filter((slot) => this.lockOf(`${resource}#${slot}`) === undefined);
  }

  /** Why this cannot be granted to this agent now. */
  obstacle(name: string, targets: readonly ModelTarget[], own: ModelTicket | null): Answer | null {
    if (targets.some((target) => this.#isTaken(name, target))) return 'LOCK_HELD';
    const [oldest] = this.tickets;
    const isKept = (target: ModelTarget): boolean =>
      oldest?.targets.some((other) => overlap(other, target)) === true &&
      (target.kind !== 'resource' || this.freeSlots(target.name).length < 2);
    if (oldest !== own && targets.some(isKept)) return 'RESERVED_FOR_WAITER';
    return this.#isWithoutPlace(name, targets) ? 'CONCURRENCY_LIMIT' : null;
  }

  #isTaken(name: string, target: ModelTarget): boolean {
    if (target.kind === 'resource') return this.freeSlots(target.name).length === 0;
    return this.locks.some((lock) => lock.agent !== name && overlap(lock, target));
  }

  #isWithoutPlace(name: string, targets: readonly ModelTarget[]): boolean {
    const needsPlace =
      this.scopesOf(name).length === 0 && targets.some((target) => target.kind !== 'resource');
    return needsPlace && this.holders().length >= this.settings.maxConcurrentAgents;
  }

  /** Tickets that can never be served: take away, again and again, those that nothing stuck stands before. */
  stuck(): ModelTicket[] {
    let stuck = [...this.tickets];
    for (;;) {
      const names = stuck.map((ticket) => ticket.agent);
      const left = stuck.filter(
        (ticket) =>
          ticket.targets.some((target) => this.#cannotComeFree(ticket.agent, target, names)) ||
          stuck.some((ahead) => ahead.number < ticket.number && this.#wantAlike(ahead, ticket)) ||
          (this.#isWithoutPlace(ticket.agent, ticket.targets) &&
            this.holders().every((holder) => names.includes(holder))),
      );
      if (left.length === stuck.length) return stuck;
      stuck = left;
    }
  }

  #cannotComeFree(name: string, target: ModelTarget, stuck: readonly string[]): boolean {
    const inTheWay = this.locks.filter((lock) => lock.agent !== name && overlap(lock, target));
    if (target.kind !== 'resource') return inTheWay.some((lock) => stuck.includes(lock.agent));
    return this.freeSlots(target.name).length === 0 && inTheWay.every((lock) => stuck.includes(lock.agent));
  }

  #wantAlike(a: ModelTicket, b: ModelTicket): boolean {
    return a.targets.some((target) => b.targets.some((other) => overlap(target, other)));
  }

  /** Who waits for what since when. Nobody wants what it holds itself, and slots are wanted while none is free. */
  noteWanted(): void {
    for (const lock of this.locks) {
      const wanted = this.tickets.some(
        (ticket) => ticket.agent !== lock.agent && ticket.targets.some((target) => overlap(target, lock)),
      );
      const isSpare = lock.kind === 'resource' && this.freeSlots(lock.name).length > 0;
      lock.wantedSince = wanted && !isSpare ? (lock.wantedSince ?? this.now) : null;
    }
    const placeWanted = this.tickets.some(
      (ticket) => this.obstacle(ticket.agent, ticket.targets, ticket) === 'CONCURRENCY_LIMIT',
    );
    this.placeWantedSince = placeWanted ? (this.placeWantedSince ?? this.now) : null;
  }

  prolong(lock: ModelLock, ttl: number): void {
    const forPlace =
      this.placeWantedSince === null || lock.scope === null
        ? null
        : Math.max(this.placeWantedSince, lock.grantedAt);
    const wanted = [lock.wantedSince, forPlace].filter((since) => since !== null);
    const latest = Math.min(Infinity, ...wanted) + this.settings.maxContendedHoldMs;
    lock.endsAt = Math.max(lock.endsAt, Math.min(this.now + ttl, latest));
  }

  grant(agent: string, token: number, targets: readonly ModelTarget[], ttl: number): void {
    const { now: grantedAt } = this;
    for (const target of targets) {
      const slot = target.kind === 'resource' ? (this.freeSlots(target.name)[0] ?? null) : null;
      const lease = { token, grantedAt, ttl, endsAt: grantedAt + ttl, wantedSince: null };
      this.locks.push({ ...target, slot, agent, ...lease });
    }
  }

  endTickets(which: (ticket: ModelTicket) => boolean): Answer {
    this.tickets = this.tickets.filter((ticket) => !which(ticket));
    return 'committed';
  }

  endLocks(which: (lock: ModelLock) => boolean): Answer {
    this.locks = this.locks.filter((lock) => !which(lock));
    return 'committed';
  }

  /** What becomes of files that are in another scope from now on. */
  endMoved(isMoved: (target: ModelTarget) => boolean): void {
    this.endTickets((ticket) => ticket.targets.some(isMoved));
    this.endLocks(isMoved);
  }

  isInUse(scope: string): boolean {
    const isIn = (target: ModelTarget): boolean => target.scope === scope;
    return this.locks.some(isIn) || this.tickets.some((ticket) => ticket.targets.some(isIn));
  }
}
