import { CoordinatorError, isSilence } from '../protocol/index.ts';
import {
  jitteredBackoff,
  onAbort,
  systemTime,
  wakeAtFirst,
  type BackoffMs,
  type Time,
} from '../time/index.ts';

/** Clients that lost the same owner do not come back in step. */
export const jitteredBackoffMs: BackoffMs = jitteredBackoff({ firstMs: 10, longestMs: 500, jitter: 0.5 });

export interface EnduranceOptions {
  /** A function where it depends on what was heard meanwhile. */
  readonly patienceMs: number | (() => number);
  readonly backoffMs: BackoffMs;
  /** Whether an owner that falls silent is asked again, by one who has come to wait; false when left out. */
  readonly outlastsSilence?: boolean;
  readonly time?: Time;
  readonly onRetry?: ((failure: CoordinatorError) => void) | undefined;
}

/**
 * Decides after each failure whether to try again: only failures marked retryable are worth it, and only for so long
 * since the last sign of life.
 */
export class Endurance {
  readonly #patienceMs: () => number;
  readonly #backoffMs: BackoffMs;
  readonly #outlastsSilence: boolean;
  readonly #time: Time;
  readonly #onRetry: ((failure: CoordinatorError) => void) | undefined;
  #aliveAtMs: number;
  #failures = 0;

  constructor(options: EnduranceOptions) {
    const { patienceMs } = options;
    this.#patienceMs = typeof patienceMs === 'function' ? patienceMs : () => patienceMs;
    this.#backoffMs = options.backoffMs;
    this.#outlastsSilence = options.outlastsSilence ?? false;
    this.#time = options.time ?? systemTime;
    this.#onRetry = options.onRetry;
    this.#aliveAtMs = this.#time.monotonicMs();
  }

  /** How much patience is left, at least 1 ms. */
  get leftMs(): number {
    return Math.max(1, this.#aliveAtMs + this.#patienceMs() - this.#time.monotonicMs());
  }

  /** There was a sign of life, now or at a time that is past already: patience starts anew from there. */
  alive(atMs = this.#time.monotonicMs()): void {
    this.#aliveAtMs = Math.max(this.#aliveAtMs, atMs);
  }

  /** It got on: the next failure is the first in a row. */
  progressed(): void {
    this.alive();
    this.#failures = 0;
  }

  /** Waits until it is time to try again, or throws the failure if that is pointless. */
  async failed(error: unknown, signal?: AbortSignal): Promise<void> {
    this.#failures += 1;
    const pauseMs = Math.max(this.#backoffMs(this.#failures), askedPauseMs(error));
    if (isSilence(error) && !this.#outlastsSilence) throw error;
    if (!isWorthAnotherTry(error) || pauseMs >= this.leftMs) throw error;
    this.#onRetry?.(error as CoordinatorError);
    await this.#pause(pauseMs, signal);
  }

  async #pause(forMs: number, signal?: AbortSignal): Promise<void> {
    const givenUp = signal === undefined ? [] : [onAbort(signal)];
    await wakeAtFirst(...givenUp, (wake) => this.#time.schedule(forMs, wake));
    signal?.throwIfAborted();
  }
}

/**
 * Repeats an attempt until it succeeds, fails for good, or endurance ends; then its last failure is thrown. An attempt
 * that was merely cut short tells less than what the one before it was told (that the disk is full, say).
 */
export function persist<T>(
  endurance: Endurance,
  attempt: () => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  try {
    return attempt().catch((error: unknown) => persistAfter(error, endurance, attempt, signal));
  } catch (error) {
    return Promise.reject(error as Error);
  }
}

async function persistAfter<T>(
  failure: unknown,
  endurance: Endurance,
  attempt: () => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  if (isDeadlineExceeded(failure)) throw failure;
  for (let told = failure; ;) {
    await endurance.failed(told, signal);
    try {
      return await attempt();
    } catch (error) {
      if (isDeadlineExceeded(error)) throw told;
      told = error;
    }
  }
}

/** A server that is asked too often says how long it wants to be left alone. */
function askedPauseMs(error: unknown): number {
  const after = error instanceof CoordinatorError ? error.details?.['retryAfterSeconds'] : undefined;
  return typeof after === 'number' && after > 0 ? after * 1_000 : 0;
}

/** A deadline that passed has used up the patience there was. */
function isWorthAnotherTry(error: unknown): boolean {
  return error instanceof CoordinatorError && error.retryable && !isDeadlineExceeded(error);
}

export function isDeadlineExceeded(error: unknown): boolean {
  return error instanceof CoordinatorError && error.code === 'DEADLINE_EXCEEDED';
}
