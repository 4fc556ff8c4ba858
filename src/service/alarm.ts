import type { Clock, Cancel, Timers } from '../time/index.ts';

/** Timers of the system hold at most 2^31 - 1 ms; a ring too early only looks again. */
const delayMaxMs = 3_600_000;

/** The one timer: rings when the next thing is due. */
export class Alarm {
  readonly #clock: Clock;
  readonly #timers: Timers;
  readonly #ring: () => void;
  #armed: { readonly atMs: number; readonly cancel: Cancel } | null = null;
  /** When it was to ring that rang last, until it is heard. */
  #rangForMs: number | null = null;
  #stopped = false;

  constructor(clock: Clock, timers: Timers, ring: () => void) {
    this.#clock = clock;
    this.#timers = timers;
    this.#ring = ring;
  }

  /**
   * Rings in `delayMs` at the latest. A timer that rings sooner is left alone: deadlines move later with every renewal,
   * and a timer for each would cost more than one look too many.
   */
  ringWithin(delayMs: number): void {
    if (this.#stopped) return;
    const delay = Math.min(Math.max(delayMs, 0), delayMaxMs);
    const atMs = this.#clock.monotonicMs() + delay;
    if (this.#armed !== null && this.#armed.atMs <= atMs) return;
    this.#armed?.cancel();
    this.#armed = { atMs, cancel: this.#timers.schedule(delay, () => this.#fire()) };
  }

  /** What was due has been done. */
  heard(): void {
    this.#rangForMs = null;
  }

  /** Since when something is due that is not done yet, on the monotonic clock; null when nothing is. */
  get overdueSinceMs(): number | null {
    const dueMs = this.#rangForMs ?? this.#armed?.atMs ?? null;
    return dueMs !== null && dueMs <= this.#clock.monotonicMs() ? dueMs : null;
  }

  stop(): void {
    this.#stopped = true;
    this.#armed?.cancel();
    this.#armed = null;
  }

  #fire(): void {
    this.#rangForMs = this.#armed?.atMs ?? null;
    this.#armed = null;
    this.#ring();
  }
}
