import type { ManualClock } from './clock.ts';

/** Takes a timer back. Idempotent. */
export type Cancel = () => void;

/** One-shot timers. Handed in, so that a test or a simulation decides what runs when. */
export interface Timers {
  /** Calls `run` once, not before `delayMs` have passed. */
  schedule(delayMs: number, run: () => void): Cancel;
  /** Calls `run` once all that has arrived already, from memory or from a socket, has had its turn. */
  soon(run: () => void): void;
}

export const systemTimers: Timers = {
  schedule: (delayMs, run) => {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
  soon: (run) => void setImmediate(run),
};

interface ManualTimer {
  readonly atMs: number;
  readonly run: () => void;
}

/** Timers that run when their clock is moved with {@link ManualTimers.advance}: by time, then in order of making. */
export class ManualTimers implements Timers {
  readonly #clock: ManualClock;
  readonly #waiting = new Set<ManualTimer>();

  constructor(clock: ManualClock) {
    this.#clock = clock;
  }

  schedule(delayMs: number, run: () => void): Cancel {
    const timer = { atMs: this.#clock.monotonicMs() + delayMs, run };
    this.#waiting.add(timer);
    return () => void this.#waiting.delete(timer);
  }

  soon(run: () => void): void {
    queueMicrotask(run);
  }

  /** How many timers wait. */
  get size(): number {
    return this.#waiting.size;
  }

  /** Lets time pass on the clock and runs what falls due, timers set meanwhile included. */
  advance(byMs: number): void {
    const untilMs = this.#clock.monotonicMs() + byMs;
    for (let timer = this.#earliest(untilMs); timer !== null; timer = this.#earliest(untilMs)) {
      this.#waiting.delete(timer);
      this.#clock.advance(Math.max(0, timer.atMs - this.#clock.monotonicMs()));
      timer.run();
    }
    this.#clock.advance(untilMs - this.#clock.monotonicMs());
  }

  #earliest(untilMs: number): ManualTimer | null {
    let found: ManualTimer | null = null;
    for (const timer of this.#waiting)
      if (timer.atMs <= untilMs && (found === null || timer.atMs < found.atMs)) found = timer;
    return found;
  }
}

/** Resolves once `delayMs` have passed. */
export function sleep(timers: Timers, delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    timers.schedule(delayMs, resolve);
  });
}
