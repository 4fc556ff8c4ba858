import type { RequestParsers } from './request-parsers.ts';

export type * from './answers.ts';
export type * from './coordinator.ts';
export type * from './notices.ts';
export {
  failedType,
  isRefusal,
  refusedType,
  rejectionOf,
  type FailureProblem,
  type Problem,
  type RefusalProblem,
} from './problem.ts';
export { healthChecks, type Checks, type HealthCheck } from './health-checks.ts';
export { roles, type Admitted, type Principal, type Role } from './principal.ts';
export type * from './queries.ts';
export type * from './scope-problem.ts';
export type * from './views.ts';
export {
  formerHoldersLocksMax,
  happenedMax,
  impactScopesMax,
  mayWriteFilesMax,
  scopesOfPathsMax,
} from './queries.ts';
export {
  CoordinatorError,
  failureCodes,
  invalidInput,
  type FailureCode,
  type FailureJson,
} from './errors.ts';
export { LineBatch, LineSplitter, LineTooLongError } from './lines.ts';
export {
  connectionCallId,
  decodeOwnerMessage,
  protocolNumber,
  replyLineBytesMax,
  requestLineBytesMax,
  type Call,
  type Cancel,
  type ClientMessage,
  type Hello,
  type Operation,
  type Operations,
  type OwnerMessage,
  type StopAnswer,
} from './wire.ts';
export { isOpen, isSilence, mayBeWritten, nothingWritten } from './outcomes.ts';
export { lastingFailure, systemFailure } from './system-failures.ts';
export { sessionIdOf, sessionMarkOf } from './session-id.ts';
export { isPointInTime, onWallClock } from './local-time.ts';
export { issueText, pathText, valueAt, type Issue } from './plain-issues.ts';
export type { ParsedMessage, RequestParsers } from './request-parsers.ts';

/**
 * The schemas of all that a caller may send. Loaded when asked for: they cost tens of milliseconds at start, and a
 * caller needs none.
 */
export async function loadRequestParsers(): Promise<RequestParsers> {
  const { requestParsers } = await import('./requests.ts');
  return requestParsers;
}
