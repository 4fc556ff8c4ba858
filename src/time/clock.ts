/** Where a room reads time. Handed in, so that a test or a simulation owns it. */
export interface Clock {
  /**
   * Whole milliseconds since this machine's boot; never runs backwards. All processes of one boot read the same clock,
   * so that leases run on when another process takes over.
   */
  monotonicMs(): number;
  /** Whole milliseconds since 1970. May jump either way. */
  wallMs(): number;
}

export class SystemClock implements Clock {
  readonly #aheadMs: number;

  /** `clockAheadMs`: how far this process's time namespace is ahead of the boot's own clock. */
  constructor({ clockAheadMs }: { readonly clockAheadMs: number } = { clockAheadMs: 0 }) {
    this.#aheadMs = clockAheadMs;
  }

  monotonicMs(): number {
    const [seconds, nanoseconds] = process.hrtime();
    return Math.floor(seconds * 1_000 + nanoseconds / 1_000_000 - this.#aheadMs);
  }

  wallMs(): number {
    return Date.now();
  }
}

/** A clock that moves only when it is told to. */
export class ManualClock implements Clock {
  #monotonicMs: number;
  #wallMs: number;

  constructor(start: { readonly monotonicMs?: number; readonly wallMs?: number } = {}) {
    this.#monotonicMs = start.monotonicMs ?? 1_000;
    this.#wallMs = start.wallMs ?? 1_700_000_000_000;
  }

  monotonicMs(): number {
    return this.#monotonicMs;
  }

  wallMs(): number {
    return this.#wallMs;
  }

  /** Time passes on both clocks. */
  advance(byMs: number): void {
    this.#monotonicMs += byMs;
    this.#wallMs += byMs;
  }

  /** Somebody sets the wall clock, or the machine was suspended. */
  jumpWall(byMs: number): void {
    this.#wallMs += byMs;
  }

  /** The machine boots: its monotonic clock starts anew. */
  reboot(): void {
    this.#monotonicMs = 0;
  }
}
