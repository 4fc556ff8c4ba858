/** What is shown of agents, locks, scopes and syncs. */
import type {
  Agent,
  AgentId,
  AgentMetadata,
  AgentProcess,
  AgentReport,
  AgentStatus,
  CommandKind,
  ContextRecord,
  EarlierEnd,
  Epoch,
  Event,
  FencingToken,
  LockName,
  Presence,
  Revision,
  ScopePath,
  SyncRun,
  SyncStatus,
  Target,
  Ticket,
  TimeMs,
  WantedName,
  Wish,
  WriteObstacle,
} from '../core/index.ts';

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

export interface HappenedEvent {
  readonly revision: Revision;
  readonly atMs: TimeMs;
  readonly command: CommandKind;
  readonly by: string | null;
  readonly event: Event;
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
