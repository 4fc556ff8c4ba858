import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';

/** About what one log entry takes. */
const recordBytes = 400;

/** What no durable log can beat: a record appended to a growing file, and fdatasync. */
export class RawLog {
  readonly #file: number;
  readonly #record = Buffer.alloc(recordBytes, 'r');

  constructor(folder: string) {
    this.#file = openSync(join(folder, 'raw.log'), 'a');
  }

  /** Appends one record durably. Returns how long that took, in milliseconds. */
  append(): number {
    const startedAt = performance.now();
    writeSync(this.#file, this.#record);
    fdatasyncSync(this.#file);
    return performance.now() - startedAt;
  }

  /** Durable appends per second, one after the other, measured for so long. */
  ratePerSecond(forMs: number): number {
    const startedAt = performance.now();
    let appends = 0;
    while (performance.now() - startedAt < forMs) {
      this.append();
      appends += 1;
    }
    return (appends * 1_000) / (performance.now() - startedAt);
  }

  close(): void {
    closeSync(this.#file);
  }
}
