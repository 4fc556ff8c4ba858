import type { Time } from '../time/index.ts';
import type { LogClock } from './log-clock.ts';

/** Beats come three to the shortest time that is left, but not faster than this. */
const everyMinMs = 500;
/** No timer is set for longer: those of Node fire at once beyond 24 days. */
const everyMaxMs = 3_600_000;

/** When the next heartbeat of an agent is due: when a third of what is left of its session and each lease is over. */
export class Renewal {
  readonly #clock: Pick<Time, 'schedule' | 'monotonicMs'>;
  readonly #logClock: LogClock;
  readonly #beat: () => void;
  #cancel: () => void = () => undefined;
  /** When the armed beat comes, by the monotonic clock: the log's time may jump. Null when none is armed. */
  #dueMs: number | null = null;
  #stopped = false;

  constructor(clock: Pick<Time, 'schedule' | 'monotonicMs'>, logClock: LogClock, beat: () => void) {
    this.#clock = clock;
    this.#logClock = logClock;
    this.#beat = beat;
  }

  /** All deadlines that there are, as a heartbeat answered them. */
  renewed(deadlinesMs: readonly number[]): void {
    this.#dueMs = null;
    this.mind(deadlinesMs);
  }

  /** Further deadlines: they may bring the next beat forward, never put it off. */
  mind(deadlinesMs: readonly number[]): void {
    const leftMs = Math.min(...deadlinesMs) - this.#logClock.nowMs();
    const delayMs = Math.min(everyMaxMs, Math.max(everyMinMs, leftMs / 3));
    if (this.#dueMs === null || this.#clock.monotonicMs() + delayMs < this.#dueMs) this.again(delayMs);
  }

  /** Beats after a time, whatever was armed. */
  again(delayMs: number): void {
    this.#cancel();
    if (this.#stopped) return;
    this.#dueMs = this.#clock.monotonicMs() + delayMs;
    this.#cancel = this.#clock.schedule(delayMs, () => {
      this.#dueMs = null;
      this.#beat();
    });
  }

  /** A beat is under way: what was armed is not needed. */
  begin(): void {
    this.#cancel();
    this.#dueMs = null;
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel();
  }
}
