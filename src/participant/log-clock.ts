import type { Reply } from '../protocol/index.ts';
import type { Clock } from '../time/index.ts';

/**
 * The log's time, as far as this process can tell: an answer says what it was, and from then on this host's monotonic
 * clock goes on. Deadlines are compared with it and ages are told by it, never by the wall clock, which somebody may set.
 */
export class LogClock {
  readonly #clock: Clock;
  /** How far the log's time is ahead of the monotonic clock, at most; null before the first answer. */
  #aheadMs: number | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * An answer was decided between the sending of its request and now. Counting from the sending errs on the early side, and
   * errs least where the answer came fast; only a log whose time has moved is beyond both.
   */
  heard({ atMs }: Pick<Reply, 'atMs'>, sentAtMs: number): void {
    const mostMs = atMs - sentAtMs;
    const leastMs = atMs - this.#clock.monotonicMs();
    if (this.#aheadMs === null || mostMs < this.#aheadMs || leastMs > this.#aheadMs) this.#aheadMs = mostMs;
  }

  /** Milliseconds since 1970. Before the first answer the wall clock has to do. */
  nowMs(): number {
    return this.#aheadMs === null ? this.#clock.wallMs() : this.#clock.monotonicMs() + this.#aheadMs;
  }
}
