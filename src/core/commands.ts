import type { ChangedUnder } from './changed-files.ts';
import type {
  AgentId,
  DurationMs,
  Epoch,
  FencingToken,
  RequestId,
  ScopePath,
  SessionId,
  SyncRun,
  TimeMs,
} from './ids.ts';
import type { Addressee, MessageKind } from './message-forms.ts';
import type { OneName, Wish } from './targets.ts';
import type { Settings } from './settings.ts';
import type { ViolationEnd, ViolationName } from './violation-forms.ts';
import type { AgentMetadata, AgentProcess, AgentStatus, ClockAnchor } from './statuses.ts';

/**
 * What can be asked of the machine. A kind equals the spec's action, letter for letter. All values are valid in form
 * when they get here: the protocol has parsed them.
 */
export type Command =
  | AgentJoin
  | AgentLeave
  | AgentResume
  | SeeDead
  | Heartbeat
  | SetAgentStatus
  | AcquireLock
  | ReleaseLock
  | RenewLock
  | CancelWait
  | SendMessage
  | SendAsOperator
  | ReadMessages
  | RevokeLock
  | DefineScopes
  | DefineScope
  | RemoveScope
  | ContextModify
  | GitOperation
  | StartSync
  | CompleteSync
  | FailSync
  | RetrySync
  | ResetSync
  | AbortSync
  | InvalidateSync
  | ReportViolation
  | SettleViolation
  | ExpireDue
  | TakeOver
  | Configure;

export type CommandKind = Command['kind'];
export type CommandOf<Kind extends CommandKind> = Extract<Command, { kind: Kind }>;

interface Base {
  /** Stamped by the service; never smaller than the state's time. */
  readonly atMs: TimeMs;
  readonly requestId: RequestId | null;
}

/** Said by an agent in its own name: the session proves it, the epoch tells incarnations apart. */
export interface AsAgent extends Base {
  readonly agent: AgentId;
  readonly epoch: Epoch;
  readonly session: SessionId;
}

/** Said by an operator or by the service; `by` is for the audit trail. */
interface AsOperator extends Base {
  readonly by: string;
}

export interface AgentJoin extends Base {
  readonly kind: 'AgentJoin';
  readonly agent: AgentId;
  readonly session: SessionId;
  readonly metadata: AgentMetadata;
  /** What ends with this process: see {@link SeeDead}. Left out: the agent is lost by its silence alone. */
  readonly process?: AgentProcess;
}

/** What may be said when something is given back. Nothing is decided by it: it is kept for whoever gets the lock next. */
interface GivesBack {
  /** At most one for each lock; left out, and of locks that are not named: nobody has looked. */
  readonly changed?: readonly ChangedUnder[];
}

export interface AgentLeave extends AsAgent, GivesBack {
  readonly kind: 'AgentLeave';
}

/**
 * Another process goes on as this agent: it proves that it knows the session, and puts one of its own in its place. Epoch,
 * locks and place in the queue stay; the process that spoke before is refused from now on.
 */
export interface AgentResume extends AsAgent {
  readonly kind: 'AgentResume';
  /** What proves each later command. The one that it has already: nothing changes. */
  readonly newSession: SessionId;
  /** `resume`: the agent itself goes on, in a new process. `takeOver`: somebody takes its place on purpose. */
  readonly way: ResumeWay;
  /** Who acts, for the audit trail. */
  readonly from: string;
  /** As for a join, of the process that goes on. */
  readonly process?: AgentProcess;
}

/**
 * The process that the agent's session is bound to has ended, as the owner of the log sees for certain: the agent is waited
 * for a little longer, then it is lost. The agent does not say this itself, and is not heard by it.
 */
export interface SeeDead extends AsAgent {
  readonly kind: 'SeeDead';
}

export type ResumeWay = 'resume' | 'takeOver';

/** Renews the session and every lease of the agent. */
export interface Heartbeat extends AsAgent {
  readonly kind: 'Heartbeat';
}

/** How the agent is, and how it goes: with the status that it has already, the reason is a report of its progress. */
export interface SetAgentStatus extends AsAgent, GivesBack {
  readonly kind: 'SetAgentStatus';
  readonly status: AgentStatus;
  /** Required for blocked: why it cannot go on. */
  readonly reason: string | null;
}

/** At least one thing; granted all at once or not at all. */
export interface AcquireLock extends AsAgent, Wish {
  readonly kind: 'AcquireLock';
  /** Null: the configured lease. */
  readonly ttlMs: DurationMs | null;
  readonly wait: WaitWish;
  readonly reason: string | null;
}

/** `none` refuses at once when busy; otherwise a ticket is issued, for at most `forMs` (null: only `maxBlockMs`). */
export type WaitWish =
  | { readonly kind: 'none' }
  | { readonly kind: 'queue'; readonly forMs: DurationMs | null };

/** All that is named is held, or nothing is released. */
export interface ReleaseLock extends AsAgent, GivesBack, Omit<Wish, 'scopes'> {
  readonly kind: 'ReleaseLock';
  /** Null, and without files and resources: whatever it holds. */
  readonly scopes: readonly ScopePath[] | null;
  /** When given, it must be the token of each of these locks. */
  readonly token: FencingToken | null;
}

export interface RenewLock extends AsAgent, OneName {
  readonly kind: 'RenewLock';
  readonly token: FencingToken | null;
  /** Null: the lease length it had. */
  readonly ttlMs: DurationMs | null;
}

