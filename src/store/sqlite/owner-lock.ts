import { lstatSync } from 'node:fs';
import { isOwn, replaceFile } from '../../files/index.ts';
import { loadDriver, type SqliteDatabase, type SqliteDriver } from './driver.ts';
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
  const shared = isShared(path) ? take(driver, path) : undefined;
  if (shared === null) return null;
  try {
    if (shared !== undefined) replaceFile(path, '');
    prepareFile(path);
    return take(driver, path);
  } finally {
    shared?.release();
  }
}

/**
 * Whether a copy of the repository by hard links (cp -al) has the same lock. It is taken once for both, so that no owner of
 * either is at work, and a new one is put in its place. Only an empty one is opened: SQLite would write to others.
 */
function isShared(path: string): boolean {
  const found = lstatSync(path, { throwIfNoEntry: false });
  return found?.isFile() === true && found.nlink > 1 && found.size === 0 && isOwn(path, found.uid);
}

function take(driver: SqliteDriver, path: string): ExclusiveLock | null {
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
