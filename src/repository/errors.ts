export const repositoryErrorCodes = [
  'NOT_A_REPOSITORY',
  'GIT_MISSING',
  'GIT_FAILED',
  /** It was ended, since it took longer than it may. */
  'GIT_SILENT',
  'UNREADABLE',
] as const;
export type RepositoryErrorCode = (typeof repositoryErrorCodes)[number];

/** The repository could not be found or read: an environment's failure. Bad content of files is never thrown. */
export class RepositoryError extends Error {
  override readonly name = 'RepositoryError';
  readonly code: RepositoryErrorCode;

  constructor(code: RepositoryErrorCode, message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
  }
}
