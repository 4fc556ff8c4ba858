export const contextErrorCodes = [
  'NOT_A_REPOSITORY',
  'GIT_MISSING',
  'GIT_FAILED',
  /** It was ended, since it took longer than it may. */
  'GIT_SILENT',
  'UNREADABLE',
] as const;
export type ContextErrorCode = (typeof contextErrorCodes)[number];

/** The repository could not be found or read: an environment's failure. Bad content of files is never thrown. */
export class ContextError extends Error {
  override readonly name = 'ContextError';
  readonly code: ContextErrorCode;

  constructor(code: ContextErrorCode, message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
  }
}
