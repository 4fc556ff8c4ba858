import { statSync } from 'node:fs';
import type { Clock } from '../../time/index.ts';
import { StoreError } from '../errors.ts';
import { Connection } from './connection.ts';
import type { SqliteDriver } from './driver.ts';
import { busyAgain } from './failures.ts';
import { boundsOf, identityOf } from './tables.ts';

/** What the file itself has, without what lies in the WAL. */
interface Content {
  readonly identity: string;
  readonly last: number;
}

/** What tells that a file was written to. A log's own file never gets shorter: what is dropped leaves room for what comes. */
interface Stamp {
  readonly changedNs: bigint;
  readonly bytes: bigint;
}

/** So long a content that no checkpoint explains may be one that another process is just writing. */
const settleMs = 500;

/**
 * The content of the log's own file. It changes by checkpoints alone, of this process or of another one, which carry over
 * entries from the WAL. Somebody may put a backup there (`cp`) while we have it open: SQLite does not notice, goes by what it
 * remembers, and writes pages of one log among those of another.
 */
export class MainFile {
  readonly #path: string;
  readonly #driver: SqliteDriver;
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  #stamp: Stamp;
  #content: Content | null;
  #strangeSinceMs: number | null = null;
  #overwritten: StoreError | null = null;

  constructor(path: string, driver: SqliteDriver, clock: Pick<Clock, 'monotonicMs'>) {
    this.#path = path;
    this.#driver = driver;
    this.#clock = clock;
    this.#stamp = stampOf(path);
    this.#content = this.#look();
  }

  get isOverwritten(): boolean {
    return this.#overwritten !== null;
  }

  /** To be called after a commit of this process, which may have ended with a checkpoint. */
  committed(): void {
    const stamp = stampOf(this.#path);
    if (!isSame(stamp, this.#stamp)) this.#accept(stamp, this.#look());
  }

  /** Throws when the file is another than it was, and no checkpoint explains it. `log`: what this process has of it. */
  refuseIfOverwritten(log: () => Content): void {
    if (this.#overwritten !== null) throw this.#overwritten;
    const stamp = stampOf(this.#path);
    if (isSame(stamp, this.#stamp)) return;
    const content = this.#look();
    if (stamp.bytes >= this.#stamp.bytes && this.#isExplained(content, log()))
      return this.#accept(stamp, content);
    const nowMs = this.#clock.monotonicMs();
    this.#strangeSinceMs ??= nowMs;
    if (nowMs - this.#strangeSinceMs < settleMs) throw busyAgain();
    this.#overwritten = overwrittenError(this.#path);
    throw this.#overwritten;
  }

  /**
   * A checkpoint brings entries of this very log, and takes none away. One whose process was killed in the middle brings some
   * pages only: what it leaves may have no more entries than before, or not be readable at all until the next one.
   */
  #isExplained(content: Content | null, log: Content): boolean {
    if (content === null) return true;
    if (content.identity !== log.identity || content.last > log.last) return false;
    return content.last >= (this.#content?.last ?? -1) || !this.#isWhole();
  }

  /** A log that was put there is sound by itself, unlike what half a checkpoint leaves. */
  #isWhole(): boolean {
    return this.#read((connection) => isSound(connection)) ?? false;
  }

  #accept(stamp: Stamp, content: Content | null): void {
    // A commit of ours does not explain that there is less than before.
    if (stamp.bytes < this.#stamp.bytes) return;
    if (content !== null && content.last < (this.#content?.last ?? 0)) return;
    this.#stamp = stamp;
    this.#content = content ?? this.#content;
    this.#strangeSinceMs = null;
  }

  /** Null where it cannot be read, as while it is written, or as long as all is in the WAL. */
  #look(): Content | null {
    return this.#read((connection) => ({
      identity: identityOf(connection),
      last: boundsOf(connection).last,
    }));
  }

  #read<T>(read: (connection: Connection) => T): T | null {
    let connection: Connection | null = null;
    try {
      connection = new Connection(this.#driver.openImmutable(this.#path));
      return read(connection);
    } catch {
      return null;
    } finally {
      connection?.close();
    }
  }
}

function isSound(connection: Connection): boolean {
  return connection
    .rows<{ quick_check: string }>('PRAGMA quick_check(1)')
    .some((row) => row.quick_check === 'ok');
}

function stampOf(path: string): Stamp {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  return { changedNs: found?.mtimeNs ?? 0n, bytes: found?.size ?? 0n };
}

const isSame = (one: Stamp, other: Stamp): boolean =>
  one.changedNs === other.changedNs && one.bytes === other.bytes;

function overwrittenError(path: string): StoreError {
  return new StoreError(
    'CANNOT_OPEN',
    `The log file ${path} was overwritten while it was open. Nothing more was written. To restore a backup: rhema daemon stop, remove ${path}-wal and ${path}-shm, and put the backup in its place once more; then rhema verify-log.`,
  );
}
