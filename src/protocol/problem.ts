import type { Rejection, RejectionCode, RetryAdvice } from '../core/index.ts';
import type { FailureCode } from './errors.ts';

/** A problem details document (RFC 9457): what is said over HTTP where something is refused or fails. */
export interface Problem {
  /** `urn:rhema:refused:CODE` where the rules refused it, `urn:rhema:failed:CODE` where it could not be asked for. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly details: Readonly<Record<string, unknown>>;
}

export interface RefusalProblem extends Problem {
  readonly code: RejectionCode;
  readonly retry: RetryAdvice;
  readonly revision: number;
  readonly atMs: number;
  readonly unread?: number;
}

export interface FailureProblem extends Problem {
  readonly code: FailureCode;
  /** Whether the same request, with the same Idempotency-Key, may succeed later by itself. */
  readonly retryable: boolean;
}

export const refusedType = 'urn:rhema:refused:';
export const failedType = 'urn:rhema:failed:';

export function isRefusal(problem: Problem): problem is RefusalProblem {
  return problem.type.startsWith(refusedType);
}

/** The refusal that a document tells of. */
export function rejectionOf({ code, detail, details }: RefusalProblem): Rejection {
  return { code, message: detail, details } as Rejection;
}
