/**
 * Why a command was refused by the rules. A closed, ordered list: when several reasons apply, the one that stands
 * first is given. Codes are stable; messages are for people and may change.
 */
export const rejectionCodes = [
  // The common gate, before any command that speaks for an agent.
  'REQUEST_ID_REUSED',
  // Given by the service, which looks for ids that the machine has forgotten; the machine itself never says so.
  'REQUEST_FORGOTTEN',
  // The common gate, for what is no repeat.
  'AGENT_NOT_FOUND',
  'STALE_EPOCH',
  'SESSION_MISMATCH',
  'AGENT_LOST',
  // Agents.
  'AGENT_ALREADY_JOINED',
  'NAME_TOO_SIMILAR',
  'AGENT_LIMIT_REACHED',
  'TRANSITION_NOT_ALLOWED',
  // Settings, before the graph that they bound.
  'SETTINGS_INVALID',
  'SETTINGS_IN_USE',
  // Scopes and their graph.
  'SCOPE_NOT_FOUND',
  'RESOURCE_NOT_FOUND',
  'GRAPH_EMPTY',
  'SCOPE_LIMIT_REACHED',
  'SELF_DEPENDENCY',
  'DEPENDENCY_UNKNOWN',
  'DEPENDENCY_LIMIT_REACHED',
  'DEPENDENCY_CYCLE',
  'SCOPE_DEPTH_EXCEEDED',
  // Locks and the queue.
  'ALREADY_WAITING',
  'AGENT_BLOCKED',
  'AGENT_HOLDS_LOCK',
  'LOCK_LIMIT_REACHED',
  'FILE_LIMIT_REACHED',
  'RESOURCE_LIMIT_REACHED',
  'TTL_TOO_LONG',
  'STALE_FENCING_TOKEN',
  'LOCK_NOT_HELD',
  'LOCK_HELD',
  'RESERVED_FOR_WAITER',
  'CONCURRENCY_LIMIT',
  'WOULD_DEADLOCK',
  'WAITER_LIMIT_REACHED',
  // Context files.
  'CONTEXT_CONFLICT',
  'CONTEXT_LIMIT_REACHED',
  // Messages.
  'NO_RECIPIENT',
  'MESSAGE_LIMIT_REACHED',
  // Violations.
  'VIOLATION_NOT_FOUND',
  'VIOLATION_LIMIT_REACHED',
  // Syncs.
  'SYNC_IN_PROGRESS',
  'SYNC_ALREADY_COMPLETED',
  'SYNC_FAILED',
  'DEPENDENCY_NOT_SYNCED',
  'SYNC_NOT_RUNNING',
  'STALE_SYNC_RUN',
  'SYNC_NOT_FAILED',
  'RETRY_LIMIT_REACHED',
  'RETRY_TOO_SOON',
] as const;

export type RejectionCode = (typeof rejectionCodes)[number];

/** Whether the same command may succeed later without the caller changing it, and what must happen first. */
export type RetryAdvice = 'afterOthersAct' | 'afterYouAct' | 'never';

export const retryAdvice: { readonly [Code in RejectionCode]: RetryAdvice } = {
  REQUEST_ID_REUSED: 'never',
  REQUEST_FORGOTTEN: 'never',
  AGENT_NOT_FOUND: 'afterYouAct',
  STALE_EPOCH: 'never',
  SESSION_MISMATCH: 'never',
  AGENT_LOST: 'afterYouAct',
  AGENT_ALREADY_JOINED: 'afterOthersAct',
  NAME_TOO_SIMILAR: 'afterYouAct',
  AGENT_LIMIT_REACHED: 'afterOthersAct',
  TRANSITION_NOT_ALLOWED: 'afterYouAct',
  SCOPE_NOT_FOUND: 'afterYouAct',
  RESOURCE_NOT_FOUND: 'afterYouAct',
  GRAPH_EMPTY: 'afterYouAct',
  SCOPE_LIMIT_REACHED: 'afterYouAct',
  SELF_DEPENDENCY: 'afterYouAct',
  DEPENDENCY_UNKNOWN: 'afterYouAct',
  DEPENDENCY_LIMIT_REACHED: 'afterYouAct',
  DEPENDENCY_CYCLE: 'afterYouAct',
  SCOPE_DEPTH_EXCEEDED: 'afterYouAct',
  ALREADY_WAITING: 'afterYouAct',
  AGENT_BLOCKED: 'afterYouAct',
  AGENT_HOLDS_LOCK: 'afterYouAct',
  LOCK_LIMIT_REACHED: 'never',
  FILE_LIMIT_REACHED: 'afterYouAct',
  RESOURCE_LIMIT_REACHED: 'afterYouAct',
  TTL_TOO_LONG: 'never',
  LOCK_NOT_HELD: 'afterYouAct',
  STALE_FENCING_TOKEN: 'never',
  LOCK_HELD: 'afterOthersAct',
  RESERVED_FOR_WAITER: 'afterOthersAct',
  CONCURRENCY_LIMIT: 'afterOthersAct',
  WOULD_DEADLOCK: 'afterYouAct',
  WAITER_LIMIT_REACHED: 'afterOthersAct',
  CONTEXT_CONFLICT: 'afterYouAct',
  CONTEXT_LIMIT_REACHED: 'afterYouAct',
  NO_RECIPIENT: 'afterOthersAct',
  MESSAGE_LIMIT_REACHED: 'afterOthersAct',
  VIOLATION_NOT_FOUND: 'never',
  VIOLATION_LIMIT_REACHED: 'afterOthersAct',
  SYNC_IN_PROGRESS: 'afterOthersAct',
  SYNC_ALREADY_COMPLETED: 'never',
  SYNC_FAILED: 'afterYouAct',
  DEPENDENCY_NOT_SYNCED: 'afterOthersAct',
  SYNC_NOT_RUNNING: 'afterYouAct',
  STALE_SYNC_RUN: 'never',
  SYNC_NOT_FAILED: 'never',
  RETRY_LIMIT_REACHED: 'afterYouAct',
  RETRY_TOO_SOON: 'afterOthersAct',
  SETTINGS_INVALID: 'never',
  SETTINGS_IN_USE: 'afterOthersAct',
};
