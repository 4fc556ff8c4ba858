import type { Revision } from '../core/index.ts';
import type { LogStore } from '../store/index.ts';
import { jitteredBackoff, onAbort, wakeAtFirst, type Timers } from '../time/index.ts';

/** A look without a hint, for a driver that missed an append, and to find out that nobody waits here any more. */
const slowLookMs = 30_000;
/** After a look that found nothing although a hint said so, or that failed. */
const pauseMs = jitteredBackoff({ firstMs: 20, longestMs: 320, jitter: 0 });

export interface FollowerPorts {
  readonly store: Pick<LogStore, 'hint'>;
  readonly timers: Pick<Timers, 'schedule'>;
  /** Whether somebody here waits to hear of what is appended. */
  wanted(): boolean;
  /** Up to where the log is known here. */
  known(): Revision;
  /** Reads on, and answers up to where the log was found to come; null when that cannot be told. */
  look(): Promise<Revision | null>;
}

/**
 * Reads what others appended while somebody here waits to hear of it. An owner that is alone with its log need not, but a
 * second one, or a `--direct` caller, may write beside it. Above every driver: hints say when to look, the reads what there is.
 */
export class Follower {
  readonly #ports: FollowerPorts;
  readonly #stopping = new AbortController();
  #isFollowing = false;

  constructor(ports: FollowerPorts) {
    this.#ports = ports;
  }

  /** Somebody may wait from now on. */
  poke(): void {
    if (!this.#isFollowing && this.#goesOn()) void this.#follow();
  }

  stop(): void {
    this.#stopping.abort();
  }

  /** Ends when nobody waits any more. Between that and the end of this call nothing else has its turn. */
  async #follow(): Promise<void> {
    this.#isFollowing = true;
    for (let vain = 0; this.#goesOn();) {
      const before = this.#ports.known();
      await this.#hinted(before);
      if (!this.#goesOn()) break;
      const found = await this.#ports.look();
      vain = found !== null && found > before ? 0 : vain + 1;
      if (vain > 0) await this.#pause(pauseMs(vain));
    }
    this.#isFollowing = false;
  }

  #goesOn(): boolean {
    return !this.#stopping.signal.aborted && this.#ports.wanted();
  }

  async #hinted(since: Revision): Promise<void> {
    const { store, timers } = this.#ports;
    const over = new AbortController();
    await wakeAtFirst(
      (wake) => {
        void store.hint(since, over.signal).then(wake);
        return () => over.abort();
      },
      (wake) => timers.schedule(slowLookMs, wake),
      onAbort(this.#stopping.signal),
    );
  }

  #pause(delayMs: number): Promise<void> {
    return wakeAtFirst((wake) => this.#ports.timers.schedule(delayMs, wake), onAbort(this.#stopping.signal));
  }
}
