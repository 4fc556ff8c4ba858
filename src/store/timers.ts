/** Takes back what was asked for: a timer, a listener. Idempotent. */
export type Cancel = () => void;

/** Monotonic time and one-shot timers. */
export interface Timers {
  /** Milliseconds since some fixed moment; never runs backwards. */
  nowMs(): number;
  /** Calls `run` once, not before `delayMs` have passed. */
  schedule(delayMs: number, run: () => void): Cancel;
}

export const systemTimers: Timers = {
  nowMs: () => performance.now(),
  schedule: (delayMs, run) => {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
};

/** Time that passes only when it is told to: timers run in the order of their time, then of their making. */
export class ManualTimers implements Timers {
  #nowMs = 0;
  readonly #waiting = new Set<{ readonly atMs: number; readonly run: () => void }>();

  nowMs(): number {
    return this.#nowMs;
  }

  schedule(delayMs: number, run: () => void): Cancel {
    const timer = { atMs: this.#nowMs + delayMs, run };
    this.#waiting.add(timer);
    return () => void this.#waiting.delete(timer);
  }

  /** How many timers wait. */
  get size(): number {
    return this.#waiting.size;
  }

  /** Lets time pass and runs what falls due, timers set meanwhile included. */
  advance(byMs: number): void {
    const untilMs = this.#nowMs + byMs;
    for (let timer = this.#earliest(untilMs); timer !== undefined; timer = this.#earliest(untilMs)) {
      this.#waiting.delete(timer);
      this.#nowMs = Math.max(this.#nowMs, timer.atMs);
      timer.run();
    }
    this.#nowMs = untilMs;
  }

  #earliest(untilMs: number): { readonly atMs: number; readonly run: () => void } | undefined {
    let found: { readonly atMs: number; readonly run: () => void } | undefined;
    for (const timer of this.#waiting)
      if (timer.atMs <= untilMs && (found === undefined || timer.atMs < found.atMs)) found = timer;
    return found;
  }
}

/** Resolves once `delayMs` have passed. */
export function sleep(timers: Timers, delayMs: number): Promise<void> {
  return wakeAtFirst((wake) => timers.schedule(delayMs, wake));
}

/** Arranges for `wake` to be called, until it is cancelled. */
export type WakeUp = (wake: () => void) => Cancel;

/** Resolves at the first of some wake-ups and cancels all of them. */
export function wakeAtFirst(...wakeUps: readonly WakeUp[]): Promise<void> {
  return new Promise((resolve) => {
    const cancels: Cancel[] = [];
    const wake = (): void => {
      for (const cancel of cancels) cancel();
      resolve();
    };
    for (const wakeUp of wakeUps) cancels.push(wakeUp(wake));
  });
}

/** Wakes when a signal aborts. */
export function onAbort(signal: AbortSignal): WakeUp {
  return (wake) => {
    signal.addEventListener('abort', wake, { once: true });
    return () => signal.removeEventListener('abort', wake);
  };
}
