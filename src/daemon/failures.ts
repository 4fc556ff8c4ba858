import { accessError } from '../client/index.ts';
import { RepositoryError } from '../repository/index.ts';
import { PathRefused } from '../files/index.ts';
import { CoordinatorError } from '../protocol/index.ts';
import { toFailure as toServiceFailure } from '../service/index.ts';

/** Whatever was thrown, as a failure that a caller may see. */
export function toFailure(error: unknown): CoordinatorError {
  if (error instanceof PathRefused) return accessError(error.path, error);
  if (!(error instanceof RepositoryError)) return toServiceFailure(error);
  const code = error.code === 'NOT_A_REPOSITORY' ? error.code : 'REPOSITORY_UNREADABLE';
  return new CoordinatorError(code, error.message, { cause: error, details: { cause: error.code } });
}
