/** Smallest table; more than half full, a table is doubled. */
const slotsFirst = 1_024;

/** A set of whole numbers from 1 to 2^32 - 1 that takes eight to sixteen bytes for each. */
export class PrintSet {
  #slots = new Uint32Array(slotsFirst);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  has(print: number): boolean {
    return this.#slots[this.#slotOf(print)] === print;
  }

  add(print: number): void {
    const slot = this.#slotOf(print);
    if (this.#slots[slot] === print) return;
    this.#slots[slot] = print;
    this.#size += 1;
    if (2 * this.#size > this.#slots.length) this.#grow();
  }

  /** Where it is, or the empty place where it belongs. The numbers are spread evenly as they are. */
  #slotOf(print: number): number {
    const last = this.#slots.length - 1;
    let slot = print & last;
    while (this.#slots[slot] !== 0 && this.#slots[slot] !== print) slot = (slot + 1) & last;
    return slot;
  }

  #grow(): void {
    const former = this.#slots;
    this.#slots = new Uint32Array(2 * former.length);
    for (const print of former) if (print !== 0) this.#slots[this.#slotOf(print)] = print;
  }
}
