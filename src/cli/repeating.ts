import type { Timers } from '../time/index.ts';

/**
 * Does something again and again, the next time counted from the end of the last. A failure does not end it: what is
 * repeated here (renewals, redrawing) is tried anew at the next turn.
 */
export function every(
  clock: Pick<Timers, 'schedule'>,
  intervalMs: number,
  act: () => void | Promise<void>,
): () => void {
  let stopped = false;
  let cancel = clock.schedule(intervalMs, turn);
  function turn(): void {
    void Promise.resolve()
      .then(act)
      .catch(() => undefined)
      .then(() => {
        if (!stopped) cancel = clock.schedule(intervalMs, turn);
      });
  }
  return () => {
    stopped = true;
    cancel();
  };
}
