import { CoordinatorError } from '../protocol/index.ts';
import type { Timers } from '../time/index.ts';

/**
 * The bound of every tool call and of every resource, beyond what the call itself asks to wait, in milliseconds: clients give
 * up after a minute, and a call may wait for 50 seconds. Longer than a coordinator may say nothing until that is told, to a
 * call that asks twice.
 */
export const answerMaxMs = 9_500;

/**
 * Carries out what has to be answered within a time. After that nobody hears the answer any more, which the signal says:
 * then this fails, and what is under way goes on for whoever asks next.
 */
export async function inBounds<T>(
  clock: Pick<Timers, 'schedule'>,
  forMs: number,
  carryOut: (unheard: AbortSignal) => Promise<T>,
): Promise<T> {
  const unheard = new AbortController();
  let cancel = (): void => undefined;
  const late = new Promise<never>((_, reject) => {
    cancel = clock.schedule(forMs, () => {
      const error = notAnswered(forMs);
      unheard.abort(error);
      reject(error);
    });
  });
  return Promise.race([carryOut(unheard.signal), late]).finally(cancel);
}

function notAnswered(forMs: number): CoordinatorError {
  return new CoordinatorError(
    'DEADLINE_EXCEEDED',
    `no answer within ${Math.round(forMs / 1_000)} s: the coordinator process, Git or the disk is stopped or overloaded; what was asked for may still take effect`,
    { retryable: true },
  );
}
