import { sleep, type Timers } from '../timers.ts';
import { isBusy } from './failures.ts';

/** How long to try while other processes hold the file, and with what. */
export interface Patience {
  readonly timers: Timers;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly busyTimeoutMs: number;
}

const pauseFirstMs = 1;
/** A few commits long: with eight processes writing flat out a longer pause would miss every gap between them. */
const pauseMaxMs = 16;

/**
 * Tries again while the file is in use, after pauses that grow and differ from process to process. SQLite's own busy
 * timeout would stop this whole process meanwhile, and under load it lets some processes starve.
 */
export async function retryWhileBusy<T>(patience: Patience, attempt: () => T): Promise<T> {
  const { timers, random, busyTimeoutMs } = patience;
  const deadlineMs = timers.nowMs() + busyTimeoutMs;
  for (let pauseMs = pauseFirstMs; ; pauseMs = Math.min(2 * pauseMs, pauseMaxMs)) {
    try {
      return attempt();
    } catch (error) {
      if (!isBusy(error) || timers.nowMs() >= deadlineMs) throw error;
    }
    await sleep(timers, pauseMs * random());
  }
}
