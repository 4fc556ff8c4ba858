import type { Time } from './time.ts';
import type { Cancel } from './timers.ts';

interface LazyTimer {
  readonly atMs: number;
  readonly run: () => void;
}

/**
 * Timers that are nearly always cancelled before they run, as what bounds a call: to set one and to cancel it costs hardly more
 * than to remember it. One timer of the system stands behind all, and is left alone when what it was set for is cancelled: it
 * looks who is due, and is set anew for the next. So somebody has to say when nobody will come any more.
 */
export class LazyTimers {
  readonly #time: Time;
  readonly #waiting = new Set<LazyTimer>();
  #armed: { readonly atMs: number; readonly cancel: Cancel } | null = null;

  constructor(time: Time) {
    this.#time = time;
  }

  /** As of `Timers`. */
  schedule(delayMs: number, run: () => void): Cancel {
    const nowMs = this.#time.monotonicMs();
    const timer: LazyTimer = { atMs: nowMs + delayMs, run };
    this.#waiting.add(timer);
    this.#ringBy(timer.atMs, nowMs);
    return () => void this.#waiting.delete(timer);
  }

  /** Forgets all that wait. */
  stop(): void {
    this.#waiting.clear();
    this.#armed?.cancel();
    this.#armed = null;
  }

  #ringBy(atMs: number, nowMs: number): void {
    if (this.#armed !== null && this.#armed.atMs <= atMs) return;
    this.#armed?.cancel();
    this.#armed = { atMs, cancel: this.#time.schedule(Math.max(0, atMs - nowMs), () => this.#ring()) };
  }

  /** In the order in which they are due. */
  #ring(): void {
    this.#armed = null;
    const nowMs = this.#time.monotonicMs();
    const due = [...this.#waiting].filter(({ atMs }) => atMs <= nowMs).sort((a, b) => a.atMs - b.atMs);
    for (const timer of due) if (this.#waiting.delete(timer)) timer.run();
    let nextMs = Infinity;
    for (const { atMs } of this.#waiting) nextMs = Math.min(nextMs, atMs);
    if (nextMs < Infinity) this.#ringBy(nextMs, nowMs);
  }
}
