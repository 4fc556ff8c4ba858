import type { Entry, RequestId, Revision } from '../../core/index.ts';
import { markOf, printOf, type Mark } from '../marks.ts';
import { isFound, type EntrySearch } from '../subjects.ts';
import type { Connection } from './connection.ts';
import {
  addToIndex,
  indexableUpTo,
  indexedUpTo,
  matchesOf,
  printsBefore,
  segmentEntries,
  type PrintRow,
} from './entry-index.ts';
import { boundsOf, entriesAt, entriesOf } from './tables.ts';

/** Segments that are added in one transaction: some milliseconds. */
const stepSegments = 4;

/** What one look for entries found. */
interface Found {
  readonly entries: readonly Entry[];
  readonly next: number | null;
}

/** Keeps the index in step with the log, and searches it. The caller brings the transactions. */
export class LogIndex {
  readonly #connection: Connection;
  /** Of the newest entries, without gaps, as far as this process appended them. */
  #tail: Mark[] = [];

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Of entries that are in the log, or were appended in this transaction. */
  marksOf(entries: readonly Entry[]): Mark[] {
    return entries.map((entry) => markOf(entry, this.#entryAt));
  }

  /** What is damaged or dropped is not there. */
  readonly #entryAt = (revision: Revision): Entry | null => {
    try {
      return entriesOf(this.#connection, revision, revision)[0] ?? null;
    } catch {
      return null;
    }
  };

  /** Within the transaction that appended entries: adds what has become a whole segment. */
  appended(marks: readonly Mark[]): void {
    const upTo = indexableUpTo(marks.at(-1)?.revision ?? 0);
    if (upTo < (marks[0]?.revision ?? 0)) return;
    const indexed = this.#indexed();
    if (upTo <= indexed || upTo - indexed > stepSegments * segmentEntries) return;
    const known = follows(this.#tail, marks) ? [...this.#tail, ...marks] : marks;
    addToIndex(this.#connection, this.#marks(known, indexed + 1, upTo), upTo);
  }

  /** The appended entries are in the log. */
  committed(marks: readonly Mark[]): void {
    if (!follows(this.#tail, marks)) this.#tail = [];
    this.#tail.push(...marks);
    if (this.#tail.length > 2 * segmentEntries) this.#tail = this.#tail.slice(-segmentEntries);
  }

  /** What was dropped, and what lies before a beginning, needs no index. */
  #indexed(): number {
    const { first } = boundsOf(this.#connection);
    return Math.max(indexedUpTo(this.#connection), indexableUpTo(first - 1));
  }

  /** Whether whole segments are missing, as in a log from before there was an index. */
  isBehind(): boolean {
    return indexableUpTo(boundsOf(this.#connection).last) > this.#indexed();
  }

  /** Adds some of the segments that are missing. */
  catchUp(): void {
    const { last } = boundsOf(this.#connection);
    const indexed = this.#indexed();
    const upTo = Math.min(indexableUpTo(last), indexed + stepSegments * segmentEntries);
    if (upTo > indexed) addToIndex(this.#connection, this.#marks([], indexed + 1, upTo), upTo);
  }

  /** Entries before a revision that match, newest first, at most `limit`. */
  search(search: EntrySearch, before: number, limit: number): Found {
    const { first, last } = boundsOf(this.#connection);
    const indexed = this.#indexed();
    const revisions: number[] = [];
    const newest = this.#marks(this.#tail, Math.max(first, indexed + 1), Math.min(last, before - 1));
    for (const { revision, subjects } of newest.toReversed()) {
      if (!isFound(subjects, search)) continue;
      revisions.push(revision);
      if (revisions.length >= limit) return this.#found(revisions, revision);
    }
    const range = { first, before: Math.min(before, indexed + 1) };
    const matches = matchesOf(this.#connection, search, range, limit - revisions.length);
    return this.#found([...revisions, ...matches.revisions], matches.next);
  }

  #found(revisions: readonly number[], next: number | null): Found {
    return { entries: entriesAt(this.#connection, revisions), next };
  }

  /** The newest entry under a request id that is not in the index yet. */
  findRecentRequest(id: RequestId): Entry | null {
    const { first, last } = boundsOf(this.#connection);
    const newest = this.#marks(this.#tail, Math.max(first, this.#indexed() + 1), last);
    const print = printOf(id);
    return this.#entryOf(
      newest.toReversed().flatMap((mark) => (mark.print === print ? [mark.revision] : [])),
      id,
    );
  }

  /** The same among the indexed entries of one look, and where the next one goes on. */
  findRequestBefore(id: RequestId, segment: number): { entry: Entry | null; next: number | null } {
    const { rows, next } = printsBefore(this.#connection, segment);
    const print = printOf(id);
    const entry = this.#entryOf(
      rows.flatMap((row) => revisionsOfPrint(row, print)),
      id,
    );
    return { entry, next: entry === null ? next : null };
  }

  #entryOf(revisions: readonly number[], id: RequestId): Entry | null {
    const { first } = boundsOf(this.#connection);
    for (const revision of revisions) {
      if (revision < first) continue;
      const [entry] = entriesOf(this.#connection, revision, revision);
      if (entry?.requestId === id) return entry;
    }
    return null;
  }

  /** Of the entries `from` to `to`, both included, as far as they are known; the others are read. */
  #marks(known: readonly Mark[], from: number, to: number): readonly Mark[] {
    const [oldest] = known;
    const newest = known.at(-1);
    if (oldest !== undefined && newest !== undefined && oldest.revision <= from && newest.revision >= to)
      return known.slice(from - oldest.revision, Math.max(0, to - oldest.revision + 1));
    return this.#readMarks(from, to);
  }

  /** A damaged entry cannot be found, which must not keep the others from being found. */
  #readMarks(from: number, to: number): Mark[] {
    const { first } = boundsOf(this.#connection);
    const marks: Mark[] = [];
    for (let revision = Math.max(first, from); revision <= to; revision += 1)
      try {
        marks.push(...this.marksOf(entriesOf(this.#connection, revision, revision)));
      } catch {
        continue;
      }
    return marks;
  }
}

function follows(known: readonly Mark[], more: readonly Mark[]): boolean {
  return known.at(-1)?.revision === (more[0]?.revision ?? 0) - 1;
}

/** Newest first. */
function revisionsOfPrint({ first, prints }: PrintRow, print: number): number[] {
  const revisions: number[] = [];
  for (let offset = prints.lastIndexOf(print); offset >= 0; offset = prints.lastIndexOf(print, offset - 1)) {
    revisions.push(first + offset);
    if (offset === 0) break;
  }
  return revisions;
}
