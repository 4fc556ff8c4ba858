import type { Revision } from '../core/index.ts';
import type { Cancel, Timers } from '../time/index.ts';

/** While nothing comes, each pause is twice the one before, up to so many times the first: a quiet watch costs next to nothing. */
const longestPauseFactor = 16;

/**
 * Looks for what others appended while somebody here waits to hear of it. An owner that is alone with its log need not,
 * but a second one, or a `--direct` caller, may write beside it.
 */
export class Follower {
  readonly #timers: Timers;
  readonly #everyMs: number;
  readonly #wanted: () => boolean;
  readonly #look: () => Promise<Revision | null>;
  #pauseMs: number;
  #seen: Revision | null = null;
  #armed: Cancel | null = null;
  #stopped = false;

  /** `look` answers up to where the log was found to come; null when that cannot be told. */
  constructor(timers: Timers, everyMs: number, wanted: () => boolean, look: () => Promise<Revision | null>) {
    this.#timers = timers;
    this.#everyMs = everyMs;
    this.#pauseMs = everyMs;
    this.#wanted = wanted;
    this.#look = look;
  }

  /** Somebody may wait from now on. */
  poke(): void {
    if (this.#armed !== null || this.#stopped || !this.#wanted()) return;
    this.#armed = this.#timers.schedule(this.#pauseMs, () => void this.#turn());
  }

  stop(): void {
    this.#stopped = true;
    this.#armed?.();
    this.#armed = null;
  }

  async #turn(): Promise<void> {
    if (this.#wanted()) this.#seenUpTo(await this.#look());
    this.#armed = null;
    this.poke();
  }

  #seenUpTo(revision: Revision | null): void {
    const isNews = revision !== this.#seen;
    this.#pauseMs = isNews ? this.#everyMs : Math.min(2 * this.#pauseMs, longestPauseFactor * this.#everyMs);
    this.#seen = revision;
  }
}
