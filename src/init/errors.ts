export const initErrorCodes = [
  'NO_WORKTREE',
  'NO_BLOCK',
  'CHANGED_MEANWHILE',
  'OUTSIDE_REPOSITORY',
  'PLACE_TAKEN',
  'READ_ONLY',
  'SAME_PLACE',
  'WRITE_FAILED',
] as const;
export type InitErrorCode = (typeof initErrorCodes)[number];

/** Nothing could be derived or written; the message says why and what to do. */
export class InitError extends Error {
  override readonly name = 'InitError';
  readonly code: InitErrorCode;

  constructor(code: InitErrorCode, message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
  }
}
