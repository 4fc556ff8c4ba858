import { assert } from './assert.ts';
import type { Ticket } from './ids.ts';

interface Place {
  readonly ticket: Ticket;
  before: Place | null;
  after: Place | null;
}

/**
 * Tickets in order of issue: a linked list that knows where each ticket stands, so that joining at the end, leaving from
 * anywhere and asking for a neighbour cost the same however many wait. (A `Set` would do all that except finding its
 * first member after many deletions, which walks over the deleted ones.)
 */
export class TicketLine implements Iterable<Ticket> {
  readonly #places = new Map<Ticket, Place>();
  #first: Place | null = null;
  #last: Place | null = null;

  get size(): number {
    return this.#places.size;
  }

  /** The oldest ticket; null when nobody waits. */
  get first(): Ticket | null {
    return this.#first?.ticket ?? null;
  }

  has(ticket: Ticket): boolean {
    return this.#places.has(ticket);
  }

  /** The next younger ticket; null for the youngest. */
  after(ticket: Ticket): Ticket | null {
    return this.#places.get(ticket)?.after?.ticket ?? null;
  }

  /** The next older ticket; null for the oldest. Who has not joined would stand behind everyone. */
  before(ticket: Ticket): Ticket | null {
    const place = this.#places.get(ticket);
    return (place === undefined ? this.#last : place.before)?.ticket ?? null;
  }

  /** Joins at the end; tickets come in order of issue. */
  add(ticket: Ticket): void {
    assert(this.#last === null || this.#last.ticket < ticket, `ticket ${ticket} joins out of order`);
    const place: Place = { ticket, before: this.#last, after: null };
    if (this.#last === null) this.#first = place;
    else this.#last.after = place;
    this.#last = place;
    this.#places.set(ticket, place);
  }

  delete(ticket: Ticket): void {
    const place = this.#places.get(ticket);
    if (place === undefined) return;
    this.#places.delete(ticket);
    if (place.before === null) this.#first = place.after;
    else place.before.after = place.after;
    if (place.after === null) this.#last = place.before;
    else place.after.before = place.before;
  }

  *[Symbol.iterator](): Iterator<Ticket> {
    for (let place = this.#first; place !== null; place = place.after) yield place.ticket;
  }
}
