import type { Cancel } from '../time/index.ts';

/**
 * Tells listeners that the log may have grown. It counts, so that whoever notes the count, reads, and then listens can
 * see that it rang in between.
 */
export class Bell {
  #rings = 0;
  readonly #listeners = new Set<() => void>();

  get rings(): number {
    return this.#rings;
  }

  ring(): void {
    this.#rings += 1;
    for (const listener of this.#listeners) listener();
  }

  listen(listener: () => void): Cancel {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
}
