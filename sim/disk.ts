import type { FaultPlan, PlannedCall } from '../src/store/faulty/index.ts';
import { asStoreError } from '../src/store/sqlite/failures.ts';

/** Where a log is kept: it may have no room for a while, or not be there. */
export class Disk {
  #state: 'well' | 'full' | 'going' | 'gone' = 'well';

  /** From now on it takes nothing, and says so as the file of a log does. */
  fill(): void {
    this.#state = 'full';
  }

  /** What it takes next is the last thing, and nobody hears of it; then nothing can be read or written. */
  unplug(): void {
    this.#state = 'going';
  }

  mend(): void {
    this.#state = 'well';
  }

  /** Throws where there is no room for more. */
  demandRoom(): void {
    if (this.#state !== 'full') return;
    const refused = Object.assign(new Error('ENOSPC: no space left on device, write'), {
      code: 'ENOSPC',
      syscall: 'write',
    });
    throw asStoreError(refused, 'coordination.db');
  }

  /** What is planned, or what befalls a call while it is not there. */
  readonly befalls =
    (plan: FaultPlan): FaultPlan =>
    (call): PlannedCall => {
      if (this.#state === 'well' || this.#state === 'full') return plan(call);
      const isLast = this.#state === 'going' && call === 'append';
      if (isLast) this.#state = 'gone';
      return { fault: isLast ? 'answerLost' : 'failed', delayMs: 0 };
    };
}

/** Whether this is what is said on a disk without room: the same call may succeed once there is some. */
export function isForWantOfRoom(error: unknown): boolean {
  return (
    error instanceof Error &&
    'details' in error &&
    (error.details as { readonly store?: unknown }).store === 'DISK_FULL'
  );
}
