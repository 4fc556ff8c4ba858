import { ContextError } from '../context/index.ts';
import { CoordinatorError } from '../protocol/index.ts';
import { StoreError } from '../store/index.ts';

/** Whatever was thrown, as a failure that a caller may see. */
export function toFailure(error: unknown): CoordinatorError {
  if (error instanceof CoordinatorError) return error;
  if (error instanceof StoreError) return storeFailure(error);
  if (error instanceof ContextError) return contextFailure(error);
  const message = error instanceof Error ? error.message : String(error);
  return new CoordinatorError('INTERNAL', `a bug in the coordinator: ${message}`, { cause: error });
}

function storeFailure(error: StoreError): CoordinatorError {
  return new CoordinatorError('STORE_FAILURE', error.message, {
    retryable: error.retryable,
    cause: error,
    details: { store: error.code, revision: error.revision },
  });
}

function contextFailure(error: ContextError): CoordinatorError {
  const code = error.code === 'NOT_A_REPOSITORY' ? error.code : 'REPOSITORY_UNREADABLE';
  return new CoordinatorError(code, error.message, { cause: error, details: { cause: error.code } });
}
