import type {
  AgentId,
  DurationMs,
  Epoch,
  FencingToken,
  FilePath,
  Revision,
  ScopePath,
  SessionId,
  SyncRun,
  Ticket,
  TimeMs,
} from './ids.ts';
import type { ReleaseCause } from './events.ts';
import type { Inbox, Sent } from './message-forms.ts';
import type { PriorityQueue } from './priority-queue.ts';
import type { RecentRequests } from './requests.ts';
import type { Settings } from './settings.ts';
import type {
  AgentMetadata,
  AgentProcess,
  AgentStatus,
  ClockAnchor,
  Presence,
  SyncStatus,
} from './statuses.ts';
import type { LockName, Target } from './targets.ts';
import type { TicketLine } from './ticket-line.ts';
import type { OpenViolation } from './violation-forms.ts';

/**
 * Everything the coordinator knows about one repository. Changed in place, and by `evolve` only.
 *
 * Fields marked "index" can be computed from the others. They exist so that the cost of a command does not grow with
 * idle agents, free scopes or history, and they are rebuilt, not stored, by a snapshot.
 */
export interface State {
  /** Last committed command. */
  revision: Revision;
  /** Time of the last committed command; never falls. */
  timeMs: TimeMs;
  settings: Settings;
  /** Whose monotonic clock the log's time is bound to; null before the first take-over. */
  clock: ClockAnchor | null;
  readonly scopes: Map<ScopePath, Scope>;
  readonly agents: Map<AgentId, Agent>;
  /** By what they are of. Without an entry, and without one of what overlaps it, a target is free. */
  readonly locks: Map<Target, Lock>;
  /** The one queue; iteration order is order of issue. */
  readonly tickets: Map<Ticket, Waiter>;
  /** A scope without an entry was never synced: its status is idle. */
  readonly syncs: Map<ScopePath, Sync>;
  /** Since when some ticket waits only for a place among the `maxConcurrentAgents`; null when none does. */
  placeWaitSinceMs: TimeMs | null;
  readonly totals: Totals;
  /** What was found to break a rule and is not over, by its name, in order of finding. */
  readonly openViolations: Map<string, OpenViolation>;
  readonly recentRequests: RecentRequests;
  readonly index: Index;
}

export interface Index {
  /** All tickets, in order of issue. */
  readonly queue: TicketLine;
  /** Tickets that wait for a target, in order of issue; a target for which nobody waits has no entry. */
  readonly queues: Map<Target, TicketLine>;
  /** Tickets that wait for some file of a scope, in order of issue. */
  readonly fileQueues: Map<ScopePath, TicketLine>;
  /** What is held of a scope file by file; a scope of which no file is held has no entry. */
  readonly claims: Map<ScopePath, Claims>;
  /** Locks for which somebody may have begun or ceased to wait in the revision that is happening; empty between revisions. */
  readonly unsettled: Set<Target>;
  /** Scopes that name a scope as their dependency. */
  readonly dependents: Map<ScopePath, Set<ScopePath>>;
  /** Agents that hold something in a scope. */
  readonly holders: Set<AgentId>;
  /** Agents by the skeleton of their names. Only an older version let two share one. */
  readonly names: Map<string, Set<AgentId>>;
  /** Agents that are present and bound to a process that is not known to have ended. */
  readonly bound: Set<AgentId>;
  /** Lost agents, the one lost longest first. */
  readonly lostAgents: Set<AgentId>;
  /** Syncs that run, by the agent that runs them. */
  readonly runningSyncs: Map<AgentId, Set<ScopePath>>;
  readonly lockDeadlines: PriorityQueue<Target, TimeMs>;
  readonly sessionDeadlines: PriorityQueue<AgentId, TimeMs>;
  readonly ticketDeadlines: PriorityQueue<Ticket, TimeMs>;
  readonly blockDeadlines: PriorityQueue<AgentId, TimeMs>;
}

/** The file claims in one scope. */
export interface Claims {
  readonly files: Set<FilePath>;
  /** How many each agent has, at least one. */
  readonly byAgent: Map<AgentId, number>;
}

export interface Scope {
  readonly path: ScopePath;
  readonly name: string;
  readonly type: string;
  /** Sorted, without repeats. */
  readonly dependencies: readonly ScopePath[];
  readonly contexts: Map<string, ContextRecord>;
  /**
   * No graph names it any more, but it is held or waited for: it has no dependencies, nothing depends on it, and it goes
   * as soon as it is free. All else is as for any scope.
   */
  readonly withdrawn: boolean;
  /** How its last lock ended; null before one did. For people, never for decisions. */
  lastEnd: LockEnd | null;
}

