import { setImmediate as otherWork } from 'node:timers/promises';
import { asRevision, type Entry, type RequestId, type Revision } from '../../core/index.ts';
import { decodeSnapshot, encodeEntry, encodeSnapshot, type StoredEntry } from '../codec.ts';
import { closedError, StoreError, withFile } from '../errors.ts';
import type {
  AppendOutcome,
  LogBounds,
  LogStore,
  ReadOutcome,
  SearchOutcome,
  StoreCapabilities,
  StoredSnapshot,
} from '../log-store.ts';
import { backwardRange, checkAppended, forwardRange, type ReadRange } from '../ranges.ts';
import { checkBeginning, checkSnapshotRevision, compactionRefused, snapshotToKeep } from '../snapshots.ts';
import type { Mark } from '../marks.ts';
import type { EntrySearch } from '../subjects.ts';
import { jitteredBackoff, onAbort, wakeAtFirst } from '../../time/index.ts';
import type { Committed, Connection } from './connection.ts';
import { asStoreError } from './failures.ts';
import type { FileIdentity } from './file.ts';
import type { MainFile } from './main-file.ts';
import { formerLog, putAside } from './former-logs.ts';
import { printsBefore } from './entry-index.ts';
import { forgetRequests, forgottenAmong } from './forgotten-requests.ts';
import { LogIndex } from './log-index.ts';
import { retryWhileBusy, type Patience } from './retry.ts';
import * as tables from './tables.ts';
import { problemsOf } from './verify.ts';

export interface SqliteStore extends LogStore {
  /** Which SQLite is at work, for people. */
  readonly engine: string;
  /**
   * Reads everything and returns what is wrong, at most 100 findings; empty when the log is sound. Takes seconds for
   * a million entries. The entries are read in pages, with other work in between; SQLite's own check is one piece.
   */
  verify(): Promise<readonly StoreError[]>;
  /**
   * Why its file is no more the one that was opened, with what was written to it: somebody put another one there, or a
   * backup into it. Null while it is. Asked now and then by who serves the log: others find out when they write.
   */
  whyLost(): Promise<string | null>;
}

export interface SqliteStoreParts {
  readonly connection: Connection;
  readonly engine: string;
  readonly file: FileIdentity;
  readonly mainFile: MainFile;
  readonly patience: Patience;
  /** Pause between the first two looks for other processes' appends while somebody waits for a hint. */
  readonly pollMs: number;
}

/** Entries dropped in one transaction, with other work in between: few enough to keep others waiting for some milliseconds. */
const compactionStepEntries = 500;
/** Entries that are read in one piece: a reader of more lets others have their turn before each piece. */
const pieceEntries = 64;

/** The log in a SQLite file that any number of processes may have open. */
export class SqliteLogStore implements SqliteStore {
  readonly capabilities: StoreCapabilities;
  readonly engine: string;
  readonly #connection: Connection;
  readonly #file: FileIdentity;
  readonly #mainFile: MainFile;
  readonly #patience: Patience;
  readonly #pollMs: number;
  readonly #closing = new AbortController();
  readonly #index: LogIndex;
  #closed = false;
  /** A commit's outcome is unknown: nothing may be answered before another commit has made it final. */
  #inDoubt = false;

  constructor(parts: SqliteStoreParts) {
    this.#connection = parts.connection;
    this.#index = new LogIndex(parts.connection);
    this.engine = parts.engine;
    this.#file = parts.file;
    this.capabilities = { kind: 'embedded', durable: true, shared: true, file: parts.file.path };
    this.#mainFile = parts.mainFile;
    this.#patience = parts.patience;
    this.#pollMs = parts.pollMs;
  }

  bounds(): Promise<LogBounds> {
    return this.#perform(() => tables.boundsOf(this.#connection));
  }

  async append(expectedRevision: Revision, entries: readonly Entry[]): Promise<AppendOutcome> {
    checkAppended(expectedRevision, entries);
    const rows = entries.map(encodeEntry);
    return this.#perform(() => this.#appendOnce(expectedRevision, entries, rows));
  }

  read(fromRevision: Revision, limit: number): Promise<ReadOutcome> {
    return this.#readPage((bounds) => forwardRange(bounds, fromRevision, limit));
  }

  async readBackward(beforeRevision: Revision, limit: number): Promise<ReadOutcome> {
    const outcome = await this.#readPage((bounds) => backwardRange(bounds, beforeRevision, limit));
    return outcome.kind === 'entries' ? { kind: 'entries', entries: outcome.entries.toReversed() } : outcome;
  }

