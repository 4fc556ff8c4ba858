import { CoordinatorError, type FailureCode } from './errors.ts';

interface Trouble {
  readonly code: FailureCode;
  readonly remedy: string;
  readonly retryable?: boolean;
}

const full: Trouble = {
  code: 'STORE_FAILURE',
  remedy:
    'there is no room: make some on that disk (df, and df -i for the number of files), then do the same again',
};
const tooFew: Trouble = {
  code: 'STORE_FAILURE',
  remedy: 'too few files may be open at once: raise that limit (ulimit -n), then do the same again',
};
const forbidden: Trouble = {
  code: 'PERMISSION',
  remedy: 'let this user do that (chown, chmod), or run as its owner',
};
const passing: Trouble = { code: 'UNAVAILABLE', remedy: 'try again', retryable: true };

/** By the system's own code. */
const troubles: Readonly<Record<string, Trouble>> = {
  ENOSPC: full,
  EDQUOT: full,
  EFBIG: {
    code: 'STORE_FAILURE',
    remedy: 'no file may become that long: raise that limit (ulimit -f), then do the same again',
  },
  EMFILE: tooFew,
  ENFILE: tooFew,
  EACCES: forbidden,
  EPERM: forbidden,
  EROFS: { code: 'PERMISSION', remedy: 'mount that file system for writing' },
  EIO: { code: 'STORE_FAILURE', remedy: 'look after that disk' },
  ENOMEM: {
    code: 'UNAVAILABLE',
    remedy: 'there is too little memory: end something, then do the same again',
  },
  EAGAIN: passing,
};

/**
 * What the system refused, as a failure with a remedy: nobody can mend it in this program. Null for any other error, which
 * may be a bug.
 */
export function systemFailure(error: unknown): CoordinatorError | null {
  if (!(error instanceof Error) || !('syscall' in error) || !('code' in error)) return null;
  const system = String(error.code);
  const { code, remedy, retryable = false } = troubles[system] ?? passing;
  return new CoordinatorError(code, `${error.message}; ${remedy}`, {
    retryable,
    details: { system },
    cause: error,
  });
}

/** As {@link systemFailure}, of what the system refuses until somebody mends it, such as to write on a full disk. */
export function lastingFailure(error: unknown): CoordinatorError | null {
  const failure = systemFailure(error);
  return failure === null || failure.retryable ? null : failure;
}
