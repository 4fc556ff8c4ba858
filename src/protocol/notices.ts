/** What an agent is told of what others do. */
import type { FormerHolders, GotLock, Notice, Revision, TimeMs } from '../core/index.ts';

/** How far an agent has been told what happened; both are of the log, whatever clock the caller has. */
export interface ToldUpTo {
  readonly revision: Revision;
  readonly logMs: TimeMs;
}

export interface NoticesAnswer {
  readonly revision: Revision;
  /** The log's time at the answer, from which deadlines count. */
  readonly nowMs: TimeMs;
  /** The most important first, at most `noticesMax`. */
  readonly notices: readonly Notice[];
  /** How many more there were, which are not told later either. */
  readonly left: number;
  /** Revisions that could not be looked at, both included: the log keeps them no more, or too much happened. */
  readonly unread: { readonly from: Revision; readonly to: Revision } | null;
  /** To be passed as `after` once the agent was told. */
  readonly upTo: ToldUpTo;
}

export interface FormerHoldersAnswer {
  readonly revision: Revision;
  /** The log's time at the answer. */
  readonly nowMs: TimeMs;
  /** Of those that were asked about the ones that somebody had, in that order. */
  readonly locks: readonly (GotLock & FormerHolders)[];
}
