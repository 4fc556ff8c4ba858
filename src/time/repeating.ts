import type { Cancel, Timers } from './timers.ts';

/**
 * Does something again and again, the next time counted from the end of the last. A failure does not end it: what is
 * repeated (renewals, redrawing) is tried anew at the next turn.
 */
export function every(
  timers: Pick<Timers, 'schedule'>,
  intervalMs: number,
  act: () => void | Promise<void>,
): Cancel {
  let stopped = false;
  let cancel = timers.schedule(intervalMs, turn);
  function turn(): void {
    void Promise.resolve()
      .then(act)
      .catch(() => undefined)
      .then(() => {
        if (!stopped) cancel = timers.schedule(intervalMs, turn);
      });
  }
  return () => {
    stopped = true;
    cancel();
  };
}
