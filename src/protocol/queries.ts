import type {
  Agent,
  AgentId,
  AgentMetadata,
  AgentProcess,
  AgentReport,
  AgentStatus,
  ClaimLevel,
  CommandKind,
  ContextRecord,
  EarlierEnd,
  Entry,
  Epoch,
  Event,
  FencingToken,
  FilePath,
  GotLock,
  LockName,
  OpenViolation,
  Presence,
  ResourceName,
  Revision,
  ScopePath,
  Settings,
  SyncRun,
  SyncStatus,
  Target,
  Ticket,
  TimeMs,
  Totals,
  Violation,
  WantedName,
  Wish,
  WriteObstacle,
} from '../core/index.ts';
import type { FormerHoldersAnswer, NoticesAnswer, ToldUpTo } from './notices.ts';
import type { ScopeProblem } from './scope-problem.ts';

/** Events that a `why` tells of its subject. */
export const happenedMax = 20;
/** Files of one `mayWrite`. */
export const mayWriteFilesMax = 1_000;

/** Paths of one `scopesOf`. */
export const scopesOfPathsMax = 1_000;

/** Scopes of one `impact`. */
export const impactScopesMax = 1_000;

/** Locks of one `formerHolders`. */
export const formerHoldersLocksMax = 500;

/** What can be read. */
export type Query =
  /** Everything at a glance, now or at a past moment (the log is replayed up to it). */
  | { readonly kind: 'status'; readonly at: Moment | null }
  /** `fresh`: whoever asks may just have changed the scope files, which are looked at first. */
  | { readonly kind: 'scopes'; readonly fresh?: boolean | undefined }
  /** Entries that match, newest first. */
  | {
      readonly kind: 'history';
      readonly filter: HistoryFilter;
      readonly limit: number;
      readonly before: Revision | null;
    }
  /** Who holds a scope or what an agent does, since when, why, who waits, and what led to it. */
  | {
      readonly kind: 'why';
      readonly subject: WhySubject;
      readonly at: Moment | null;
      /** How many events are told of what led to it, at most {@link happenedMax}; that many when left out. */
      readonly happened?: number | undefined;
    }
  /** Whether an agent may write each of some files now: the one rule of writing, in one trip. */
  | {
      readonly kind: 'mayWrite';
      readonly agent: AgentId;
      readonly epoch: Epoch;
      /** 1 to {@link mayWriteFilesMax}. */
      readonly files: readonly ScopePath[];
      /** Of the lock under which it wants to write; null: whichever it holds. */
      readonly token: FencingToken | null;
    }
  /** In which scope each of some paths is; they need not exist. */
  | {
      readonly kind: 'scopesOf';
      /** 1 to {@link scopesOfPathsMax}. */
      readonly paths: readonly ScopePath[];
    }
  /** What a change of some scopes reaches: all that depends on them, and who works there. */
  | {
      readonly kind: 'impact';
      /** 1 to {@link impactScopesMax}; what is no scope is left out. */
      readonly scopes: readonly ScopePath[];
    }
  /** What an agent has to know and was not told yet: see `Notice`. */
  | {
      readonly kind: 'notices';
      readonly agent: AgentId;
      readonly epoch: Epoch;
      /** Where it was told last, as the answer then said; null: never since it joined. */
      readonly after: ToldUpTo | null;
    }
  /** Who had what an agent has just got, since it had that last. */
  | {
      readonly kind: 'formerHolders';
      readonly agent: AgentId;
      readonly epoch: Epoch;
      /** 1 to {@link formerHoldersLocksMax}. */
      readonly locks: readonly GotLock[];
    }
  | { readonly kind: 'token'; readonly scope: ScopePath; readonly token: FencingToken }
  /** Checks every invariant on the current state. */
  | { readonly kind: 'violations' }
  /** What was found to break a rule and is not over. */
  | { readonly kind: 'openViolations' }
  | { readonly kind: 'health' };

