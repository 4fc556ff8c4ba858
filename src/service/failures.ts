import type { Observer } from '../observe/index.ts';
import { CoordinatorError, systemFailure } from '../protocol/index.ts';
import { StoreError } from '../store/index.ts';

/** Any trouble as callers are told it. */
export function toFailure(error: unknown): CoordinatorError {
  if (error instanceof CoordinatorError) return error;
  if (error instanceof StoreError) return storeFailure(error);
  const system = systemFailure(error);
  if (system !== null) return system;
  const message = error instanceof Error ? error.message : String(error);
  return new CoordinatorError('INTERNAL', `a bug in the coordinator: ${message}`, { cause: error });
}

/** Whether nothing but this program can be to blame. */
export function isBug(error: unknown): boolean {
  return toFailure(error).code === 'INTERNAL' && !(error instanceof CoordinatorError);
}

function storeFailure(error: StoreError): CoordinatorError {
  const details = { store: error.code, revision: error.revision };
  if (error.code === 'COMPACTED')
    return new CoordinatorError('COMPACTED', error.message, { details, cause: error });
  if (error.code === 'CLOSED')
    return new CoordinatorError('CLOSED', error.message, { details, cause: error });
  if (error.retryable)
    return new CoordinatorError('UNAVAILABLE', error.message, { retryable: true, details, cause: error });
  return new CoordinatorError('STORE_FAILURE', error.message, { details, cause: error });
}

/** The service cannot take or finish a call at the moment. The same call with the same request id may succeed later. */
export function unavailable(message: string, cause?: unknown): CoordinatorError {
  return new CoordinatorError('UNAVAILABLE', message, { retryable: true, cause });
}

/** Tells of trouble that nobody waits to hear of. */
export type Report = Observer['trouble'];
