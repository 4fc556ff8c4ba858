import { retryAdvice, type RejectionCode } from '../core/index.ts';
import {
  failedType,
  refusedType,
  type CoordinatorError,
  type FailureCode,
  type FailureProblem,
  type RefusalProblem,
  type Reply,
} from '../protocol/index.ts';

/** What HTTP says of a refusal; 409 unless it is here. */
const refusalStatuses: { readonly [Code in RejectionCode]?: number } = {
  AGENT_NOT_FOUND: 404,
  SCOPE_NOT_FOUND: 404,
  RESOURCE_NOT_FOUND: 404,
  VIOLATION_NOT_FOUND: 404,
  STALE_EPOCH: 403,
  SESSION_MISMATCH: 403,
  AGENT_LOST: 410,
  REQUEST_FORGOTTEN: 410,
  REQUEST_ID_REUSED: 422,
  SETTINGS_INVALID: 422,
  GRAPH_EMPTY: 422,
  SELF_DEPENDENCY: 422,
  DEPENDENCY_UNKNOWN: 422,
  DEPENDENCY_CYCLE: 422,
  SCOPE_DEPTH_EXCEEDED: 422,
  TTL_TOO_LONG: 422,
  LOCK_HELD: 423,
  RESERVED_FOR_WAITER: 423,
};

/** What HTTP says of a failure; 500 unless it is here. */
const failureStatuses: { readonly [Code in FailureCode]?: number } = {
  INVALID_INPUT: 400,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  RATE_LIMITED: 429,
  COMPACTED: 410,
  UNAVAILABLE: 503,
  DISABLED: 503,
  STORE_FAILURE: 503,
  REPOSITORY_UNREADABLE: 503,
  CLOSED: 503,
  DEADLINE_EXCEEDED: 504,
};

export const statusOfRefusal = (code: RejectionCode): number => refusalStatuses[code] ?? 409;
export const statusOfFailure = (code: FailureCode): number => failureStatuses[code] ?? 500;

export const problemType = 'application/problem+json';

/** The answer to a command that the rules refuse. */
export function refusalProblem(reply: Reply & { readonly ok: false }): RefusalProblem {
  const { rejection, revision, atMs, unread } = reply;
  const { code, message, details } = rejection;
  return {
    type: refusedType + code,
    title: 'refused by the rules of coordination',
    status: statusOfRefusal(code),
    detail: message,
    code,
    details,
    retry: retryAdvice[code],
    revision,
    atMs,
    ...(unread === undefined ? {} : { unread }),
  };
}

/** The answer to what could not be asked for. A bug's own words stay here: they may name files. */
export function failureProblem({ code, message, retryable, details }: CoordinatorError): FailureProblem {
  const isBug = code === 'INTERNAL';
  return {
    type: failedType + code,
    title: 'not answered by the rules of coordination',
    status: statusIn(details) ?? statusOfFailure(code),
    detail: isBug ? 'a fault of the server: its log says more' : message,
    code,
    details: isBug ? {} : details,
    retryable,
  };
}

/** Numbers that HTTP has for what is wrong with a request, beside 400. */
export const inputStatuses = [404, 405, 413, 415] as const;

function statusIn({ status }: CoordinatorError['details']): number | undefined {
  return inputStatuses.find((known) => known === status);
}
