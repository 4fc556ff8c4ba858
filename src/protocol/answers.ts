/** What is answered to each query. */
import type {
  AgentId,
  ClaimLevel,
  DurationMs,
  Entry,
  FilePath,
  OpenViolation,
  ResourceName,
  Revision,
  ScopePath,
  Settings,
  TimeMs,
  Totals,
  Violation,
} from '../core/index.ts';
import type { ScopeProblem } from './scope-problem.ts';
import type {
  AgentView,
  LockView,
  WaiterView,
  SyncView,
  ScopeView,
  ImpactedScope,
  HappenedEvent,
  WritableFile,
} from './views.ts';

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

export interface ScopesAnswer {
  readonly revision: Revision;
  readonly scopes: readonly ScopeView[];
  readonly problems: readonly ScopeProblem[];
  /** With `fresh`; left out where the files do not come to rest, or nobody can see them. */
  readonly declared?: DeclaredSyncs;
}

/** What the scope files say of syncs, by the look at them that `fresh` has asked for. */
export interface DeclaredSyncs {
  /** Of each scope that declares one, what is run when it is synced. It comes with the repository: nobody has vouched for it. */
  readonly commands: readonly (readonly [
    ScopePath,
    { readonly run: string; readonly timeoutMs: DurationMs },
  ])[];
  /** Scopes that there are, though what is said of them cannot be used. */
  readonly unread: readonly ScopePath[];
}

export interface ImpactAnswer {
  readonly revision: Revision;
  /** Those that were asked about first; each after the one by which it is reached. */
  readonly scopes: readonly ImpactedScope[];
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
  /** `serve`: a daemon that `rhema serve` has started, to stay. */
  readonly mode: 'direct' | 'daemon' | 'serve';
  /** Of a `serve`: where it answers HTTP. */
  readonly url?: string;
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
