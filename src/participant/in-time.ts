import type { Timers } from '../time/index.ts';

/** How long a call waits to learn whether its agent still holds what it believes to hold, in milliseconds. */
export const lookPatienceMs = 3_000;

/** An answer that is good to have; null when it fails, or takes longer than one can wait for it. */
export function inTime<T>(
  clock: Pick<Timers, 'schedule'>,
  patienceMs: number,
  answer: Promise<T>,
): Promise<T | null> {
  let cancel = (): void => undefined;
  const late = new Promise<null>((resolve) => (cancel = clock.schedule(patienceMs, () => resolve(null))));
  return Promise.race([answer.catch(() => null), late]).finally(cancel);
}
