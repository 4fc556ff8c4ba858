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

interface Failure {
  readonly code: StoreErrorCode;
  readonly retryable: boolean;
  readonly message: (path: string) => string;
}

const readOnly: Failure = {
  code: 'READ_ONLY',
  retryable: false,
  message: (path) =>
    `The log ${path} cannot be written. Give yourself write permission on the file and on its folder, or choose another place.`,
};

const busy: Failure = {
  code: 'BUSY',
  retryable: true,
  message: (path) =>
    `The log ${path} was in use by other processes for too long. Try again; if it stays so, end the process that holds it.`,
};

const failures: ReadonlyMap<number, Failure> = new Map([
  [resultCodes.perm, readOnly],
  [resultCodes.readOnly, readOnly],
  [resultCodes.busy, busy],
  [resultCodes.protocol, busy],
  [
    resultCodes.full,
    {
      code: 'DISK_FULL',
      retryable: true,
      message: (path: string) => `The disk of ${path} is full. Nothing was written. Free some space.`,
    },
  ],
  [
    resultCodes.ioError,
    {
      code: 'IO',
      retryable: true,
      message: (path: string) => `The log ${path} could not be read or written. Look at the disk.`,
    },
  ],
  [
    resultCodes.corrupt,
    {
      code: 'CORRUPT_STORE',
      retryable: false,
      message: (path: string) =>
        `The log ${path} is damaged. Nothing was changed. Restore it from a backup, or move it away to begin an empty one.`,
    },
  ],
  [
    resultCodes.notADatabase,
    {
      code: 'CANNOT_OPEN',
      retryable: false,
      message: (path: string) =>
        `${path} is not a Rhema log. Nothing was changed. Move the file away, or choose another place.`,
    },
  ],
  [
    resultCodes.cannotOpen,
    {
      code: 'CANNOT_OPEN',
      retryable: false,
      message: (path: string) => `The log ${path} cannot be opened. Look at the path and at its permissions.`,
    },
  ],
]);

/** Whether waiting helps: another connection holds the lock that is needed. */
export function isBusy(error: unknown): boolean {
  const code = primaryCode(error);
  return code === resultCodes.busy || code === resultCodes.protocol;
}

export function isDiskFull(error: unknown): boolean {
  return primaryCode(error) === resultCodes.full;
}

export function isCannotOpen(error: unknown): boolean {
  return primaryCode(error) === resultCodes.cannotOpen;
}

/** A failure of SQLite in our terms, with the remedy. Anything else is passed on as it is. */
export function asStoreError(error: unknown, path: string): unknown {
  const code = primaryCode(error);
  if (code === null) return error;
  const failure = failures.get(code);
  const detail = ` (SQLite: ${(error as Error).message})`;
  if (failure === undefined)
    return new StoreError('IO', `The log ${path} failed${detail}.`, { cause: error });
  const { retryable, message } = failure;
  return new StoreError(failure.code, message(path) + detail, { retryable, cause: error });
}

/** Null when the error is not one of SQLite's. */
function primaryCode(error: unknown): number | null {
  const errcode = error instanceof Error ? (error as { errcode?: unknown }).errcode : undefined;
  return typeof errcode === 'number' ? errcode & 0xff : null;
}

export { readOnly as readOnlyFailure };
