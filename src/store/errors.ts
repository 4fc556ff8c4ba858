export const storeErrorCodes = [
  'CLOSED',
  'CANNOT_OPEN',
  'CORRUPT_ENTRY',
  'CORRUPT_SNAPSHOT',
  'CORRUPT_STORE',
  'NEWER_FORMAT',
  'COMPACTED',
  'COMPACTION_REFUSED',
  'BUSY',
  'DISK_FULL',
  'TOO_MANY_FILES',
  'READ_ONLY',
  'IO',
  'NO_DRIVER',
] as const;
export type StoreErrorCode = (typeof storeErrorCodes)[number];

/**
 * What to do about a damaged log. Both files, each time: what was written last is in the `-wal`, and one that is left behind
 * would be taken for a part of whatever is put in the place of the other.
 */
export const damageRemedy =
  'move the log away, with the -wal beside it; then restore it from a backup, with the -wal of the backup or none, or begin an empty one';

/** The store could not do its work: an environment's failure, not a rule's refusal. Nothing was written. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly code: StoreErrorCode;
  /** Whether the same call may succeed later by itself. */
  readonly retryable: boolean;
  /** The entry concerned, when there is one. */
  readonly revision: number | null;

  constructor(
    code: StoreErrorCode,
    message: string,
    options: { readonly retryable?: boolean; readonly revision?: number; readonly cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retryable = options.retryable ?? false;
    this.revision = options.revision ?? null;
  }
}

/** For a call after `close`. */
export function closedError(): StoreError {
  return new StoreError('CLOSED', 'The log store is closed. Open it again.');
}
