import { loadDriver, type SqliteDatabase } from './driver.ts';
import { asStoreError, isBusy } from './failures.ts';
import { prepareFile } from './file.ts';

/** Exclusive use of something, until released or until the process dies, however it dies. */
export interface ExclusiveLock {
  /** Idempotent. */
  release(): void;
}

/**
 * Takes the lock that a file stands for, or returns null when another process has it. The operating system holds it:
 * an open exclusive transaction on an empty database, so that the same SQLite that keeps the log locks on every
 * platform, and nothing of a dead owner has to be cleaned up. The file stays, empty.
 *
 * Throws {@link StoreError}: `NO_DRIVER`, `READ_ONLY`, `CANNOT_OPEN`, `IO`.
 */
export async function openExclusiveLock(path: string): Promise<ExclusiveLock | null> {
  const driver = await loadDriver();
  prepareFile(path);
  let database: SqliteDatabase | null = null;
  try {
    database = driver.open(path);
    database.exec('BEGIN EXCLUSIVE');
    return new HeldLock(database);
  } catch (error) {
    database?.close();
    if (isBusy(error)) return null;
    throw asStoreError(error, path);
  }
}

class HeldLock implements ExclusiveLock {
  #database: SqliteDatabase | null;

  constructor(database: SqliteDatabase) {
    this.#database = database;
  }

  release(): void {
    this.#database?.close();
    this.#database = null;
  }
}
