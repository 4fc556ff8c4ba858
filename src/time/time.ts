import { ManualClock, SystemClock, type Clock } from './clock.ts';
import { systemTimers, type Cancel, type Timers } from './timers.ts';

/** A clock and the timers that run by it. */
export interface Time extends Clock, Timers {}

const systemClock = new SystemClock();

export const systemTime: Time = {
  ...systemTimers,
  monotonicMs: () => systemClock.monotonicMs(),
  wallMs: () => systemClock.wallMs(),
};

interface ManualTimer {
  readonly atMs: number;
  readonly run: () => void;
}

/** Time that passes only with {@link ManualTime.advance}, which runs what falls due: by time, then in order of making. */
export class ManualTime implements Time {
  readonly #clock: ManualClock;
  readonly #waiting = new Set<ManualTimer>();

  /** Timers of several readers may share one clock. */
  constructor(clock = new ManualClock()) {
    this.#clock = clock;
  }

  monotonicMs(): number {
    return this.#clock.monotonicMs();
  }

  wallMs(): number {
    return this.#clock.wallMs();
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
