import { CoordinatorError } from '../protocol/index.ts';
import { StoreError } from '../store/index.ts';

/** Whatever was thrown, as a failure that a caller may see. */
export function toFailure(error: unknown): CoordinatorError {
  if (error instanceof CoordinatorError) return error;
  if (error instanceof StoreError) return storeFailure(error);
  const message = error instanceof Error ? error.message : String(error);
  return new CoordinatorError('INTERNAL', `bug in the coordinator: ${message}`, { cause: error });
}

function storeFailure(error: StoreError): CoordinatorError {
  const code = error.code === 'COMPACTED' ? 'COMPACTED' : 'STORE_FAILURE';
  return new CoordinatorError(code, error.message, {
    retryable: error.retryable,
    cause: error,
    details: { store: error.code, revision: error.revision },
  });
}
