import { asRevision, type Revision } from '../core/index.ts';
import { damageRemedyFor, StoreError, type StoredSnapshot } from '../store/index.ts';
import { formerLog, openSqliteReader, type SqliteReader } from '../store/sqlite/index.ts';
import type { LogRecord, LogSource } from '../verify/index.ts';
import { toFailure } from './failures.ts';

/** A log file, open for reading. */
export interface OpenLogFile extends LogSource {
  /** Where the log is that was there before this one began anew; null when that is not known. */
  readonly former: string | null;
  readonly close: () => void;
}

/** Entries read at once. */
const pageEntries = 500;

/**
 * Opens the log in a SQLite file for reading, as it is at this moment; an owner may go on with it meanwhile. Throws a
 * {@link CoordinatorError}, `STORE_FAILURE` for instance; so do the records where one is damaged.
 */
export async function openLogFile(path: string): Promise<OpenLogFile> {
  try {
    const reader = await openSqliteReader(path);
    const base = baseOf(reader, path);
    const first: Revision = base === null ? asRevision(1) : asRevision(base.revision + 1);
    const bounds = { first, last: reader.bounds.last };
    const former = first === 1 ? null : formerLog(path, first);
    return { bounds, base, former, records: recordsOf(reader, first), close: () => reader.close() };
  } catch (error) {
    throw toFailure(error);
  }
}

/** The oldest snapshot from which every later entry is kept; null when the log is whole. */
function baseOf(reader: SqliteReader, path: string): StoredSnapshot | null {
  const { first } = reader.bounds;
  if (first === 1) return null;
  const revision = reader.snapshots.find((kept) => kept >= first - 1);
  const base = revision === undefined ? null : reader.snapshotAt(revision);
  if (base !== null) return base;
  throw new StoreError(
    'CORRUPT_SNAPSHOT',
    `The log begins at revision ${first}, and no snapshot from before it is kept: ${damageRemedyFor(path)}.`,
    { revision: first },
  );
}

async function* recordsOf(reader: SqliteReader, first: number): AsyncGenerator<LogRecord> {
  const { last } = reader.bounds;
  const snapshots = new Set(reader.snapshots);
  try {
    for (let from = first; from <= last; from += pageEntries)
      for (const entry of reader.entries(from, Math.min(last, from + pageEntries - 1))) {
        yield { kind: 'entry', entry };
        if (!snapshots.has(entry.revision)) continue;
        const snapshot = reader.snapshotAt(entry.revision);
        if (snapshot !== null) yield { kind: 'snapshot', snapshot };
      }
  } catch (error) {
    throw toFailure(error);
  }
}
