/** Takes back what was asked for: a timer, a listener. Idempotent. */
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

/** Resolves once `delayMs` have passed. */
export function sleep(timers: Pick<Timers, 'schedule'>, delayMs: number): Promise<void> {
  return wakeAtFirst((wake) => timers.schedule(delayMs, wake));
}

/** Arranges for `wake` to be called, until it is cancelled. */
export type WakeUp = (wake: () => void) => Cancel;

/** Resolves at the first of some wake-ups and cancels all of them. */
export function wakeAtFirst(...wakeUps: readonly WakeUp[]): Promise<void> {
  return new Promise((resolve) => {
    const cancels: Cancel[] = [];
    let isAwake = false;
    const wake = (): void => {
      isAwake = true;
      for (const cancel of cancels) cancel();
      resolve();
    };
    for (const wakeUp of wakeUps) if (!isAwake) cancels.push(wakeUp(wake));
  });
}

/** Wakes when a signal aborts, at once if it has already. */
export function onAbort(signal: AbortSignal): WakeUp {
  return (wake) => {
    if (signal.aborted) {
      wake();
      return () => undefined;
    }
    signal.addEventListener('abort', wake, { once: true });
    return () => signal.removeEventListener('abort', wake);
  };
}