  /** Who reads many pages in a row lets others have their turn between them. */
  async #readPage(choose: (bounds: LogBounds) => ReadRange): Promise<ReadOutcome> {
    const outcome = await this.#perform(() => this.#read(choose));
    if (outcome.kind === 'entries' && outcome.entries.length > pieceEntries) await otherWork();
    return outcome;
  }

  async search(search: EntrySearch, beforeRevision: Revision, limit: number): Promise<SearchOutcome> {
    await this.#completeIndex();
    await otherWork();
    const { entries, next } = await this.#perform(() =>
      this.#connection.withoutCommit(() =>
        this.#index.search(search, beforeRevision, Math.min(limit, pieceEntries)),
      ),
    );
    return { entries, next: next === null ? null : asRevision(next) };
  }

  async findRequest(requestId: RequestId): Promise<Entry | null> {
    await this.#completeIndex();
    const recent = await this.#perform(() =>
      this.#connection.withoutCommit(() => this.#index.findRecentRequest(requestId)),
    );
    if (recent !== null) return recent;
    for (let before: number | null = Number.MAX_SAFE_INTEGER; before !== null; await otherWork()) {
      const segment: number = before;
      const { entry, next } = await this.#perform(() =>
        this.#connection.withoutCommit(() => this.#index.findRequestBefore(requestId, segment)),
      );
      if (entry !== null) return entry;
      before = next;
    }
    return null;
  }

  forgottenRequests(requestIds: readonly RequestId[]): Promise<ReadonlySet<RequestId>> {
    return this.#perform(() =>
      this.#connection.withoutCommit(() => forgottenAmong(this.#connection, requestIds)),
    );
  }

  async *requestPrints(): AsyncGenerator<Uint32Array, void, undefined> {
    await this.#completeIndex();
    for (let before: number | null = Number.MAX_SAFE_INTEGER; before !== null; await otherWork()) {
      const segment: number = before;
      const { rows, next } = await this.#perform(() => printsBefore(this.#connection, segment));
      for (const row of rows) yield row.prints;
      before = next;
    }
  }

  async hint(sinceRevision: Revision, signal: AbortSignal): Promise<void> {
    const { time } = this.#patience;
    const pauseMs = jitteredBackoff({ firstMs: this.#pollMs, longestMs: 50 * this.#pollMs, jitter: 0 });
    const version = this.#look(() => this.#versionAt(sinceRevision));
    for (let looks = 1; version !== null && !signal.aborted; looks += 1) {
      await wakeAtFirst(
        (wake) => time.schedule(pauseMs(looks), wake),
        onAbort(this.#closing.signal),
        onAbort(signal),
      );
      if (this.#look(() => tables.dataVersion(this.#connection)) !== version) return;
    }
  }

  saveSnapshot(snapshot: StoredSnapshot): Promise<void> {
    return this.#perform(() =>
      this.#write(() => {
        checkSnapshotRevision(snapshot.revision, tables.boundsOf(this.#connection));
        tables.upsertSnapshot(this.#connection, encodeSnapshot(snapshot));
      }),
    );
  }

  loadSnapshot(atOrBefore?: Revision): Promise<StoredSnapshot | null> {
    return this.#perform(() => {
      const row = tables.newestSnapshot(this.#connection, atOrBefore ?? Number.MAX_SAFE_INTEGER);
      return row === null ? null : decodeSnapshot(row);
    });
  }

  async compact(beforeRevision: Revision): Promise<void> {
    for (let done = false; !done; await otherWork())
      done = await this.#perform(() => this.#write(() => this.#compactStep(beforeRevision)));
  }

  identity(): Promise<string> {
    return this.#perform(() => tables.identityOf(this.#connection));
  }

  async beginAfter(expectedRevision: Revision, snapshot: StoredSnapshot): Promise<boolean> {
    checkBeginning(expectedRevision, snapshot.revision);
    if (!(await this.#forgetAll(expectedRevision))) return false;
    const first = snapshot.revision + 1;
    await this.#perform(() => this.#putAside(expectedRevision, first));
    return this.#perform(() =>
      this.#write(() => {
        if (tables.boundsOf(this.#connection).last !== expectedRevision) return false;
        tables.beginWith(this.#connection, first);
        tables.upsertSnapshot(this.#connection, encodeSnapshot(snapshot));
        return true;
      }),
    );
  }

  async formerLog(): Promise<string | null> {
    const { first } = await this.bounds();
    return first === 1 ? null : formerLog(this.#file.path, first);
  }

  /** What somebody else has begun meanwhile is not taken for what was there before. */
  #putAside(last: Revision, first: number): void {
    const bounds = (): LogBounds => tables.boundsOf(this.#connection);
    const isStill = (): boolean => bounds().last === last;
    if (bounds().first <= last) putAside(this.#connection, this.#file.path, first, isStill);
  }

  /** Keeps the ids of all requests. False when `last` is not the last revision. */
  async #forgetAll(last: Revision): Promise<boolean> {
    const bounds = await this.bounds();
    if (bounds.last !== last) return false;
    for (let from: number = bounds.first; from <= last; from += compactionStepEntries) {
      const to = Math.min(last, from + compactionStepEntries - 1);
      await this.#perform(() => this.#write(() => forgetRequests(this.#connection, from, to)));
      await otherWork();
    }
    return true;
  }

  async verify(): Promise<readonly StoreError[]> {
    const { path } = this.#file;
    const problems = await problemsOf(this.#connection, (attempt) => this.#perform(attempt));
    return problems.map((problem) => withFile(problem, path));
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#closing.abort();
    // To close it would carry the WAL over into what somebody else has put there; the process ends soon, and that does not.
    // Where the WAL has only lost its name, that saves what it has.
    if (this.#mainFile.isOverwritten || this.#file.hasStrangers) return;
    this.#connection.checkpoint();
    this.#connection.close();
  }

  async whyLost(): Promise<string | null> {
    try {
      if (!this.#closed) await this.#perform(() => this.#refuseIfReplaced());
      return null;
    } catch (error) {
      if (error instanceof StoreError && error.code === 'CANNOT_OPEN') return error.message;
      throw error;
    }
  }

  /** Every call goes through here: closed, in doubt, busy, failed. */
  #perform<T>(attempt: () => T): Promise<T> {
    const checked = (): T => {
      if (this.#closed) throw closedError();
      if (this.#inDoubt) this.#settle();
      return attempt();
    };
    return retryWhileBusy(this.#patience, checked).catch((error: unknown) => {
      throw asStoreError(error, this.#file.path);
    });
  }

  /** In steps, with other work in between: a log from before there was an index may be long. */
  async #completeIndex(): Promise<void> {
    while (await this.#perform(() => this.#index.isBehind())) {
      await this.#perform(() => this.#write(() => this.#index.catchUp()));
      await otherWork();
    }
  }

  #appendOnce(
    expectedRevision: Revision,
    entries: readonly Entry[],
    rows: readonly StoredEntry[],
  ): AppendOutcome {
    let marks: readonly Mark[] = [];
    const outcome = this.#commit((): AppendOutcome => {
      const { last } = tables.boundsOf(this.#connection);
      if (last !== expectedRevision) return { kind: 'refused', lastRevision: last };
      for (const row of rows) tables.insertEntry(this.#connection, row);
      marks = this.#index.marksOf(entries);
      this.#index.appended(marks);
      return { kind: 'done' };
    });
    if (outcome.kind === 'unknown') return outcome;
    if (outcome.value.kind === 'done') this.#index.committed(marks);
    return outcome.value;
  }

  #read(choose: (bounds: LogBounds) => ReadRange): ReadOutcome {
    return this.#connection.withoutCommit(() => {
      const range = choose(tables.boundsOf(this.#connection));
      if (range.kind === 'compacted') return range;
      return { kind: 'entries', entries: tables.entriesOf(this.#connection, range.from, range.to) };
    });
  }

  /** Drops one step's worth and returns whether that was all. Each step leaves a log that is whole in itself. */
  #compactStep(beforeRevision: Revision): boolean {
    const { first } = tables.boundsOf(this.#connection);
    if (beforeRevision <= first) return true;
    const revisions = tables.snapshotRevisions(this.#connection);
    if (!revisions.some((revision) => revision >= beforeRevision - 1))
      throw compactionRefused(beforeRevision);
    const step = Math.min(beforeRevision, first + compactionStepEntries);
    tables.dropEntriesBefore(this.#connection, step);
    if (step < beforeRevision) return false;
    tables.deleteSnapshotsBefore(this.#connection, snapshotToKeep(revisions, beforeRevision));
    return true;
  }

  /** A write that may be repeated: an unknown outcome is a failure like others. */
  #write<T>(body: () => T): T {
    const outcome = this.#commit(body);
    if (outcome.kind === 'unknown') throw outcome.cause;
    return outcome.value;
  }

  #commit<T>(body: () => T): Committed<T> {
    const outcome = this.#connection.writing(() => {
      this.#refuseIfReplaced();
      return body();
    });
    this.#mainFile.committed();
    this.#inDoubt = outcome.kind === 'unknown';
    return outcome;
  }

  #refuseIfReplaced(): void {
    this.#file.refuseIfReplaced();
    this.#mainFile.refuseIfOverwritten(() => ({
      identity: tables.identityOf(this.#connection),
      last: tables.boundsOf(this.#connection).last,
    }));
  }

  /**
   * Makes an unknown outcome final. What the failed commit may have left in the WAL is overwritten by this one, which
   * writes at the same place; until that succeeds, a read could say "not there" about an entry that a crash would
   * bring back.
   */
  #settle(): void {
    this.#write(() => tables.touch(this.#connection));
  }

  /** What changes with each commit of others; null where the log goes beyond a revision already. */
  #versionAt(revision: Revision): number | null {
    const version = tables.dataVersion(this.#connection);
    return tables.boundsOf(this.#connection).last > revision ? null : version;
  }

  /** Null when nothing can be told: then the next read finds out, with its retries. */
  #look(read: () => number | null): number | null {
    try {
      return this.#closed ? null : read();
    } catch {
      return null;
    }
  }
}
