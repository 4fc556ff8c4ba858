import { systemChance, systemTime, type Chance, type Time } from '../../time/index.ts';
import { StoreError } from '../errors.ts';
import { Connection } from './connection.ts';
import { loadDriver, type SqliteDriver } from './driver.ts';
import { asStoreError } from './failures.ts';
import { FileIdentity, prepareFile } from './file.ts';
import { MainFile } from './main-file.ts';
import { checkIdentity, migrate } from './migrations.ts';
import { retryWhileBusy, type Patience } from './retry.ts';
import { SqliteLogStore, type SqliteStore } from './sqlite-log-store.ts';
import { touch } from './tables.ts';
import { checkLength, checkStructure, checkTail } from './verify.ts';

export interface SqliteStoreOptions {
  /** How long a call tries while other processes hold the file. Default 10,000. */
  readonly busyTimeoutMs?: number;
  /**
   * Pause between the first two looks for other processes' appends while somebody waits for a hint; then each is twice as
   * long, up to 50 times. Default 20.
   */
  readonly pollMs?: number;
  readonly time?: Time;
  /** Spreads the retries of several processes. */
  readonly chance?: Chance;
}

/**
 * Opens the log in a file, and creates it (mode 0600) and its folder (0700) when there is none.
 *
 * Throws {@link StoreError}: `NO_DRIVER`, `CANNOT_OPEN` (a folder, not a database, another program's database),
 * `NEWER_FORMAT`, `CORRUPT_STORE`, `CORRUPT_ENTRY`, `READ_ONLY`, `BUSY`, `DISK_FULL`, `IO`. None of them has changed the file.
 */
export async function openSqliteStore(path: string, options: SqliteStoreOptions = {}): Promise<SqliteStore> {
  return openWithDriver(await loadDriver(), path, options);
}

/** The same on a given SQLite. */
export async function openWithDriver(
  driver: SqliteDriver,
  path: string,
  options: SqliteStoreOptions = {},
): Promise<SqliteStore> {
  const patience: Patience = {
    time: options.time ?? systemTime,
    chance: options.chance ?? systemChance,
    busyTimeoutMs: options.busyTimeoutMs ?? 10_000,
  };
  prepareFile(path);
  let connection: Connection | null = null;
  try {
    const opened = new Connection(driver.open(path));
    connection = opened;
    await makeReady(opened, path, patience);
    return new SqliteLogStore({
      connection: opened,
      engine: `${driver.name} (SQLite ${versionOf(opened)})`,
      file: new FileIdentity(path),
      mainFile: new MainFile(path, driver, patience.time),
      patience,
      pollMs: options.pollMs ?? 20,
    });
  } catch (error) {
    connection?.close();
    throw asStoreError(error, path);
  }
}

/** In this order: nothing is written before the file is known to be ours and sound. */
async function makeReady(connection: Connection, path: string, patience: Patience): Promise<void> {
  const steps = [
    () => checkIdentity(connection, path),
    () => configure(connection, path),
    () => checkLength(connection, path),
    () => checkStructure(connection),
    () => migrate(connection),
    () => checkTail(connection),
    () => checkWritable(connection),
  ];
  for (const step of steps) await retryWhileBusy(patience, step);
}

/** An entry takes some 400 bytes, and a commit writes whole pages: 4,096, the default, costs a tenth more per append. */
const pageBytes = 2_048;
/** A WAL that long readers made grow is cut to this size when it begins anew. */
const walBytesMax = 64 * 1024 * 1024;

function configure(connection: Connection, path: string): void {
  connection.exec(`PRAGMA page_size = ${pageBytes}`);
  const { journal_mode: mode } = connection.row<{ journal_mode: string }>('PRAGMA journal_mode = WAL');
  if (mode !== 'wal')
    throw new StoreError(
      'CANNOT_OPEN',
      `The log file ${path} is on a file system without shared memory (SQLite's WAL mode gave '${mode}'), as network drives are. Choose a local path.`,
    );
  // FULL syncs at every commit: a lock that was told but not stored would be held twice. The two fullfsync settings
  // matter on macOS only, whose fsync does not empty the drive's own cache.
  connection.exec(
    `PRAGMA synchronous = FULL;
     PRAGMA fullfsync = ON;
     PRAGMA checkpoint_fullfsync = ON;
     PRAGMA journal_size_limit = ${walBytesMax}`,
  );
}

/** Finds out now, not at the first append, that the file may only be read. SQLite tells only when a page is written. */
function checkWritable(connection: Connection): void {
  connection.withoutCommit(() => touch(connection));
}

function versionOf(connection: Connection): string {
  return connection.row<{ version: string }>('SELECT sqlite_version() AS version').version;
}
