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

/** As {@link damageRemedy}, of a log that is in a certain file. */
export function damageRemedyFor(file: string | null): string {
  return file === null ? damageRemedy : damageRemedy.replace('the log', `the log ${file}`);
}

/** The same failure, with the file in its remedy where nothing else in it says which it is. */
export function withFile(error: StoreError, file: string): StoreError {
  const { code, message, retryable, revision } = error;
  if (message.includes(file) || !message.includes(damageRemedy)) return error;
  const told = message.replace(damageRemedy, damageRemedyFor(file));
  return new StoreError(code, told, { retryable, cause: error, ...(revision === null ? {} : { revision }) });
}

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