export type QueryKind = Query['kind'];

export interface Answers {
  status: StatusAnswer;
  scopes: ScopesAnswer;
  history: HistoryAnswer;
  why: WhyAnswer;
  mayWrite: MayWriteAnswer;
  scopesOf: ScopesOfAnswer;
  impact: ImpactAnswer;
  notices: NoticesAnswer;
  formerHolders: FormerHoldersAnswer;
  token: TokenAnswer;
  violations: ViolationsAnswer;
  openViolations: OpenViolationsAnswer;
  health: HealthAnswer;
}
export type Answer<Q extends Query> = Answers[Q['kind']];

/** A point in the log: by its position, or the last revision at or before a time. */
export type Moment =
  | { readonly kind: 'revision'; readonly revision: Revision }
  | { readonly kind: 'time'; readonly atMs: TimeMs };

export interface StatusAnswer {
  readonly revision: Revision;
  readonly timeMs: TimeMs;
  /** The log's time at the answer, from which deadlines count; absent for a past moment. */
  readonly nowMs?: TimeMs;
  readonly agents: readonly AgentView[];
  readonly locks: readonly LockView[];
  readonly waiters: readonly WaiterView[];
  readonly syncs: readonly SyncView[];
  readonly violations: readonly Violation[];
  readonly scopeCount: number;
  readonly totals: Totals;
  readonly settings: Settings;
  /** Problems of the scope files on disk, as of the last time they were read. */
  readonly scopeProblems: readonly ScopeProblem[];
}

export interface AgentView {
  readonly agent: AgentId;
  readonly epoch: Epoch;
  /** By which session it speaks now, as `sessionMarkOf` has it; an older coordinator does not say. */
  readonly sessionMark?: string;
  readonly status: AgentStatus;
  readonly presence: Presence;
  readonly metadata: AgentMetadata;
  readonly joinedAtMs: TimeMs;
  readonly seenAtMs: TimeMs;
  readonly sessionDeadlineMs: TimeMs;
  /** What its session is bound to; an older coordinator does not say. */
  readonly process?: AgentProcess | null;
  /** Since when that process is known to have ended. */
  readonly seenDeadAtMs?: TimeMs | null;
  /** Messages that it has not read; an older coordinator does not say. */
  readonly unread?: number;
  readonly blockedSinceMs: TimeMs | null;
  readonly blockedReason: string | null;
  /** What it last said of how it goes, or why its status changed. */
  readonly lastReport: AgentReport | null;
  readonly retryCount: number;
  readonly lostAtMs: TimeMs | null;
  readonly heldWhenLost: Agent['heldWhenLost'];
  readonly held: readonly Target[];
  readonly ticket: Ticket | null;
}

export type LockView = LockName & {
  readonly agent: AgentId;
  readonly epoch: Epoch;
  readonly token: FencingToken;
  readonly grantedAtMs: TimeMs;
  readonly deadlineMs: TimeMs;
  readonly reason: string | null;
  /** What ends it before its lease does; left out where nothing does, and by an older coordinator. */
  readonly endsBefore?: EarlierEnd;
  readonly contendedSinceMs: TimeMs | null;
  /** While others wait for it: when it ends at the latest, however often it is renewed. */
  readonly latestDeadlineMs?: TimeMs;
  readonly queueLength: number;
  /** Set when the scope is named no more and goes as soon as nobody holds it or waits for it. */
  readonly withdrawn?: true;
  /** Why its holder has said that it cannot go on; null when it has not. */
  readonly blockedReason: string | null;
  /** What its holder last said of how it goes. */
  readonly lastReport: AgentReport | null;
};

