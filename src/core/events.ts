import type { ChangedFiles } from './changed-files.ts';
import type { CommandKind, ResumeWay, ScopeDefinition } from './commands.ts';
import type {
  AgentId,
  DurationMs,
  Epoch,
  FencingToken,
  RequestId,
  Revision,
  ScopePath,
  SessionId,
  SyncRun,
  Ticket,
  TimeMs,
} from './ids.ts';
import type { MessageKind, Way } from './message-forms.ts';
import type { Result } from './results.ts';
import type { Settings } from './settings.ts';
import type { LockName, Target, Wish } from './targets.ts';
import type { ViolationEnd, ViolationFacts } from './violation-forms.ts';
import type { AgentMetadata, AgentProcess, AgentStatus, ClockAnchor } from './statuses.ts';

/**
 * One committed command: the unit of the log. Its events share the revision and the time, and take effect together.
 * Plain JSON without loss.
 */
export interface Entry {
  readonly revision: Revision;
  readonly atMs: TimeMs;
  readonly kind: CommandKind;
  /** The agent that said it, or null for operators and the service. */
  readonly agent: AgentId | null;
  /** The operator that said it, or null. */
  readonly by: string | null;
  readonly requestId: RequestId | null;
  /** Who was let in to say it, and by which way; left out of what came over the socket, which is this machine's user's. */
  readonly principal?: EntryPrincipal;
  /** At least one. */
  readonly events: readonly Event[];
  readonly result: Result;
}

/** Nothing that the machine decides by: a record of who is to answer for an entry. */
export interface EntryPrincipal {
  readonly name: string;
  readonly way: 'http' | 'mcp';
}

