import { CoordinatorError } from '../protocol/index.ts';
import type { Limits } from './ports.ts';

/** How many streams are open, of all and of each token. */
export class OpenStreams {
  readonly #limits: Pick<Limits, 'streamsMax' | 'streamsPerTokenMax'>;
  readonly #open = new Map<string, number>();

  constructor(limits: Pick<Limits, 'streamsMax' | 'streamsPerTokenMax'>) {
    this.#limits = limits;
  }

  get count(): number {
    let count = 0;
    for (const ofOne of this.#open.values()) count += ofOne;
    return count;
  }

  /** One more, until the function it returns is called. Throws `RATE_LIMITED`. */
  take(name: string): () => void {
    const { streamsMax, streamsPerTokenMax } = this.#limits;
    const ofOne = this.#open.get(name) ?? 0;
    if (this.count >= streamsMax || ofOne >= streamsPerTokenMax)
      throw new CoordinatorError('RATE_LIMITED', 'too many streams of events are open: close some', {
        retryable: true,
        details: { retryAfterSeconds: 5 },
      });
    this.#open.set(name, ofOne + 1);
    return () => this.#give(name);
  }

  #give(name: string): void {
    const left = (this.#open.get(name) ?? 1) - 1;
    if (left === 0) this.#open.delete(name);
    else this.#open.set(name, left);
  }
}
