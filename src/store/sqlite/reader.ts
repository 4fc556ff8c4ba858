import { chmodSync, constants, copyFileSync, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { asRevision, type Entry } from '../../core/index.ts';
import { decodeSnapshot } from '../codec.ts';
import { StoreError } from '../errors.ts';
import type { LogBounds, StoredSnapshot } from '../log-store.ts';
import { systemChance, systemTime } from '../../time/index.ts';
import { Connection } from './connection.ts';
import { loadDriver, type SqliteDatabase, type SqliteDriver } from './driver.ts';
import { asStoreError, isCannotOpen, isReadOnly } from './failures.ts';
import { folderIsWritable } from './file.ts';
import { checkIdentity } from './migrations.ts';
import { retryWhileBusy } from './retry.ts';
import { boundsOf, entriesOf, newestSnapshot, snapshotRevisions } from './tables.ts';

/** One moment of a log, for reading only. What others append meanwhile is not seen, what they compact stays. */
export interface SqliteReader {
  readonly bounds: LogBounds;
  /** Revisions of which a snapshot is kept, in order. */
  readonly snapshots: readonly number[];
  /** Null when none is kept of that revision. Throws {@link StoreError} `CORRUPT_SNAPSHOT`. */
  snapshotAt(revision: number): StoredSnapshot | null;
  /** Entries from `from` to `to`, both included. Throws {@link StoreError} `CORRUPT_ENTRY` with the revision. */
  entries(from: number, to: number): readonly Entry[];
  close(): void;
}

const busyTimeoutMs = 10_000;

/**
 * Opens a log file for reading, also while others write to it; leaves nothing beside it. Throws {@link StoreError}:
 * `NO_DRIVER`, `CANNOT_OPEN` (no such file, not a database, another program's database), `NEWER_FORMAT`, `READ_ONLY`, `BUSY`
 * (somebody has begun to write to it meanwhile), `IO`.
 */
export async function openSqliteReader(path: string): Promise<SqliteReader> {
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true)
    throw new StoreError('CANNOT_OPEN', `There is no log file ${path}.`);
  const driver = await loadDriver();
  if (!mayBeInUse(path)) return openAsItLies(driver, path);
  try {
    return await openWith(() => driver.openReadOnly(path), path);
  } catch (error) {
    if (!needsItsFolder(error) || folderIsWritable(path)) throw asStoreError(error, path);
    return openAsItLies(driver, path);
  }
}

/** Whoever has a log open has these two beside it; SQLite would make them for a reader as well, and leave them there. */
function mayBeInUse(path: string): boolean {
  return ['-wal', '-shm'].every((ending) => existsSync(`${path}${ending}`));
}

function needsItsFolder(error: unknown): boolean {
  return isCannotOpen(error) || isReadOnly(error);
}

/**
 * Where nobody has the file open, or nothing can be made beside it, it is read as it lies there. What a WAL beside it has
 * must be read as well, and SQLite cannot do that in place: then a copy is read.
 */
export async function openAsItLies(driver: SqliteDriver, path: string): Promise<SqliteReader> {
  try {
    const walBytes = statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0;
    if (walBytes === 0) return await openUnlessChanged(driver, path);
    return await openCopy(driver, path);
  } catch (error) {
    throw asStoreError(error, path);
  }
}

/** Somebody may begin to write while we read, and SQLite, told that nobody can, would take what it finds for damage. */
async function openUnlessChanged(driver: SqliteDriver, path: string): Promise<SqliteReader> {
  const before = stampOf(path);
  const reader = await openWith(() => driver.openImmutable(path), path);
  const checked = <T>(read: () => T): T => {
    let outcome: { readonly value: T } | { readonly error: unknown };
    try {
      outcome = { value: read() };
    } catch (error) {
      outcome = { error };
    }
    if (stampOf(path) !== before)
      throw new StoreError('BUSY', `${path} was changed while it was read: do the same again.`, {
        retryable: true,
      });
    if ('error' in outcome) throw outcome.error;
    return outcome.value;
  };
  return {
    ...reader,
    snapshotAt: (revision) => checked(() => reader.snapshotAt(revision)),
    entries: (from, to) => checked(() => reader.entries(from, to)),
  };
}

function stampOf(path: string): string {
  const { mtimeNs, size, ino } = statSync(path, { bigint: true });
  return `${mtimeNs} ${size} ${ino}`;
}

async function openCopy(driver: SqliteDriver, path: string): Promise<SqliteReader> {
  const folder = mkdtempSync(join(tmpdir(), 'rhema-log-'));
  const discard = (): void => rmSync(folder, { recursive: true, force: true });
  const copy = join(folder, 'log.db');
  try {
    for (const ending of ['', '-wal']) {
      copyFileSync(`${path}${ending}`, `${copy}${ending}`, constants.COPYFILE_EXCL);
      chmodSync(`${copy}${ending}`, 0o600);
    }
    const reader = await openWith(() => driver.openReadOnly(copy), path);
    return { ...reader, close: () => (reader.close(), discard()) };
  } catch (error) {
    discard();
    throw error;
  }
}

async function openWith(open: () => SqliteDatabase, path: string): Promise<SqliteReader> {
  const patience = { time: systemTime, chance: systemChance, busyTimeoutMs };
  const connection = new Connection(open());
  try {
    return await retryWhileBusy(patience, () => beginReading(connection, path));
  } catch (error) {
    connection.close();
    throw error;
  }
}

/** The transaction stays open: it is what holds the moment still. */
function beginReading(connection: Connection, path: string): SqliteReader {
  // One that met a busy file may lie open from the attempt before.
  connection.rollBack();
  checkIdentity(connection, path);
  if (connection.rows("SELECT 1 FROM sqlite_schema WHERE name = 'log'").length === 0)
    throw new StoreError('CANNOT_OPEN', emptyText(path));
  connection.run('BEGIN');
  const guarded = <T>(read: () => T): T => {
    try {
      return read();
    } catch (error) {
      throw asStoreError(error, path);
    }
  };
  return {
    bounds: boundsOf(connection),
    snapshots: snapshotRevisions(connection),
    snapshotAt: (revision) => guarded(() => snapshotOf(connection, revision)),
    entries: (from, to) => guarded(() => entriesOf(connection, asRevision(from), asRevision(to))),
    close: () => {
      connection.rollBack();
      connection.close();
    },
  };
}

/** Most often it is the copy of a log that was in use: until it is closed, much of it is in a file beside it. */
function emptyText(path: string): string {
  const name = basename(path);
  return `${path} is an empty database: no log was begun in it, or it is a copy without ${name}-wal, which has what was written last. Copy all of ${name}* together, after: rhema daemon stop`;
}

function snapshotOf(connection: Connection, revision: number): StoredSnapshot | null {
  const row = newestSnapshot(connection, revision);
  return row?.revision === revision ? decodeSnapshot(row) : null;
}
