/**
 * Holds and waits of a log, told as they end, in order.
 *
 * A hold begins with `lock.granted` and ends with `lock.released`, `lock.expired` or `lock.revoked`; a wait is the life of a
 * ticket. What was open at the beginning counts from there, what is open at the end is told then. Kept is only what is open, so
 * that a log may be as long as it likes.
 */
import {
  partsOf,
  targetOf,
  targetsOf,
  type AgentId,
  type ChangedFiles,
  type DurationMs,
  type Entry,
  type Event,
  type EventOf,
  type LockName,
  type ReleaseCause,
  type Revision,
  type Target,
  type Ticket,
  type TicketEndCause,
  type TimeMs,
  type Wish,
} from '../core/index.ts';
import type { Ended, Opening, Span } from './opening.ts';

export interface Hold extends Span {
  readonly name: LockName;
  readonly target: Target;
  /** By which it was waited for; null: it was not, or that was before the look at the log begins. */
  readonly ticket: Ticket | null;
  /** Of the grant; null: that was before. */
  readonly ttlMs: DurationMs | null;
}

/** `expired`: its lease ran out. */
export type HoldEnd = ReleaseCause | 'expired' | 'revoked';

export interface EndedHold extends Hold, Ended {
  /** Null: it is held still. */
  readonly cause: HoldEnd | null;
  readonly changed: ChangedFiles | null;
}

export interface Wait extends Span {
  readonly ticket: Ticket;
  readonly targets: readonly Target[];
}

export interface EndedWait extends Wait, Ended {
  /** Null: it waits still. */
  readonly cause: TicketEndCause | null;
}

/** Who is told. */
export interface SpanListener {
  readonly holdBegan: (hold: Hold) => void;
  readonly holdEnded: (hold: EndedHold) => void;
  readonly waitBegan: (wait: Wait) => void;
  readonly waitEnded: (wait: EndedWait) => void;
}

type LockEnd = EventOf<'lock.released' | 'lock.expired' | 'lock.revoked'>;

export class SpanReader {
  readonly #listener: SpanListener;
  readonly #beginMs: TimeMs;
  readonly #holds = new Map<Target, Hold>();
  readonly #waits = new Map<Ticket, Wait>();

  constructor(opening: Opening, listener: SpanListener) {
    this.#listener = listener;
    this.#beginMs = opening.timeMs;
    for (const lock of opening.locks) {
      const { agent, token, grantedAtMs } = lock;
      const span = this.#span(agent, grantedAtMs, token);
      this.#beginHold({ ...span, name: partsOf(lock), target: targetOf(lock), ticket: null, ttlMs: null });
    }
    for (const waiter of opening.waiters)
      this.#beginWait(waiter, waiter.agent, waiter.ticket, waiter.sinceMs);
  }

  /** Each entry after the opening, in order. */
  take(entry: Entry): void {
    for (const event of entry.events) this.#take(event, entry);
  }

  #take(event: Event, entry: Entry): void {
    switch (event.kind) {
      case 'lock.granted':
        return this.#granted(event, entry);
      case 'lock.released':
      case 'lock.expired':
      case 'lock.revoked':
        return this.#endHold(event, entry);
      case 'ticket.issued':
        return this.#beginWait(event, event.agent, entry.revision, entry.atMs);
      case 'ticket.ended':
        return this.#endWait(event, entry);
      default:
    }
  }

  /** The look at the log is over: what goes on is told as it is then. */
  finish(atMs: TimeMs): void {
    for (const hold of this.#holds.values())
      this.#listener.holdEnded({ ...hold, untilMs: atMs, endedBy: null, cause: null, changed: null });
    for (const wait of this.#waits.values())
      this.#listener.waitEnded({ ...wait, untilMs: atMs, endedBy: null, cause: null });
    this.#holds.clear();
    this.#waits.clear();
  }

  #span(agent: AgentId, sinceMs: TimeMs, revision: Revision): Span {
    return { agent, sinceMs, fromMs: sinceMs < this.#beginMs ? this.#beginMs : sinceMs, revision };
  }

  #granted(event: EventOf<'lock.granted'>, { atMs, revision }: Entry): void {
    const { agent, ticket, ttlMs } = event;
    const span = this.#span(agent, atMs, revision);
    this.#beginHold({ ...span, name: partsOf(event), target: targetOf(event), ticket, ttlMs });
  }

  #beginHold(hold: Hold): void {
    this.#holds.set(hold.target, hold);
    this.#listener.holdBegan(hold);
  }

  #endHold(event: LockEnd, { atMs, revision }: Entry): void {
    const target = targetOf(event);
    const hold = this.#holds.get(target);
    if (hold === undefined) return;
    this.#holds.delete(target);
    const changed = event.kind === 'lock.released' ? (event.changed ?? null) : null;
    this.#listener.holdEnded({ ...hold, untilMs: atMs, endedBy: revision, cause: causeOf(event), changed });
  }

  #beginWait(wish: Wish, agent: AgentId, ticket: Ticket, sinceMs: TimeMs): void {
    const wait = { ...this.#span(agent, sinceMs, ticket), ticket, targets: targetsOf(wish) };
    this.#waits.set(ticket, wait);
    this.#listener.waitBegan(wait);
  }

  #endWait({ ticket, cause }: EventOf<'ticket.ended'>, { atMs, revision }: Entry): void {
    const wait = this.#waits.get(ticket);
    if (wait === undefined) return;
    this.#waits.delete(ticket);
    this.#listener.waitEnded({ ...wait, untilMs: atMs, endedBy: revision, cause });
  }
}

function causeOf(event: LockEnd): HoldEnd {
  if (event.kind === 'lock.released') return event.cause;
  return event.kind === 'lock.expired' ? 'expired' : 'revoked';
}
