import type { Entry } from '../core/index.ts';

/** Entries that may wait for their reader before the stream is cut; the reader then resumes from where it is. */
const waitingMax = 10_000;

/**
 * Hands what a connection pushes to a reader that takes one at a time. A reader that is far behind ends the stream
 * instead of filling the memory.
 */
export class EntryStream {
  readonly #waiting: Entry[] = [];
  #next = 0;
  /** Set once no more entries come; `failure` is null when the stream just ended. */
  #end: { readonly failure: Error | null } | null = null;
  #wake: () => void = () => {};
  /** Called when the reader is too slow, to stop the sender. */
  readonly #stop: () => void;

  constructor(stop: () => void) {
    this.#stop = stop;
  }

  push(entry: Entry): void {
    if (this.#end !== null) return;
    this.#waiting.push(entry);
    if (this.#waiting.length - this.#next >= waitingMax) {
      this.end();
      this.#stop();
    }
    this.#wake();
  }

  end(): void {
    this.#end ??= { failure: null };
    this.#wake();
  }

  fail(failure: Error): void {
    this.#end ??= { failure };
    this.#wake();
  }

  /** The next entry; null at the end of the stream. Throws what the stream failed with. */
  async next(): Promise<Entry | null> {
    for (;;) {
      const entry = this.#waiting[this.#next];
      if (entry !== undefined) {
        this.#took();
        return entry;
      }
      if (this.#end !== null) {
        if (this.#end.failure !== null) throw this.#end.failure;
        return null;
      }
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** Forgets what was read in large steps: a step per entry would copy the rest each time. */
  #took(): void {
    this.#next += 1;
    if (this.#next < this.#waiting.length && this.#next < 1_000) return;
    this.#waiting.splice(0, this.#next);
    this.#next = 0;
  }
}