export interface WaiterView extends Wish {
  readonly ticket: Ticket;
  readonly agent: AgentId;
  readonly epoch: Epoch;
  readonly sinceMs: TimeMs;
  /** When it ends by itself, or its agent will have been blocked for too long. */
  readonly deadlineMs: TimeMs;
  /** The end of its agent's session, where that comes before; left out by an older coordinator. */
  readonly endsBefore?: EarlierEnd;
  /** In the whole queue, from 1. */
  readonly position: number;
  readonly reason: string | null;
  /** What of it others hold; empty: it waits for a place or behind the oldest ticket. */
  readonly waitsFor: readonly Target[];
  /** What of it is in scopes that are named no more; left out when nothing is. */
  readonly withdrawn?: readonly Target[];
  /** When all of it is free: the oldest ticket, if it keeps one of them for itself. Null: it waits for a place. */
  readonly reservedFor: Reservation | null;
}

export type Reservation = WantedName & { readonly ticket: Ticket; readonly agent: AgentId };

export interface SyncView {
  readonly scope: ScopePath;
  readonly status: SyncStatus;
  readonly failures: number;
  readonly retriesLeft: number;
  readonly run: SyncRun | null;
  readonly agent: AgentId | null;
  readonly startedAtMs: TimeMs | null;
  readonly endedAtMs: TimeMs | null;
  readonly error: string | null;
  readonly retryAtMs: TimeMs | null;
  readonly digest: string | null;
}

export interface ScopesAnswer {
  readonly revision: Revision;
  readonly scopes: readonly ScopeView[];
  readonly problems: readonly ScopeProblem[];
}

export interface ImpactAnswer {
  readonly revision: Revision;
  /** Those that were asked about first; each after the one by which it is reached. */
  readonly scopes: readonly ImpactedScope[];
}

export interface ImpactedScope {
  readonly scope: ScopePath;
  /** What it depends on of what is changed, or is reached; null: it was asked about. */
  readonly via: ScopePath | null;
  /** Agents that hold the scope, or a file of it; sorted. */
  readonly holders: readonly AgentId[];
  /** Agents that wait for such. */
  readonly waiters: readonly AgentId[];
  readonly syncStatus: SyncStatus;
  /** Whether it was ever begun to be synced. */
  readonly wasSynced: boolean;
}

export interface ScopesOfAnswer {
  readonly revision: Revision;
  /** Of each path in the order of asking: its nearest scope, which is the path itself for that of a scope; null: none. */
  readonly scopes: readonly (ScopePath | null)[];
  /** Of each path, whether it is no scope, and fits a pattern of the files that need no lock. */
  readonly free: readonly boolean[];
  /** What whoever names a file and no more asks for. */
  readonly claim: ClaimLevel;
}

export interface ScopeView {
  readonly path: ScopePath;
  readonly name: string;
  readonly type: string;
  readonly dependencies: readonly ScopePath[];
  readonly dependents: readonly ScopePath[];
  /** No scope file names it any more; it stays until nobody holds it or waits for it. */
  readonly withdrawn: boolean;
  readonly syncStatus: SyncStatus;
  readonly holder: AgentId | null;
  readonly contexts: Readonly<Record<string, ContextRecord>>;
}

export interface HistoryFilter {
  readonly agent?: AgentId;
  /** With all that concerns its files. Of scope, file and resource one at most is given. */
  readonly scope?: ScopePath;
  readonly file?: FilePath;
  readonly resource?: ResourceName;
  readonly sinceMs?: TimeMs;
  readonly untilMs?: TimeMs;
  /** Event kinds, whole (`lock.granted`) or as a group (`lock`). */
  readonly events?: readonly string[];
}

export interface HistoryAnswer {
  readonly revision: Revision;
  /** Newest first. */
  readonly entries: readonly Entry[];
  /** Pass as `before` for the next page; null at the beginning of what is kept. */
  readonly nextBefore: Revision | null;
  /** Oldest revision that is still kept. */
  readonly first: Revision;
  /** Why the log began anew there, and where the former one is, for people; only where it did. */
  readonly begunAnew?: string;
}

