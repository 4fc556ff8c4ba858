/**
 * What each refusal says besides its code and its sentence, for programs and for whoever tells it in other words. Plain JSON;
 * times in milliseconds of the log, numbers of locks and runs as in events.
 */
import type { ViolationType } from './violation-forms.ts';
import type { CommandKind } from './commands.ts';
import type {
  AgentId,
  DurationMs,
  Epoch,
  FencingToken,
  ResourceName,
  Revision,
  ScopePath,
  SyncRun,
  Ticket,
  TimeMs,
} from './ids.ts';
import type { EarlierEnd } from './leases.ts';
import type { RejectionCode } from './rejection-codes.ts';
import type { LockEnd } from './state.ts';
import type { LockName, Target, WantedName, Wish } from './targets.ts';
import type { AgentStatus, Presence, SyncStatus } from './statuses.ts';
import type { ToldLink } from './wait-graph.ts';

/** Facts that may come with any refusal, from around the machine. */
export type CommonFacts = {
  /** The log began anew since: that, and where the former one is, in words. */
  readonly begunAnew?: string;
  /** The queue takes nobody any more: why, in words. */
  readonly queueClosed?: string;
};

export interface FactsByCode {
  REQUEST_ID_REUSED: {
    readonly kind: CommandKind;
    readonly agent: AgentId | null;
    readonly revision: Revision;
  };
  /** The oldest entry that is kept. */
  REQUEST_FORGOTTEN: { readonly beforeRevision: Revision; readonly beforeMs: TimeMs };
  AGENT_NOT_FOUND: { readonly agent: AgentId };
  STALE_EPOCH: { readonly agent: AgentId; readonly epoch: Epoch; readonly currentEpoch: Epoch };
  SESSION_MISMATCH: { readonly agent: AgentId };
  AGENT_LOST: {
    readonly agent: AgentId;
    readonly lostAtMs: TimeMs | null;
    readonly heldWhenLost: readonly Target[];
  };
  AGENT_ALREADY_JOINED: {
    readonly agent: AgentId;
    readonly epoch: Epoch;
    readonly seenAtMs: TimeMs;
    readonly sessionDeadlineMs: TimeMs;
  };
  NAME_TOO_SIMILAR: {
    readonly agent: AgentId;
    readonly similar: AgentId;
    readonly presence?: Presence | undefined;
  };
  AGENT_LIMIT_REACHED: { readonly agentsMax: number };
  TRANSITION_NOT_ALLOWED: {
    readonly from: AgentStatus;
    readonly to: AgentStatus;
    readonly allowed: readonly AgentStatus[];
    readonly ticket: Ticket | null;
  };
  SETTINGS_INVALID: { readonly problems: readonly string[] };
  SETTINGS_IN_USE: { readonly what: string };
  SCOPE_NOT_FOUND: {
    readonly scope: ScopePath;
    /** Scopes of similar names. */
    readonly near: readonly ScopePath[];
    readonly scopeCount: number;
  };
  RESOURCE_NOT_FOUND: { readonly resource: ResourceName; readonly declared: readonly ResourceName[] };
  /** How many scopes there are now. */
  GRAPH_EMPTY: { readonly scopes: number };
  SCOPE_LIMIT_REACHED: { readonly scopes: number; readonly scopesMax: number };
  SELF_DEPENDENCY: { readonly scope: ScopePath };
  /** Either what a scope depends on and is none, or who depends on a scope that would go. */
  DEPENDENCY_UNKNOWN: {
    readonly scope: ScopePath;
    readonly unknown?: readonly ScopePath[];
    readonly dependents?: readonly ScopePath[];
  };
  DEPENDENCY_LIMIT_REACHED: {
    readonly scope: ScopePath;
    readonly dependencies: number;
    readonly maxDependencies: number;
  };
  /** From a scope back to it. */
  DEPENDENCY_CYCLE: { readonly cycle: readonly ScopePath[] };
  SCOPE_DEPTH_EXCEEDED: {
    readonly scope: ScopePath | null;
    readonly depth: number;
    readonly maxScopeDepth: number;
  };
  ALREADY_WAITING: Partial<Wish> & { readonly ticket: Ticket; readonly sinceMs?: TimeMs };
  AGENT_BLOCKED: {
    readonly agent: AgentId;
    readonly reason: string | null;
    readonly held?: readonly Target[];
  };
  AGENT_HOLDS_LOCK: {
    readonly held: readonly Target[];
    readonly asked?: readonly Target[];
    /** The scopes that these are in, which the bound counts. */
    readonly heldIn?: readonly ScopePath[];
    readonly askedIn?: readonly ScopePath[];
    readonly maxLocksPerAgent?: number;
  };
  LOCK_LIMIT_REACHED: { readonly asked: number; readonly maxLocksPerAgent: number };
  FILE_LIMIT_REACHED: { readonly held: number; readonly asked: number; readonly maxFilesPerAgent: number };
  RESOURCE_LIMIT_REACHED: {
    readonly held: number;
    readonly asked: number;
    readonly maxResourcesPerAgent: number;
  };
  TTL_TOO_LONG: { readonly ttlMs: DurationMs; readonly lockTtlMaxMs: DurationMs };
  STALE_FENCING_TOKEN: WantedName & {
    readonly token: FencingToken;
    readonly currentToken: FencingToken;
    readonly holder: AgentId;
  };
  LOCK_NOT_HELD: WantedName & {
    readonly holder: AgentId | null;
    /** How the last hold of it ended. */
    readonly lastEnd?: LockEnd | null;
  };
  LOCK_HELD: WantedName & {
    readonly holder: AgentId;
    /** What that one holds, where it is not the very thing: a file of the scope, or the whole scope of the file. */
    readonly holds?: LockName;
    readonly epoch: Epoch;
    readonly token: FencingToken;
    readonly reason: string | null;
    readonly grantedAtMs: TimeMs;
    readonly deadlineMs: TimeMs;
    /** What ends it before its lease does. */
    readonly endsBefore?: EarlierEnd;
    readonly queueLength: number;
    /** The next of those who are in the way as well, and how many are in all; left out when only one is. */
    readonly others?: readonly HolderInTheWay[];
    readonly holdersInTheWay?: number;
  };
  RESERVED_FOR_WAITER: WantedName & {
    readonly waiter: AgentId;
    readonly ticket: Ticket;
    readonly sinceMs: TimeMs;
    readonly queueLength: number;
  };
  CONCURRENCY_LIMIT: Wish & {
    readonly holders: readonly AgentId[];
    readonly maxConcurrentAgents: number;
    readonly queueLength: number;
  };
  WOULD_DEADLOCK: { readonly cycle: readonly ToldLink[]; readonly held: readonly Target[] };
  WAITER_LIMIT_REACHED: { readonly waitersMax: number };
  CONTEXT_CONFLICT: {
    readonly scope: ScopePath;
    readonly file: string;
    readonly baseDigest: string | null;
    readonly currentDigest: string;
    readonly agent: AgentId;
    readonly revision: Revision;
  };
  CONTEXT_LIMIT_REACHED: { readonly scope: ScopePath; readonly contextFilesPerScopeMax: number };
  /** Whom it was for, or what nobody else holds; neither when it was for all. */
  NO_RECIPIENT: { readonly agent?: AgentId } | WantedName;
  MESSAGE_LIMIT_REACHED: {
    readonly agent: AgentId;
    readonly messagesPerMinuteMax: number;
    /** From when on it may send again. */
    readonly againAtMs: TimeMs;
  };
  VIOLATION_NOT_FOUND: { readonly type: ViolationType; readonly rule: string; readonly subject: string };
  VIOLATION_LIMIT_REACHED: { readonly openViolationsMax: number };
  SYNC_IN_PROGRESS: {
    readonly scope: ScopePath;
    readonly agent: AgentId | null;
    readonly run: SyncRun | null;
    readonly startedAtMs: TimeMs | null;
  };
  SYNC_ALREADY_COMPLETED: {
    readonly scope: ScopePath;
    readonly digest: string | null;
    readonly endedAtMs: TimeMs | null;
  };
  SYNC_FAILED: {
    readonly scope: ScopePath;
    readonly error: string | null;
    readonly failures: number;
    readonly maxRetries: number;
    readonly retryAtMs: TimeMs | null;
  };
  DEPENDENCY_NOT_SYNCED: {
    readonly scope: ScopePath;
    readonly dependencies: readonly { readonly scope: ScopePath; readonly status: SyncStatus }[];
  };
  SYNC_NOT_RUNNING: { readonly scope: ScopePath; readonly run?: SyncRun; readonly status: SyncStatus };
  STALE_SYNC_RUN: {
    readonly scope: ScopePath;
    readonly run: SyncRun;
    readonly currentRun: SyncRun | null;
    readonly agent: AgentId | null;
  };
  SYNC_NOT_FAILED: { readonly scope: ScopePath; readonly status: SyncStatus };
  RETRY_LIMIT_REACHED: {
    readonly scope: ScopePath;
    readonly failures: number;
    readonly maxRetries: number;
    readonly error: string | null;
  };
  RETRY_TOO_SOON: { readonly scope: ScopePath; readonly retryAtMs: TimeMs; readonly failures: number };
}

/** A lock that is in the way of what somebody asks for. */
export type HolderInTheWay = LockName & {
  readonly holder: AgentId;
  readonly token: FencingToken;
  readonly reason: string | null;
  readonly grantedAtMs: TimeMs;
  readonly deadlineMs: TimeMs;
};

/** The facts of a refusal with a code. */
export type RefusalFacts<Code extends RejectionCode = RejectionCode> = FactsByCode[Code] & CommonFacts;
