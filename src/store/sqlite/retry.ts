import { jitteredBackoff, sleep, type Chance, type Time } from '../../time/index.ts';
import { isBusy } from './failures.ts';

/** How long to try while other processes hold the file, and with what. */
export interface Patience {
  readonly time: Time;
  readonly chance: Chance;
  readonly busyTimeoutMs: number;
}

/** A few commits long at most: with eight processes writing flat out a longer pause would miss every gap between them. */
const pauses = { firstMs: 1, longestMs: 16, jitter: 1 };

/**
 * Tries again while the file is in use, after pauses that grow and differ from process to process. SQLite's own busy
 * timeout would stop this whole process meanwhile, and under load it lets some processes starve.
 */
export function retryWhileBusy<T>(patience: Patience, attempt: () => T): Promise<T> {
  try {
    return Promise.resolve(attempt());
  } catch (error) {
    return isBusy(error) ? tryAgain(patience, attempt, error) : Promise.reject(error as Error);
  }
}

async function tryAgain<T>(patience: Patience, attempt: () => T, busy: unknown): Promise<T> {
  const { time, chance, busyTimeoutMs } = patience;
  const deadlineMs = time.monotonicMs() + busyTimeoutMs;
  const pauseMs = jitteredBackoff(pauses, chance);
  let failure = busy;
  for (let tries = 1; isBusy(failure) && time.monotonicMs() < deadlineMs; tries += 1) {
    await sleep(time, pauseMs(tries));
    try {
      return attempt();
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}
