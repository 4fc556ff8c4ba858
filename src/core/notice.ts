/** What an agent may be told of, see `notices.ts`. */
import type { ChangedFiles } from './changed-files.ts';
import type { Event, EventOf, TicketEndCause } from './events.ts';
import type { AgentId, Epoch, FencingToken, FilePath, Revision, ScopePath, Ticket, TimeMs } from './ids.ts';
import { byText } from './order.ts';
import type { LockName, Target, Wish } from './targets.ts';
import type { OpenViolation } from './violation-forms.ts';

/** How a lock ended, as the log has it. */
export type LockEndEvent = EventOf<'lock.released' | 'lock.expired' | 'lock.revoked'>;

/** Some of many, in order of name. */
export interface Some<Name> {
  /** At most {@link namesShownMax}. */
  readonly names: readonly Name[];
  /** How many there are. */
  readonly count: number;
}

export const namesShownMax = 5;

export type Notice =
  /** It held this, and does not any more, without having given it back. */
  | (LockName & {
      readonly kind: 'lost';
      readonly token: FencingToken;
      readonly revision: Revision;
      readonly atMs: TimeMs;
      readonly end: LockEndEvent;
      /** The operator who revoked it. */
      readonly by: string | null;
      /** Who holds it, or some of it, by now. */
      readonly heldBy: AgentId | null;
    })
  /** Its ticket ended without a grant, and not by its own will. */
  | {
      readonly kind: 'waitEnded';
      /** What it waited for; null where the log does not go back so far. */
      readonly wish: Wish | null;
      readonly ticket: Ticket;
      readonly cause: TicketEndCause;
      readonly atMs: TimeMs;
    }
  /** What it waited for is its own. */
  | {
      readonly kind: 'waitServed';
      readonly ticket: Ticket;
      readonly token: FencingToken;
      readonly targets: Some<Target>;
      readonly deadlineMs: TimeMs;
    }
  /** A lease that is nearly over; `isLast`: others wait, so that it cannot be renewed any further. */
  | {
      readonly kind: 'leaseEnding';
      readonly targets: Some<Target>;
      readonly deadlineMs: TimeMs;
      readonly isLast: boolean;
    }
  /** Somebody waits for what it holds. */
  | {
      readonly kind: 'wanted';
      readonly targets: Some<Target>;
      /** Null: somebody waits for a place among those who may hold something at once. */
      readonly by: {
        readonly agent: AgentId;
        readonly ticket: Ticket;
        readonly reason: string | null;
        readonly sinceMs: TimeMs;
      } | null;
      /** When it ends at the latest, however often it is renewed. */
      readonly latestDeadlineMs: TimeMs;
    }
  /** A scope that some of what it holds depends on, directly or not, was changed, or was somebody's to change. */
  | {
      readonly kind: 'changed';
      readonly scope: ScopePath;
      /** The scopes in which it holds something, and that depend on that one. */
      readonly dependents: Some<ScopePath>;
      readonly change: Change;
      /** How often the same has happened: what is told is the last time. */
      readonly times: number;
      readonly revision: Revision;
      readonly atMs: TimeMs;
    }
  /** Something in a scope, or in a file, that it holds was found to break a rule, and does still. */
  | (Pick<OpenViolation, 'rule' | 'subject' | 'evidence' | 'remedy' | 'sinceMs' | 'revision'> & {
      readonly kind: 'broken';
      readonly scope: ScopePath;
      /** How many are told of as one: the last that was found is this one. */
      readonly count: number;
    })
  /** Somebody else has other files of a scope of which it has some itself. */
  | {
      readonly kind: 'beside';
      readonly scope: ScopePath;
      readonly agent: AgentId;
      readonly files: Some<FilePath>;
      readonly reason: string | null;
    };

export type NoticeKind = Notice['kind'];
export type NoticeOf<Kind extends NoticeKind> = Extract<Notice, { readonly kind: Kind }>;

/** How a scope was changed. */
export type Change =
  /** Somebody held it, or files of it, and does not any more. */
  | {
      readonly kind: 'held';
      readonly agent: AgentId;
      readonly end: LockEndEvent;
      /** What it was for; null where nobody said, or the log does not go back so far. */
      readonly reason: string | null;
      /** What of it was held: the scope, or some of its files. */
      readonly targets: Some<Target>;
      /** What was changed there, as whoever gave it back has found; null where nobody has looked. */
      readonly changed: ChangedFiles | null;
    }
  | { readonly kind: 'written'; readonly agent: AgentId; readonly file: string }
  /** Git changed it; `operation` may name a commit. */
  | { readonly kind: 'git'; readonly by: string; readonly operation: string }
  /** Somebody has said that it changed. */
  | { readonly kind: 'said'; readonly by: string; readonly reason: string | null };

/** Who is told, in which incarnation. */
export interface Told {
  readonly agent: AgentId;
  readonly epoch: Epoch;
}

/** A stretch of the log and of its time, without its lower end. */
export interface Stretch {
  readonly after: Revision;
  readonly upTo: Revision;
  readonly afterMs: TimeMs;
  readonly upToMs: TimeMs;
}

export function isLockEnd(event: Event): event is LockEndEvent {
  return event.kind === 'lock.released' || event.kind === 'lock.expired' || event.kind === 'lock.revoked';
}

/** Whether a lock ended without its holder's wish, as far as the log tells. */
export function isInvoluntary(end: LockEndEvent): boolean {
  return end.kind !== 'lock.released' || !['released', 'completed', 'left'].includes(end.cause);
}

/** The first of some names, in order, and how many there are. */
export function someOf<Name extends string>(names: Iterable<Name>): Some<Name> {
  const all = [...new Set(names)].sort(byText);
  return { names: all.slice(0, namesShownMax), count: all.length };
}
