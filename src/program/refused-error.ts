import type { RejectionCode } from '../core/index.ts';

/**
 * `AGENT_KEPT`: another live process takes part under the name; `WAITED_IN_VAIN`: the wait ended without the lock;
 * `GAVE_UP`: the caller's signal ended it; `LOCK_LOST`: the lock ended before it was given back. The others are refusals of
 * the coordinator.
 */
export type RefusedCode = RejectionCode | 'AGENT_KEPT' | 'WAITED_IN_VAIN' | 'GAVE_UP' | 'LOCK_LOST';

/** What was asked for was not done. Failures to reach the coordinator at all are a `CoordinatorError`. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
  readonly code: RefusedCode;
  /** What else is known, by name: who holds it, since when ... */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    code: RefusedCode,
    message: string,
    details: Readonly<Record<string, unknown>> = {},
    options: ErrorOptions = {},
  ) {
    super(message, options);
    this.code = code;
    this.details = details;
  }
}