/** The end of a lock, so that who believes to hold it can be told what happened. */
export interface LockEnd {
  /** Left out when it was of the whole scope. */
  readonly file?: FilePath;
  readonly agent: AgentId;
  readonly epoch: Epoch;
  readonly token: FencingToken;
  readonly cause: ReleaseCause | 'expired' | 'revoked';
  readonly atMs: TimeMs;
}

/** The last coordinated write of one context file. */
export interface ContextRecord {
  /** SHA-256 (hex) of the file's bytes. */
  readonly digest: string;
  readonly revision: Revision;
  readonly agent: AgentId;
}

/** Words of an agent for the others to read. */
export interface AgentReport {
  readonly text: string;
  readonly atMs: TimeMs;
}

export interface Agent {
  readonly id: AgentId;
  readonly epoch: Epoch;
  /** Of whoever speaks for it now. */
  session: SessionId;
  readonly metadata: AgentMetadata;
  readonly joinedAtMs: TimeMs;
  status: AgentStatus;
  presence: Presence;
  /** Last committed command of this agent. */
  seenAtMs: TimeMs;
  sessionDeadlineMs: TimeMs;
  /** What its session is bound to; null when to nothing. */
  process: AgentProcess | null;
  /** Since when that process is known to have ended; null again once the agent is heard. */
  seenDeadAtMs: TimeMs | null;
  /** Set exactly while the status is blocked. */
  blockedSinceMs: TimeMs | null;
  /** Why it says that it cannot go on; null when it is blocked by waiting. */
  blockedReason: string | null;
  /** What it last said of how it goes, or why its status changed; null before it said anything. */
  lastReport: AgentReport | null;
  /** Waits that ended without a grant since the last grant. */
  retryCount: number;
  /** What it has not read; empty once it is lost. */
  readonly inbox: Inbox;
  /** How many messages it has sent lately; null before the first. */
  sent: Sent | null;
  /** Set exactly while presence is lost. */
  lostAtMs: TimeMs | null;
  /** What it held when it was lost. */
  heldWhenLost: readonly Target[];
  /** Index: what it holds. */
  readonly held: Set<Target>;
  /** Index: the scopes in which it holds something, with how many locks. */
  readonly heldIn: Map<ScopePath, number>;
  /** Index: how many of its locks are of files, and of resources. */
  files: number;
  resources: number;
  /** Index: its place in the queue. */
  ticket: Ticket | null;
}

export type Lock = LockName & {
  /** The name as one text, under which it is filed. */
  readonly target: Target;
  readonly agent: AgentId;
  readonly epoch: Epoch;
  readonly token: FencingToken;
  /** The ticket that was served, or null when the lock was free on asking. */
  readonly ticket: Ticket | null;
  readonly grantedAtMs: TimeMs;
  /** Lease length; a renewal without a ttl of its own uses it again. */
  ttlMs: DurationMs;
  deadlineMs: TimeMs;
  /** What its holder last said it is for. */
  reason: string | null;
  /** Since when somebody else waits for what overlaps it (of a resource: while no slot is free); null while nobody does. */
  contendedSinceMs: TimeMs | null;
};

/** A ticket: a place in the queue that outlives the call, the connection and the process that asked for it. */
export interface Waiter {
  readonly ticket: Ticket;
  readonly agent: AgentId;
  readonly epoch: Epoch;
  /** Sorted, without repeats; granted all at once. */
  readonly targets: readonly Target[];
  readonly sinceMs: TimeMs;
  /** When the asker gives up; null: only `maxBlockMs` bounds the wait. */
  deadlineMs: TimeMs | null;
  readonly waitMs: DurationMs | null;
  readonly ttlMs: DurationMs;
  readonly reason: string | null;
}

export interface Sync {
  readonly scope: ScopePath;
  status: SyncStatus;
  /** Failures since the last success, reset or change below; the next attempt is this plus one. */
  failures: number;
  /** The run that is going on, or the last one; null before the first. */
  run: SyncRun | null;
  /** Who runs or ran it. */
  agent: AgentId | null;
  epoch: Epoch | null;
  startedAtMs: TimeMs | null;
  endedAtMs: TimeMs | null;
  /** Set while the status is failed. */
  error: string | null;
  /** Earliest time of the next retry; set while the status is failed. */
  retryAtMs: TimeMs | null;
  /** Digest of the scope at the last completed run. */
  digest: string | null;
  /** Digests of the dependencies that it was computed from. */
  syncedAgainst: Readonly<Record<string, string>>;
}

export interface Totals {
  /** Acquires that found the scope held or no place free, and were queued. */
  conflicts: number;
  /** Locks that ended by time, and waits that ended by their deadline or by `maxBlockMs`. */
  timeouts: number;
}