export type WhySubject =
  | { readonly kind: 'scope'; readonly scope: ScopePath }
  | { readonly kind: 'file'; readonly file: FilePath }
  | { readonly kind: 'resource'; readonly resource: ResourceName }
  | { readonly kind: 'agent'; readonly agent: AgentId };

export interface WhyAnswer {
  /** The revision looked at: the last at or before the asked moment. */
  readonly revision: Revision;
  readonly timeMs: TimeMs;
  /** The log's time at the answer, from which deadlines count; absent for a past moment. */
  readonly nowMs?: TimeMs;
  readonly subject: WhySubject;
  readonly agent: AgentView | null;
  /**
   * The subject scope's locks, of the whole and of its files; those that cover the subject file; those of the subject
   * resource's slots; or the locks that the subject agent holds.
   */
  readonly locks: readonly LockView[];
  /** Waiters for the subject, or for what overlaps it, in order of service; or the subject agent's own ticket. */
  readonly waiters: readonly WaiterView[];
  /** The subject scope's sync, or the first that the subject agent runs. */
  readonly sync: SyncView | null;
  /** All syncs that the subject agent runs; an older coordinator does not say. */
  readonly runs?: readonly SyncView[];
  /** Whom the subject agent waits for, and for what. */
  readonly waitsFor: readonly LockView[];
  /** What happened to it up to then, newest first. */
  readonly happened: readonly HappenedEvent[];
}

export interface HappenedEvent {
  readonly revision: Revision;
  readonly atMs: TimeMs;
  readonly command: CommandKind;
  readonly by: string | null;
  readonly event: Event;
}

export interface MayWriteAnswer {
  readonly revision: Revision;
  /** The log's time at the answer, from which deadlines count. */
  readonly nowMs: TimeMs;
  /** One for each that was asked for, in that order. */
  readonly files: readonly WritableFile[];
  /** The scopes of those files, and their locks, each once. */
  readonly scopes: readonly ScopeView[];
  readonly locks: readonly LockView[];
  /** Who asked, as it stands; null when no such agent is known. */
  readonly agent: AgentView | null;
  /** Problems of the scope files on disk, as of the last time they were read. */
  readonly problems: readonly ScopeProblem[];
}

export interface WritableFile {
  readonly file: ScopePath;
  /** The nearest that encloses it; null: it is in none, and nothing coordinates it. */
  readonly scope: ScopePath | null;
  /** What stands in the way first, as the code under which a write would be refused for it; null: it may be written. */
  readonly obstacle: WriteObstacle | null;
  /** It needs no lock. */
  readonly free: boolean;
}

export interface TokenAnswer {
  readonly revision: Revision;
  /** True when a protected act under this token may go on: held, current, not past its deadline, holder working. */
  readonly valid: boolean;
  readonly holder: LockView | null;
  readonly why: string;
  /** The log's time at the answer, from which deadlines count. */
  readonly nowMs?: TimeMs;
}

export interface ViolationsAnswer {
  readonly revision: Revision;
  /** Names of the invariants that were checked. */
  readonly checked: readonly string[];
  readonly violations: readonly Violation[];
  /** SHA-256 (hex) of the state as a snapshot has it; an older coordinator does not say. */
  readonly stateDigest?: string;
}

export interface OpenViolationsAnswer {
  readonly revision: Revision;
  /** The log's time at the answer. */
  readonly nowMs: TimeMs;
  /** In the order in which they were found. */
  readonly open: readonly OpenViolation[];
}

export interface HealthAnswer {
  readonly revision: Revision;
  readonly ok: boolean;
  readonly pid: number;
  readonly version: string;
  readonly mode: 'direct' | 'daemon';
  readonly startedAtMs: TimeMs;
  readonly firstRevision: Revision;
  readonly storeKind: string;
  readonly storeDurable: boolean;
  readonly storeEngine: string;
  readonly storePath: string | null;
  readonly socket: string | null;
  readonly connections: number;
  /** True while something is held, waited for or synced, or a call is under way. */
  readonly busy: boolean;
}
