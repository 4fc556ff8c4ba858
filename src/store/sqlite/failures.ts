import { StoreError, type StoreErrorCode } from '../errors.ts';

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
  text: 'cannot be written. Give yourself write permission on the file and on its folder, or choose another place.',
};

const busy: Failure = {
  code: 'BUSY',
  retryable: true,
  text: 'was in use by other processes for too long. Try again; if it stays so, end the process that holds it.',
};

const failures: Readonly<Record<number, Failure>> = {
  [resultCodes.perm]: readOnly,
  [resultCodes.readOnly]: readOnly,
  [resultCodes.busy]: busy,
  [resultCodes.protocol]: busy,
  [resultCodes.full]: {
    code: 'DISK_FULL',
    retryable: true,
    text: 'is on a disk that is full. Nothing was written. Free some space.',
  },
  [resultCodes.ioError]: {
    code: 'IO',
    retryable: true,
    text: 'could not be read or written. Try again; if it stays so, look at the disk.',
  },
  [resultCodes.corrupt]: {
    code: 'CORRUPT_STORE',
    retryable: false,
    text: 'is damaged. Nothing was changed. Restore it from a backup, or move it away to begin an empty one.',
  },
  [resultCodes.notADatabase]: {
    code: 'CANNOT_OPEN',
    retryable: false,
    text: 'is not a Rhema log. Nothing was changed. Move the file away, or choose another place.',
  },
  [resultCodes.cannotOpen]: {
    code: 'CANNOT_OPEN',
    retryable: false,
    text: 'cannot be opened. Look at the path and at its permissions.',
  },
};

const otherFailure: Failure = { code: 'IO', retryable: false, text: 'failed.' };

/** Whether waiting helps: another connection holds the lock that is needed. */
export function isBusy(error: unknown): boolean {
  const code = resultCodeOf(error);
  return code === resultCodes.busy || code === resultCodes.protocol;
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

/** A failure of SQLite in our terms, with the remedy. Anything else is passed on as it is. */
export function asStoreError(error: unknown, path: string): unknown {
  const code = resultCodeOf(error);
  if (code === null) return error;
  return storeError(failures[code] ?? otherFailure, path, error);
}

export function readOnlyError(path: string, cause: unknown): StoreError {
  return storeError(readOnly, path, cause);
}

function storeError({ code, retryable, text }: Failure, path: string, cause: unknown): StoreError {
  const detail = cause instanceof Error ? ` (${cause.message})` : '';
  return new StoreError(code, `The log file ${path} ${text}${detail}`, { retryable, cause });
}

/** Null when the error is not one of SQLite's. */
function resultCodeOf(error: unknown): number | null {
  const errcode = error instanceof Error ? (error as { errcode?: unknown }).errcode : undefined;
  return typeof errcode === 'number' ? errcode & 0xff : null;
}