/** What happened. Kinds are `noun.pastVerb`. */
export type Event =
  | {
      readonly kind: 'agent.joined';
      readonly agent: AgentId;
      readonly session: SessionId;
      readonly metadata: AgentMetadata;
      readonly process?: AgentProcess;
    }
  | {
      readonly kind: 'agent.resumed';
      readonly agent: AgentId;
      readonly session: SessionId;
      readonly way: ResumeWay;
      /** Who acted. */
      readonly from: string;
      readonly process?: AgentProcess;
    }
  /** Its process has ended; it is lost at the deadline unless it goes on before. */
  | { readonly kind: 'agent.seenDead'; readonly agent: AgentId; readonly deadlineMs: TimeMs }
  | { readonly kind: 'agent.renewed'; readonly agent: AgentId; readonly leases: readonly LeaseRenewal[] }
  | {
      readonly kind: 'agent.statusChanged';
      readonly agent: AgentId;
      readonly from: AgentStatus;
      readonly to: AgentStatus;
      readonly reason: string | null;
    }
  | { readonly kind: 'agent.reported'; readonly agent: AgentId; readonly report: string }
  /** `unread`: messages to it that it never read; left out where there were none. */
  | { readonly kind: 'agent.left'; readonly agent: AgentId; readonly unread?: number }
  | {
      readonly kind: 'agent.lost';
      readonly agent: AgentId;
      readonly held: readonly Target[];
      /** Its process was seen to have ended. Left out: it was silent. */
      readonly seenDead?: true;
      /** Messages to it that it never read; left out where there were none. */
      readonly unread?: number;
    }
  | {
      readonly kind: 'message.sent';
      /** The agent that sent it; left out where an operator did. */
      readonly agent?: AgentId;
      /** The operator that sent it; left out where an agent did. */
      readonly by?: string;
      readonly messageKind: MessageKind;
      readonly way: Way;
      /** At least one, in order of name; the sender is not among them. */
      readonly recipients: readonly AgentId[];
      readonly text: string;
    }
  | {
      readonly kind: 'message.read';
      readonly agent: AgentId;
      /** Where each of them was sent, in that order. */
      readonly messages: readonly Revision[];
      /** How many before them gave way unread. */
      readonly gaveWay: number;
    }
  | (LockName & {
      readonly kind: 'lock.granted';
      readonly agent: AgentId;
      readonly epoch: Epoch;
      readonly ticket: Ticket | null;
      readonly ttlMs: DurationMs;
      readonly deadlineMs: TimeMs;
      readonly reason: string | null;
    })
  | (LockName & {
      readonly kind: 'lock.renewed';
      readonly agent: AgentId;
      readonly ttlMs: DurationMs;
      readonly deadlineMs: TimeMs;
      /** What the holder said anew that it holds the lock for; left out when it said nothing. */
      readonly reason?: string;
    })
  | (LockName & {
      readonly kind: 'lock.released';
      readonly agent: AgentId;
      readonly token: FencingToken;
      readonly cause: ReleaseCause;
      /** What was changed under it; left out where whoever gave it back has not looked, and in older logs. */
      readonly changed?: ChangedFiles;
    })
  | (LockName & {
      readonly kind: 'lock.expired';
      readonly agent: AgentId;
      readonly token: FencingToken;
    })
  | (LockName & {
      readonly kind: 'lock.revoked';
      readonly agent: AgentId;
      readonly token: FencingToken;
      readonly reason: string | null;
    })
  | { readonly kind: 'place.contended' }
  | { readonly kind: 'place.uncontended' }
  | (Wish & {
      readonly kind: 'ticket.issued';
      readonly agent: AgentId;
      readonly epoch: Epoch;
      readonly waitMs: DurationMs | null;
      readonly ttlMs: DurationMs;
      readonly reason: string | null;
    })
  | {
      readonly kind: 'ticket.ended';
      readonly ticket: Ticket;
      readonly agent: AgentId;
      readonly cause: TicketEndCause;
    }
  | { readonly kind: 'scope.defined'; readonly scope: ScopeDefinition }
  | { readonly kind: 'scope.withdrawn'; readonly scope: ScopePath }
  | { readonly kind: 'scope.removed'; readonly scope: ScopePath }
  | {
      readonly kind: 'context.modified';
      readonly scope: ScopePath;
      readonly file: string;
      readonly agent: AgentId;
      readonly digest: string;
      readonly token: FencingToken;
    }
  | { readonly kind: 'repository.changed'; readonly scopes: readonly ScopePath[]; readonly operation: string }
  | {
      readonly kind: 'sync.started';
      readonly scope: ScopePath;
      readonly agent: AgentId;
      readonly epoch: Epoch;
    }
  | {
      readonly kind: 'sync.completed';
      readonly scope: ScopePath;
      readonly agent: AgentId;
      readonly run: SyncRun;
      readonly digest: string | null;
      readonly syncedAgainst: Readonly<Record<string, string>>;
    }
  | {
      readonly kind: 'sync.failed';
      readonly scope: ScopePath;
      readonly agent: AgentId;
      readonly run: SyncRun;
      readonly error: string;
      readonly retryAtMs: TimeMs;
    }
  | { readonly kind: 'sync.retried'; readonly scope: ScopePath }
  | { readonly kind: 'sync.reset'; readonly scope: ScopePath }
  | {
      readonly kind: 'sync.aborted';
      readonly scope: ScopePath;
      readonly run: SyncRun;
      readonly reason: string | null;
    }
  | {
      readonly kind: 'sync.invalidated';
      readonly scope: ScopePath;
      readonly cause: ScopePath;
      /** Why somebody declared the change; left out where nobody said why, and in older logs. */
      readonly reason?: string;
    }
  | (ViolationFacts & { readonly kind: 'violation.began' })
  | (Omit<ViolationFacts, 'evidence' | 'remedy'> & {
      readonly kind: 'violation.ended';
      readonly end: ViolationEnd;
      readonly cause: string | null;
    })
  | { readonly kind: 'leases.rearmed' }
  | { readonly kind: 'clock.anchored'; readonly clock: ClockAnchor }
  | { readonly kind: 'settings.changed'; readonly settings: Settings };

export type EventKind = Event['kind'];
export type EventOf<Kind extends EventKind> = Extract<Event, { kind: Kind }>;

export type LeaseRenewal = LockName & { readonly deadlineMs: TimeMs };

/**
 * Why a lock ended other than by time or by an operator. `moved`: its file is in another scope now. `scopeRemoved` is in older
 * logs only: a scope in use is withdrawn.
 */
export type ReleaseCause =
  | 'released'
  | 'completed'
  | 'left'
  | 'lost'
  | 'blockedTooLong'
  | 'moved'
  | 'scopeRemoved';
/** Why a ticket left the queue. */
export type TicketEndCause =
  | 'granted'
  | 'cancelled'
  | 'deadline'
  | 'left'
  | 'lost'
  | 'blockedTooLong'
  | 'moved'
  | 'scopeRemoved';

/** What `evolve` knows beside the event: the entry's position and time. */
export type Stamp = Pick<Entry, 'revision' | 'atMs'>;