/** Gives up the agent's place in the queue. */
export interface CancelWait extends AsAgent {
  readonly kind: 'CancelWait';
}

/** What is said to others, and for whom it is. */
interface Saying {
  readonly to: Addressee;
  /** `request_release` only to the holder of something, so that it names what is asked for. */
  readonly messageKind: MessageKind;
  /** 1 to `messageLengthMax` characters. */
  readonly text: string;
}

export interface SendMessage extends AsAgent, Saying {
  readonly kind: 'SendMessage';
}

/** The same, said by an operator. */
export interface SendAsOperator extends AsOperator, Saying {
  readonly kind: 'SendAsOperator';
}

/** Takes all messages that the agent has not read. */
export interface ReadMessages extends AsAgent {
  readonly kind: 'ReadMessages';
}

export interface RevokeLock extends AsOperator, OneName {
  readonly kind: 'RevokeLock';
  /** Of a resource: which slot. Left out: its first. */
  readonly slot?: number;
  readonly reason: string | null;
}

export interface ScopeDefinition {
  readonly path: ScopePath;
  readonly name: string;
  readonly type: string;
  /** Sorted, without repeats. */
  readonly dependencies: readonly ScopePath[];
}

/**
 * The whole graph as found on disk. What it does not name is removed, or withdrawn while it is held or waited for.
 * Accepted whole or refused whole.
 */
export interface DefineScopes extends AsOperator {
  readonly kind: 'DefineScopes';
  readonly scopes: readonly ScopeDefinition[];
  /** No scopes at all are more often a source that cannot be seen than a wish: whoever means it says so. */
  readonly mayBeEmpty?: boolean;
}

/** One scope added or changed. */
export interface DefineScope extends AsOperator {
  readonly kind: 'DefineScope';
  readonly scope: ScopeDefinition;
}

/** Removes a scope, or withdraws it while it is held or waited for. */
export interface RemoveScope extends AsOperator {
  readonly kind: 'RemoveScope';
  readonly scope: ScopePath;
}

/** Records a coordinated write of a context file; takes the scope's lock for the agent if it is free. */
export interface ContextModify extends AsAgent {
  readonly kind: 'ContextModify';
  readonly scope: ScopePath;
  /** Relative to the scope's folder. */
  readonly file: string;
  readonly token: FencingToken | null;
  /** SHA-256 (hex) of the new content. */
  readonly digest: string;
  /** What the writer last read or wrote; null: it has not seen the file, so nothing may be known of it. */
  readonly baseDigest: string | null;
}

/** Git changed files of these scopes (merge, checkout, rebase, pull ...). */
export interface GitOperation extends AsOperator {
  readonly kind: 'GitOperation';
  readonly scopes: readonly ScopePath[];
  readonly operation: string;
}

export interface StartSync extends AsAgent {
  readonly kind: 'StartSync';
  readonly scope: ScopePath;
}

export interface CompleteSync extends AsAgent {
  readonly kind: 'CompleteSync';
  readonly scope: ScopePath;
  readonly run: SyncRun;
  readonly digest: string | null;
  readonly syncedAgainst: Readonly<Record<string, string>>;
}

export interface FailSync extends AsAgent {
  readonly kind: 'FailSync';
  readonly scope: ScopePath;
  readonly run: SyncRun;
  readonly error: string;
}

/** Failed -> idle within the retry budget and after the back-off. */
export interface RetrySync extends AsOperator {
  readonly kind: 'RetrySync';
  readonly scope: ScopePath;
}

/** Failed -> idle by an operator, whatever the budget; the budget is renewed. */
export interface ResetSync extends AsOperator {
  readonly kind: 'ResetSync';
  readonly scope: ScopePath;
}

/** Ends a running sync without a verdict: syncing -> idle. */
export interface AbortSync extends AsOperator {
  readonly kind: 'AbortSync';
  readonly scope: ScopePath;
  readonly reason: string | null;
}

/** What the scope was synced from has changed: it and all that depends on it go back to idle. */
export interface InvalidateSync extends AsOperator {
  readonly kind: 'InvalidateSync';
  readonly scope: ScopePath;
  readonly reason: string | null;
}

/** Somebody has found that a rule is broken. */
export interface ReportViolation extends AsOperator, ViolationName {
  readonly kind: 'ReportViolation';
  /** The scope or the file in which it is; null: in none. */
  readonly path: ScopePath | null;
  readonly evidence: string;
  readonly remedy: string;
}

/** A violation is over. */
export interface SettleViolation extends AsOperator, ViolationName {
  readonly kind: 'SettleViolation';
  readonly end: ViolationEnd;
  /** What brought the end about; null: nobody knows. */
  readonly cause: string | null;
}

/** Ends everything whose time has come: sessions, leases, waits, blocks. */
export interface ExpireDue extends Base {
  readonly kind: 'ExpireDue';
}

/** The log's time is bound to another clock; every lease, session and wait starts anew in full. */
export interface TakeOver extends AsOperator {
  readonly kind: 'TakeOver';
  readonly clock: ClockAnchor;
  readonly cause: 'first' | 'otherHost' | 'otherBoot' | 'clockJump';
}

export interface Configure extends AsOperator {
  readonly kind: 'Configure';
  readonly settings: Settings;
}
