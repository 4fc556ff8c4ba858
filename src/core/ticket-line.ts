import { assert } from './assert.ts';
import type { Ticket } from './ids.ts';

interface Node {
  readonly ticket: Ticket;
  before: Node | null;
  after: Node | null;
}

/**
 * Tickets in order of issue: a linked list that knows where each ticket stands, so that joining at the end, leaving from
 * anywhere and asking for a neighbour cost the same however many wait. (A `Set` would do all that except finding its
 * first member after many deletions, which walks over the deleted ones.)
 */
export class TicketLine implements Iterable<Ticket> {
  readonly #nodes = new Map<Ticket, Node>();
  #first: Node | null = null;
  #last: Node | null = null;

  get size(): number {
    return this.#nodes.size;
  }

  /** The oldest ticket; null when nobody waits. */
  get first(): Ticket | null {
    return this.#first?.ticket ?? null;
  }

  has(ticket: Ticket): boolean {
    return this.#nodes.has(ticket);
  }

  /** The next younger ticket; null for the youngest. */
  after(ticket: Ticket): Ticket | null {
    return this.#nodes.get(ticket)?.after?.ticket ?? null;
  }

  /** The next older ticket; null for the oldest. Who has not joined would stand behind everyone. */
  before(ticket: Ticket): Ticket | null {
    const node = this.#nodes.get(ticket);
    return (node === undefined ? this.#last : node.before)?.ticket ?? null;
  }

  /** Joins at the end; tickets come in order of issue. */
  add(ticket: Ticket): void {
    assert(this.#last === null || this.#last.ticket < ticket, `ticket ${ticket} joins out of order`);
    const node: Node = { ticket, before: this.#last, after: null };
    if (this.#last === null) this.#first = node;
    else this.#last.after = node;
    this.#last = node;
    this.#nodes.set(ticket, node);
  }

  delete(ticket: Ticket): void {
    const node = this.#nodes.get(ticket);
    if (node === undefined) return;
    this.#nodes.delete(ticket);
    if (node.before === null) this.#first = node.after;
    else node.before.after = node.after;
    if (node.after === null) this.#last = node.before;
    else node.after.before = node.before;
  }

  *[Symbol.iterator](): Iterator<Ticket> {
    for (let node = this.#first; node !== null; node = node.after) yield node.ticket;
  }
}
