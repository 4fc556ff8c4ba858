import type { Cancel } from '../../time/index.ts';

/** Tells listeners that somebody has appended, and who. */
export class Bell<Ringer> {
  readonly #listeners = new Set<(ringer: Ringer) => void>();

  ring(ringer: Ringer): void {
    for (const listener of this.#listeners) listener(ringer);
  }

  listen(listener: (ringer: Ringer) => void): Cancel {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
}
