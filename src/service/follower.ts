import type { Cancel, Timers } from '../time/index.ts';

/**
 * Looks for what others appended while somebody here waits to hear of it. An owner that is alone with its log need not,
 * but a second one, or a `--direct` caller, may write beside it.
 */
export class Follower {
  readonly #timers: Timers;
  readonly #everyMs: number;
  readonly #wanted: () => boolean;
  readonly #look: () => void;
  #armed: Cancel | null = null;
  #stopped = false;

  constructor(timers: Timers, everyMs: number, wanted: () => boolean, look: () => void) {
    this.#timers = timers;
    this.#everyMs = everyMs;
    this.#wanted = wanted;
    this.#look = look;
  }

  /** Somebody may wait from now on. */
  poke(): void {
    if (this.#armed !== null || this.#stopped || !this.#wanted()) return;
    this.#armed = this.#timers.schedule(this.#everyMs, () => {
      this.#armed = null;
      if (this.#wanted()) this.#look();
      this.poke();
    });
  }

  stop(): void {
    this.#stopped = true;
    this.#armed?.();
    this.#armed = null;
  }
}
