/**
 * What labels may say: closed sets, each known from the code alone. No name, path, reason or token of anybody ever is among them.
 * Sets of which the machine has no list are written here; one that lacks a word does not compile.
 */
import {
  agentStatuses,
  invariantNames,
  messageKinds,
  rejectionCodes,
  syncStatuses,
  violationEnds,
  violationTypes,
  type CommandKind,
  type Presence,
  type ReleaseCause,
  type ResumeWay,
  type TicketEndCause,
  type Way,
  type WriteObstacle,
} from '../core/index.ts';
import type { ClaimKind, ProblemKind, Verdict } from '../observe/index.ts';
import { healthChecks, type QueryKind } from '../protocol/index.ts';

const all = <Word extends string>(words: Readonly<Record<Word, true>>): readonly Word[] =>
  Object.keys(words) as Word[];

export const presences = all<Presence>({ present: true, lost: true });
export const statuses = agentStatuses;
export const claimKinds = all<ClaimKind>({ scope: true, file: true, resource: true });
export const codes = rejectionCodes;
export const yesOrNo = ['yes', 'no'] as const;

export const commandKinds = all<CommandKind>({
  AgentJoin: true,
  AgentLeave: true,
  AgentResume: true,
  SeeDead: true,
  Heartbeat: true,
  SetAgentStatus: true,
  AcquireLock: true,
  ReleaseLock: true,
  RenewLock: true,
  CancelWait: true,
  SendMessage: true,
  SendAsOperator: true,
  ReadMessages: true,
  RevokeLock: true,
  DefineScopes: true,
  DefineScope: true,
  RemoveScope: true,
  ContextModify: true,
  GitOperation: true,
  StartSync: true,
  CompleteSync: true,
  FailSync: true,
  RetrySync: true,
  ResetSync: true,
  AbortSync: true,
  InvalidateSync: true,
  ReportViolation: true,
  SettleViolation: true,
  ExpireDue: true,
  TakeOver: true,
  Configure: true,
});

export const queryKinds = all<QueryKind>({
  status: true,
  scopes: true,
  history: true,
  why: true,
  mayWrite: true,
  scopesOf: true,
  impact: true,
  notices: true,
  formerHolders: true,
  token: true,
  violations: true,
  openViolations: true,
  health: true,
});

export const releaseCauses = all<ReleaseCause>({
  released: true,
  completed: true,
  left: true,
  lost: true,
  blockedTooLong: true,
  moved: true,
  scopeRemoved: true,
});

export const ticketEnds = all<TicketEndCause>({
  granted: true,
  cancelled: true,
  deadline: true,
  left: true,
  lost: true,
  blockedTooLong: true,
  moved: true,
  scopeRemoved: true,
});

const obstacles = all<WriteObstacle>({
  SCOPE_NOT_FOUND: true,
  AGENT_NOT_FOUND: true,
  STALE_EPOCH: true,
  AGENT_LOST: true,
  ALREADY_WAITING: true,
  AGENT_BLOCKED: true,
  LOCK_NOT_HELD: true,
  STALE_FENCING_TOKEN: true,
});

export const verdicts: readonly Verdict[] = ['allowed', 'free', ...obstacles];

export const problemKinds = all<ProblemKind>({
  logBegunAnew: true,
  witnessNotKept: true,
  corruptSnapshot: true,
  snapshotNotSaved: true,
  violation: true,
  bug: true,
  appendFailed: true,
});

export const resumeWays = all<ResumeWay>({ resume: true, takeOver: true });
export const messageWays = all<Way['kind']>({ agent: true, holder: true, all: true });
export const syncEnds = ['completed', 'failed', 'aborted'] as const;
export const outcomes = ['done', 'refused', 'failed'] as const;
export const webhookEnds = ['delivered', 'failed', 'switchedOff'] as const;
export const refusers = ['command', 'guard', 'token'] as const;
export const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'] as const;

/** What this server answers with. */
export const httpStatuses: readonly string[] = [
  200, 202, 204, 304, 400, 401, 403, 404, 405, 406, 409, 410, 413, 415, 422, 423, 429, 500, 503, 504,
].map(String);

export { healthChecks, invariantNames, messageKinds, syncStatuses, violationEnds, violationTypes };
