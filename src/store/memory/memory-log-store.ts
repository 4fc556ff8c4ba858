import { asRevision, type Entry, type RequestId, type Revision } from '../../core/index.ts';
import {
  decodeEntry,
  decodeSnapshot,
  encodeEntry,
  encodeSnapshot,
  requestIdIn,
  type StoredEntry,
  type StoredSnapshotRow,
} from '../codec.ts';
import { closedError } from '../errors.ts';
import type {
  AppendOutcome,
  LogBounds,
  LogStore,
  ReadOutcome,
  SearchOutcome,
  StoreCapabilities,
  StoredSnapshot,
} from '../log-store.ts';
import { backwardRange, checkAppended, decodeRange, forwardRange, type ReadRange } from '../ranges.ts';
import { checkBeginning, checkSnapshotRevision, compactionRefused, snapshotToKeep } from '../snapshots.ts';
import { printOf } from '../marks.ts';
import { isFound, subjectsOf, type EntrySearch } from '../subjects.ts';
import { onAbort, wakeAtFirst } from '../../time/index.ts';
import { Bell } from './bell.ts';

let memoryLogs = 0;

/** What several {@link MemoryLogStore}s share: the place of the file that several processes open. */
export class MemoryLog {
  readonly identity: string = `memory-${(memoryLogs += 1)}`;
  first = 1;
  /** Without gaps from `first` on. Encoded, so that nobody can change history through an object he still holds. */
  entries: StoredEntry[] = [];
  /** By revision, ascending. */
  snapshots: StoredSnapshotRow[] = [];
  /** Of entries that are gone. */
  readonly forgotten = new Set<RequestId>();
  readonly bell = new Bell<MemoryLogStore>();
}

/** The contract in memory: for simulation, tests and throw-away use. */
export class MemoryLogStore implements LogStore {
  readonly capabilities: StoreCapabilities = { kind: 'memory', durable: false, shared: false, file: null };
  readonly #log: MemoryLog;
  readonly #closing = new AbortController();

  constructor(log: MemoryLog = new MemoryLog()) {
    this.#log = log;
  }

  async bounds(): Promise<LogBounds> {
    this.#refuseClosed();
    return this.#bounds();
  }

  async append(expectedRevision: Revision, entries: readonly Entry[]): Promise<AppendOutcome> {
    this.#refuseClosed();
    checkAppended(expectedRevision, entries);
    const { last } = this.#bounds();
    if (last !== expectedRevision) return { kind: 'refused', lastRevision: last };
    for (const entry of entries) this.#log.entries.push(encodeEntry(entry));
    this.#log.bell.ring(this);
    return { kind: 'done' };
  }

  async read(fromRevision: Revision, limit: number): Promise<ReadOutcome> {
    this.#refuseClosed();
    return this.#entriesOf(forwardRange(this.#bounds(), fromRevision, limit));
  }

  async readBackward(beforeRevision: Revision, limit: number): Promise<ReadOutcome> {
    this.#refuseClosed();
    const outcome = this.#entriesOf(backwardRange(this.#bounds(), beforeRevision, limit));
    return outcome.kind === 'entries' ? { kind: 'entries', entries: outcome.entries.toReversed() } : outcome;
  }

  /** Looks through all that is before: nothing here is long. */
  async search(search: EntrySearch, beforeRevision: Revision, limit: number): Promise<SearchOutcome> {
    this.#refuseClosed();
    const found: Entry[] = [];
    const entryAt = (revision: Revision): Entry | null => this.#entryAt(revision);
    for (const entry of this.#newestFirst(beforeRevision)) {
      if (!isFound(subjectsOf(entry, entryAt), search)) continue;
      found.push(entry);
      if (found.length >= limit) return { entries: found, next: entry.revision };
    }
    return { entries: found, next: null };
  }

