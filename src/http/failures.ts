import { CoordinatorError } from '../protocol/index.ts';

/** Whatever was thrown, as a failure; what is none of ours is a bug. */
export function asFailure(error: unknown): CoordinatorError {
  if (error instanceof CoordinatorError) return error;
  return new CoordinatorError('INTERNAL', error instanceof Error ? error.message : String(error), {
    cause: error,
  });
}
