import type { Entry, RequestId, Revision, TimeMs } from '../core/index.ts';
import type { EntrySearch } from './subjects.ts';

/**
 * The durable log of one repository, and snapshots of the state that it leads to.
 *
 * Any number of processes may append to one log in safety: an append names the revision it expects to follow, and all
 * but one of the racers are refused. Nothing above this interface knows which engine is behind it.
 */
export interface LogStore {
  readonly capabilities: StoreCapabilities;

  /** Oldest and newest revision that can be read. An empty log has `first = 1, last = 0`. */
  bounds(): Promise<LogBounds>;

  /**
   * Appends all entries or none, durably, if and only if `expectedRevision` is the last one. The entries' revisions
   * must be the ones that follow it, without gaps, and at least one (anything else is a bug of the caller).
   *
   * `unknown` means that the answer was lost: the append may or may not have taken effect. The caller reads the log to
   * find out, and never sends again blindly.
   */
  append(expectedRevision: Revision, entries: readonly Entry[]): Promise<AppendOutcome>;

  /**
   * At most `limit` entries (a whole number from 1) from `fromRevision` on, in order, without gaps; fewer only where the
   * log ends, and none after its end.
   */
  read(fromRevision: Revision, limit: number): Promise<ReadOutcome>;

  /**
   * At most `limit` entries before `beforeRevision`, newest first: recent history without reading all of it. Fewer where
   * the log begins; `compacted` when all that was before is gone.
   */
  readBackward(beforeRevision: Revision, limit: number): Promise<ReadOutcome>;

  /**
   * Entries before a revision that match a search, newest first, at most `limit`: found by an index, so that the work is
   * bounded by the answer, not by the log. One call may stop sooner than it must, so that others have their turn: `next`
   * says before which revision to go on, and is null once there is nothing older.
   */
  search(search: EntrySearch, beforeRevision: Revision, limit: number): Promise<SearchOutcome>;

  /** The newest entry that was committed under a request id; null when none is kept. */
  findRequest(requestId: RequestId): Promise<Entry | null>;

  /**
   * Which of these request ids were committed by entries that cannot be read any more: dropped by {@link compact}, or put
   * aside by {@link beginAfter}. Ids that are still in the log may be told as well, so whoever wants to know of one asks
   * {@link findRequest} first; between the two calls none gets lost.
   */
  forgottenRequests(requestIds: readonly RequestId[]): Promise<ReadonlySet<RequestId>>;

  /**
   * Prints (`printOf`) of the request ids in the log, in parts, those of the newest entries left out: at most the last
   * {@link unprintedMax}. Whoever has them all knows of nearly every new request id that it is one.
   */
  requestPrints(): AsyncIterable<Uint32Array>;

  /**
   * Answers when it may be worth reading beyond a revision: because more is there already, because somebody else has
   * appended, or because the store is closed; and when `signal` aborts. It may answer for nothing, and a while late, but
   * tells of every append of others in the end. Of this store's own appends its caller knows. Never throws.
   */
  hint(sinceRevision: Revision, signal: AbortSignal): Promise<void>;

  /**
   * Keeps a snapshot beside the log, in place of one at the same revision. It must belong to a revision that is in the
   * log: `COMPACTED` when that was dropped, a bug of the caller when it is still to come.
   */
  saveSnapshot(snapshot: StoredSnapshot): Promise<void>;

  /** The newest snapshot, or the newest at or before a revision; null when there is none. */
  loadSnapshot(atOrBefore?: Revision): Promise<StoredSnapshot | null>;

  /**
   * Drops entries before a revision. Refused with `COMPACTION_REFUSED` unless a snapshot at or after
   * `beforeRevision - 1` exists, so that the state can still be rebuilt; older snapshots go as well, except the newest
   * at or before `beforeRevision - 1`. Of what is dropped the request ids are still known. Nothing happens when the log
   * already begins there or later.
   */
  compact(beforeRevision: Revision): Promise<void>;

  /** Random, made with the log. A copy of it has the same one. */
  identity(): Promise<string>;

  /**
   * Begins the log anew after a snapshot's revision, which must be after `expectedRevision`: the numbers between the two
   * are given up. What was logged is put aside as a log of its own, where no call of this interface finds it. Nothing
   * happens, and the answer is false, unless `expectedRevision` is the last one.
   */
  beginAfter(expectedRevision: Revision, snapshot: StoredSnapshot): Promise<boolean>;

  /**
   * Where people find the log that was put aside when this one began; null when none was, it is not there any more, or this
   * one was compacted since.
   */
  formerLog(): Promise<string | null>;

  /** Idempotent. Later calls of other methods fail with `CLOSED`. */
  close(): Promise<void>;
}

/** Newest entries whose request ids a store need not have among its prints. */
export const unprintedMax = 1_024;

export interface SearchOutcome {
  readonly entries: readonly Entry[];
  readonly next: Revision | null;
}

export interface StoreCapabilities {
  readonly kind: 'memory' | 'embedded' | 'distributed';
  /** Whether an acknowledged append survives the loss of the process and of power. */
  readonly durable: boolean;
  /** Whether other processes can append to the same log. */
  readonly shared: boolean;
  /** Where it is, for people; null where it is in no file. */
  readonly file: string | null;
}

export interface LogBounds {
  readonly first: Revision;
  readonly last: Revision;
}

export type AppendOutcome =
  | { readonly kind: 'done' }
  /** Somebody else appended first; nothing was written. */
  | { readonly kind: 'refused'; readonly lastRevision: Revision }
  | { readonly kind: 'unknown'; readonly cause: unknown };

export type ReadOutcome =
  | { readonly kind: 'entries'; readonly entries: readonly Entry[] }
  /** The position was dropped; the oldest that can still be read. */
  | { readonly kind: 'compacted'; readonly first: Revision };

/** A state at a revision, encoded by the core (`encodeState`). */
export interface StoredSnapshot {
  readonly revision: Revision;
  readonly atMs: TimeMs;
  readonly body: string;
}