  async findRequest(requestId: RequestId): Promise<Entry | null> {
    this.#refuseClosed();
    for (const entry of this.#newestFirst()) if (entry.requestId === requestId) return entry;
    return null;
  }

  async forgottenRequests(requestIds: readonly RequestId[]): Promise<ReadonlySet<RequestId>> {
    this.#refuseClosed();
    return new Set(requestIds.filter((id) => this.#log.forgotten.has(id)));
  }

  async *requestPrints(): AsyncGenerator<Uint32Array, void, undefined> {
    this.#refuseClosed();
    const prints = this.#log.entries.map((row) => decodeEntry(row).requestId);
    yield Uint32Array.from(prints, (id) => (id === null ? 0 : printOf(id)));
  }

  #entryAt(revision: Revision): Entry | null {
    const row = this.#log.entries[revision - this.#log.first];
    return row === undefined ? null : decodeEntry(row);
  }

  /** `before`: left out for all. */
  *#newestFirst(before: number = Infinity): Generator<Entry> {
    const count = Math.min(Math.max(0, before - this.#log.first), this.#log.entries.length);
    for (const row of this.#log.entries.slice(0, count).reverse()) yield decodeEntry(row);
  }

  async hint(sinceRevision: Revision, signal: AbortSignal): Promise<void> {
    const { bell } = this.#log;
    if (this.#closing.signal.aborted || signal.aborted || this.#bounds().last > sinceRevision) return;
    await wakeAtFirst(
      (wake) => bell.listen((ringer) => void (ringer !== this && wake())),
      onAbort(this.#closing.signal),
      onAbort(signal),
    );
  }

  async saveSnapshot(snapshot: StoredSnapshot): Promise<void> {
    this.#refuseClosed();
    checkSnapshotRevision(snapshot.revision, this.#bounds());
    const others = this.#log.snapshots.filter((kept) => kept.revision !== snapshot.revision);
    this.#log.snapshots = [...others, encodeSnapshot(snapshot)].sort((a, b) => a.revision - b.revision);
  }

  async loadSnapshot(atOrBefore?: Revision): Promise<StoredSnapshot | null> {
    this.#refuseClosed();
    const newest = this.#log.snapshots.findLast((row) => row.revision <= (atOrBefore ?? Infinity));
    return newest === undefined ? null : decodeSnapshot(newest);
  }

  async compact(beforeRevision: Revision): Promise<void> {
    this.#refuseClosed();
    const log = this.#log;
    if (beforeRevision <= log.first) return;
    const revisions = log.snapshots.map((row) => row.revision);
    if (!revisions.some((revision) => revision >= beforeRevision - 1))
      throw compactionRefused(beforeRevision);
    this.#forget(log.entries.splice(0, beforeRevision - log.first));
    log.first = beforeRevision;
    log.snapshots = log.snapshots.filter((row) => row.revision >= snapshotToKeep(revisions, beforeRevision));
  }

  async identity(): Promise<string> {
    this.#refuseClosed();
    return this.#log.identity;
  }

  async formerLog(): Promise<string | null> {
    this.#refuseClosed();
    return null;
  }

  async beginAfter(expectedRevision: Revision, snapshot: StoredSnapshot): Promise<boolean> {
    this.#refuseClosed();
    checkBeginning(expectedRevision, snapshot.revision);
    if (this.#bounds().last !== expectedRevision) return false;
    this.#log.first = snapshot.revision + 1;
    this.#forget(this.#log.entries.splice(0));
    this.#log.snapshots = [encodeSnapshot(snapshot)];
    return true;
  }

  async close(): Promise<void> {
    this.#closing.abort();
  }

  #forget(rows: readonly StoredEntry[]): void {
    for (const row of rows) {
      const id = requestIdIn(row);
      if (id !== null) this.#log.forgotten.add(id);
    }
  }

  #bounds(): LogBounds {
    const { first, entries } = this.#log;
    return { first: asRevision(first), last: asRevision(first + entries.length - 1) };
  }

  #entriesOf(range: ReadRange): ReadOutcome {
    if (range.kind === 'compacted') return range;
    const { first, entries } = this.#log;
    const rows = entries.slice(range.from - first, Math.max(range.to, range.from - 1) - first + 1);
    return { kind: 'entries', entries: decodeRange(rows, range.from, range.to) };
  }

  #refuseClosed(): void {
    if (this.#closing.signal.aborted) throw closedError();
  }
}
