import type { Timers } from '../src/time/index.ts';
import type { Random } from './random.ts';

interface Task {
  readonly atMs: number;
  /** Orders what happens at the same moment. */
  readonly lot: number;
  readonly run: () => void;
}

/**
 * The only source of time and of concurrency in a simulated run. One task runs at a time; what promises it settles run
 * to their ends before the next task, so that a run is a function of its seed.
 */
export class Scheduler {
  readonly #random: Random;
  readonly #tasks = new Set<Task>();
  #nowMs = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  /** Tasks of one moment run in an order given by chance. */
  schedule(delayMs: number, run: () => void): () => void {
    const task = { atMs: this.#nowMs + Math.max(0, delayMs), lot: this.#random.next(), run };
    this.#tasks.add(task);
    return () => void this.#tasks.delete(task);
  }

  sleep(delayMs: number): Promise<void> {
    return new Promise((resolve) => void this.schedule(delayMs, resolve));
  }

  /** Runs tasks until the work is done. Fails when nothing is left to run, or when it takes too long. */
  async runUntilDone(work: Promise<void>, withinMs: number): Promise<void> {
    let ended: { readonly error: unknown } | 'well' | null = null;
    work.then(
      () => (ended = 'well'),
      (error: unknown) => (ended = { error }),
    );
    const untilMs = this.#nowMs + withinMs;
    for (;;) {
      await settled();
      if (ended !== null) break;
      if (!this.#runNext(untilMs))
        throw new Error(`stuck at ${this.#nowMs} ms: ${this.#tasks.size} tasks are left`);
    }
    return work;
  }

  #runNext(untilMs: number): boolean {
    let next: Task | null = null;
    for (const task of this.#tasks) if (next === null || isBefore(task, next)) next = task;
    if (next === null || next.atMs > untilMs) return false;
    this.#tasks.delete(next);
    this.#nowMs = Math.max(this.#nowMs, next.atMs);
    next.run();
    return true;
  }
}

function isBefore(a: Task, b: Task): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.lot < b.lot);
}

/** All promises that can settle have settled when the real event loop comes round: nothing else is on it. */
function settled(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}

/** Timers of one process: they die with it. */
export class ProcessTimers implements Timers {
  readonly #scheduler: Scheduler;
  #alive = true;
  #frozenUntilMs = 0;

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  /** For so long nothing of the process runs; then it goes on as if nothing had been. */
  freeze(forMs: number): void {
    this.#frozenUntilMs = Math.max(this.#frozenUntilMs, this.#scheduler.nowMs() + forMs);
  }

  get frozenForMs(): number {
    return Math.max(0, this.#frozenUntilMs - this.#scheduler.nowMs());
  }

  schedule(delayMs: number, run: () => void): () => void {
    let cancel = this.#scheduler.schedule(delayMs, () => {
      if (!this.#alive) return;
      if (this.frozenForMs > 0) cancel = this.schedule(this.frozenForMs, run);
      else run();
    });
    return () => cancel();
  }

  soon(run: () => void): void {
    this.schedule(0, run);
  }

  kill(): void {
    this.#alive = false;
  }
}
