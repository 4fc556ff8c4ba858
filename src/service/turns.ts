import { unavailable } from './failures.ts';

export interface TurnLimits {
  /** How many work at a time. */
  readonly atOnce: number;
  /** How many may wait for their turn; further ones are turned away. */
  readonly waitingMax: number;
}

/** Work of which only so much is done at a time, in the order of asking. */
export class Turns {
  readonly #limits: TurnLimits;
  readonly #waiting: (() => void)[] = [];
  #working = 0;

  constructor(limits: TurnLimits) {
    this.#limits = limits;
  }

  /** Fails with a retryable `UNAVAILABLE` when too many wait already. */
  async take<T>(work: () => Promise<T>): Promise<T> {
    await this.#turn();
    try {
      return await work();
    } finally {
      this.#pass();
    }
  }

  async #turn(): Promise<void> {
    const { atOnce, waitingMax } = this.#limits;
    if (this.#working < atOnce) this.#working += 1;
    else if (this.#waiting.length < waitingMax)
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else throw unavailable(`${this.#waiting.length} ask for what is past already: try again`);
  }

  /** To the one who has waited longest, or to nobody. */
  #pass(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#working -= 1;
    else next();
  }
}
