import { shownName, type LockName } from '../core/index.ts';

/** What a lock is of, in a line: its path, or the resource with the slot where that is not its first. */
export function shownLock(lock: LockName): string {
  return lock.resource === undefined || lock.slot === 1
    ? shownName(lock)
    : `${lock.resource} (slot ${lock.slot})`;
}
