import type { Time } from '../time/index.ts';

/** Draws at most so often, however often it is asked to, and after the last time at any rate. */
export class Painter {
  readonly #time: Time;
  readonly #draw: () => void;
  #drawnAtMs = Number.NEGATIVE_INFINITY;
  #cancel: (() => void) | null = null;

  constructor(time: Time, draw: () => void) {
    this.#time = time;
    this.#draw = draw;
  }

  ask(): void {
    const waitMs = this.#drawnAtMs + betweenFramesMs - this.#time.monotonicMs();
    this.#cancel ??= this.#time.schedule(Math.max(0, waitMs), () => this.#now());
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = null;
  }

  #now(): void {
    this.#cancel = null;
    this.#drawnAtMs = this.#time.monotonicMs();
    this.#draw();
  }
}

const betweenFramesMs = 100;
