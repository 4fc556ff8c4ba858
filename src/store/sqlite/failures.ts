import { statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { damageRemedy, StoreError, withFile, type StoreErrorCode } from '../errors.ts';
import { systemCodeOf, whyNoFile } from './trial-write.ts';

/** Primary result codes, https://www.sqlite.org/rescode.html; extended ones carry them in their low byte. */
const resultCodes = {
  perm: 3,
  busy: 5,
  readOnly: 8,
  ioError: 10,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  protocol: 15,
  notADatabase: 26,
} as const;

/** A failure that nothing more is known of. */
const otherResultCode = 1;

/** What SQLite says of a result code, where the driver leaves out the code. */
const resultTexts: Readonly<Record<string, number>> = {
  'access permission denied': resultCodes.perm,
  'database is locked': resultCodes.busy,
  'attempt to write a readonly database': resultCodes.readOnly,
  'disk I/O error': resultCodes.ioError,
  'database disk image is malformed': resultCodes.corrupt,
  'database or disk is full': resultCodes.full,
  'unable to open database file': resultCodes.cannotOpen,
  'locking protocol': resultCodes.protocol,
  'file is not a database': resultCodes.notADatabase,
};

/** What a result code means for the log. */
interface Failure {
  readonly code: StoreErrorCode;
  readonly retryable: boolean;
  /** Follows the file's path: what is wrong, and what to do. */
  readonly text: string;
}

const readOnly: Failure = {
  code: 'READ_ONLY',
  retryable: false,
  text: 'cannot be written. Give yourself write permission on the file and on its folder, or choose another path.',
};

/** Also what a system does by itself with a disk that has a fault. */
const readOnlyDisk: Failure = {
  code: 'READ_ONLY',
  retryable: false,
  text: 'is on a file system that may only be read. Look why (mount, dmesg), and mount it for writing; then do the same again.',
};

const busy: Failure = {
  code: 'BUSY',
  retryable: true,
  text: 'was in use by other processes for too long. Try again; if it stays so, end the process that holds it.',
};

/** Told at once: no other process mends it, and who waits for a person does not wait for milliseconds. */
const full: Failure = {
  code: 'DISK_FULL',
  retryable: false,
  text: 'is on a disk that is full. Make room there, for files too (df, df -i); then do the same again.',
};

const tooManyFiles: Failure = {
  code: 'TOO_MANY_FILES',
  retryable: false,
  text: 'needs more open files than this process may have. Raise that limit (ulimit -n); then do the same again.',
};

const tooLarge: Failure = {
  code: 'DISK_FULL',
  retryable: false,
  text: 'would be larger than this process may make a file. Raise that limit (ulimit -f), have a new coordinator (rhema daemon stop); then do the same again.',
};

const ioError: Failure = {
  code: 'IO',
  retryable: true,
  text: 'could not be read or written. Try again; if it stays so, look at the disk.',
};

/** By the system's own code: of our calls, and of a trial where SQLite does not say why. */
const systemFailures: Readonly<Record<string, Failure>> = {
  ENOSPC: full,
  EDQUOT: full,
  EFBIG: tooLarge,
  EMFILE: tooManyFiles,
  ENFILE: tooManyFiles,
  EROFS: readOnlyDisk,
};

const failures: Readonly<Record<number, Failure>> = {
  [resultCodes.perm]: readOnly,
  [resultCodes.readOnly]: readOnly,
  [resultCodes.busy]: busy,
  [resultCodes.protocol]: busy,
  [resultCodes.full]: full,
  [resultCodes.ioError]: ioError,
  [resultCodes.corrupt]: {
    code: 'CORRUPT_STORE',
    retryable: false,
    text: `is damaged. Nothing was changed: ${damageRemedy}.`,
  },
  [resultCodes.notADatabase]: {
    code: 'CANNOT_OPEN',
    retryable: false,
    text: 'is not a Rhema log. Nothing was changed. Move the file away, or choose another path.',
  },
  [resultCodes.cannotOpen]: {
    code: 'CANNOT_OPEN',
    retryable: false,
    text: 'cannot be opened. Look at the path and at its permissions.',
  },
};

const otherFailure: Failure = {
  code: 'IO',
  retryable: false,
  text: `could not be used. Nothing was changed. If it stays so: ${damageRemedy}.`,
};

/** Whether waiting helps: another connection holds the lock that is needed. */
export function isBusy(error: unknown): boolean {
  const code = resultCodeOf(error);
  return code === resultCodes.busy || code === resultCodes.protocol;
}

/** For what another process may be about: it is tried again like what SQLite finds busy. */
export function busyAgain(): Error {
  return Object.assign(new Error('the file is being written'), { errcode: resultCodes.busy });
}

export function isDiskFull(error: unknown): boolean {
  return resultCodeOf(error) === resultCodes.full;
}

export function isCannotOpen(error: unknown): boolean {
  return resultCodeOf(error) === resultCodes.cannotOpen;
}

export function isReadOnly(error: unknown): boolean {
  return resultCodeOf(error) === resultCodes.readOnly;
}

/** A failure of SQLite or of the system in our terms, with the remedy. A damaged log is named; anything else is passed on as it is. */
export function asStoreError(error: unknown, path: string): unknown {
  if (error instanceof StoreError) return withFile(error, path);
  const code = resultCodeOf(error);
  if (code !== null) return storeError(causeOf(code, path) ?? failures[code] ?? otherFailure, path, error);
  const system = systemCodeOf(error);
  // What may not be looked at for a moment is no bug, and may be looked at again.
  return system === null ? error : storeError(systemFailures[system] ?? ioError, path, error);
}

/** What is behind a failure of which SQLite does not tell the reason; null when nothing is found. */
function causeOf(code: number, path: string): Failure | null {
  if (code !== resultCodes.ioError && code !== resultCodes.cannotOpen && code !== resultCodes.readOnly)
    return null;
  const system = whyNoFile(dirname(resolve(path)), nextSizeOf(path));
  if (system === null) return null;
  // Without a writable folder SQLite cannot make the files that WAL needs.
  const isForbidden = code === resultCodes.cannotOpen && ['EACCES', 'EPERM'].includes(system);
  return isForbidden ? readOnly : (systemFailures[system] ?? null);
}

/** What the larger of the log's two files is to have next: where a limit stops it, one of that size is stopped, too. */
function nextSizeOf(path: string): number {
  return Math.max(sizeOf(path), sizeOf(`${path}-wal`)) + 1;
}

function sizeOf(path: string): number {
  try {
    return statSync(path).size;
  } catch {
    return 0;
  }
}

export function readOnlyError(path: string, cause: unknown): StoreError {
  return storeError(systemCodeOf(cause) === 'EROFS' ? readOnlyDisk : readOnly, path, cause);
}

function storeError({ code, retryable, text }: Failure, path: string, cause: unknown): StoreError {
  const detail = cause instanceof Error ? ` (${cause.message})` : '';
  return new StoreError(code, `The log file ${path} ${text}${detail}`, { retryable, cause });
}

/**
 * Null when the error is not one of SQLite's. `@photostructure/sqlite` leaves out the result code where a statement that
 * gives all its rows fails between two of them.
 */
function resultCodeOf(error: unknown): number | null {
  if (!(error instanceof Error)) return null;
  const { errcode, code } = error as { readonly errcode?: unknown; readonly code?: unknown };
  if (typeof errcode === 'number') return errcode & 0xff;
  return code === 'ERR_SQLITE_ERROR' ? (resultTexts[error.message] ?? otherResultCode) : null;
}
