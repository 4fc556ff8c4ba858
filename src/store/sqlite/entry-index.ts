/**
 * The index over the log: which entries concern a scope, an agent or a kind of event, and which request ids were used.
 *
 * It is written in segments of entries, not entry by entry: a row for each subject of each entry would cost every append
 * several pages more. The newest entries, less than a segment, are looked through instead. Above the segments lie areas:
 * for a subject and an area, a bit for each segment in which the subject occurs. So a search costs a look for each area,
 * and then only what it finds.
 */
import type { EntrySearch, Subject } from '../subjects.ts';
import type { Mark } from '../marks.ts';
import type { Connection } from './connection.ts';

export const segmentEntries = 512;
/** Bits of an area that stay within what JavaScript's operators take for a positive number. */
const areaSegments = 30;

const segmentOf = (revision: number): number => Math.floor((revision - 1) / segmentEntries);
const firstOf = (segment: number): number => segment * segmentEntries + 1;

/** The last revision up to which whole segments can be indexed. */
export const indexableUpTo = (last: number): number => last - (last % segmentEntries);

/** The last revision that is in the index. */
export function indexedUpTo(connection: Connection): number {
  return connection.row<{ indexed: number }>('SELECT indexed FROM log').indexed;
}

/** Adds whole segments: the marks of all entries from the last indexed revision on, up to `upTo`. */
export function addToIndex(connection: Connection, marks: readonly Mark[], upTo: number): void {
  const segments = new Map<number, Mark[]>();
  for (const mark of marks) {
    const segment = segmentOf(mark.revision);
    const known = segments.get(segment);
    if (known === undefined) segments.set(segment, [mark]);
    else known.push(mark);
  }
  for (const [segment, inSegment] of segments) addSegment(connection, segment, inSegment);
  connection.run('UPDATE log SET indexed = ?', upTo);
}

function addSegment(connection: Connection, segment: number, marks: readonly Mark[]): void {
  const prints = new Uint32Array(segmentEntries);
  const offsetsBySubject = new Map<Subject, number[]>();
  for (const { revision, subjects, print } of marks) {
    const offset = revision - firstOf(segment);
    prints[offset] = print;
    for (const subject of subjects) {
      const offsets = offsetsBySubject.get(subject);
      if (offsets === undefined) offsetsBySubject.set(subject, [offset]);
      else offsets.push(offset);
    }
  }
  connection.run('INSERT OR REPLACE INTO request (segment, prints) VALUES (?, ?)', segment, bytesOf(prints));
  const area = Math.floor(segment / areaSegments);
  const bit = 1 << (segment % areaSegments);
  for (const [subject, offsets] of offsetsBySubject) {
    connection.run(
      'INSERT OR REPLACE INTO place (segment, subject, offsets) VALUES (?, ?, ?)',
      segment,
      subject,
      bytesOf(Uint16Array.from(offsets)),
    );
    connection.run(
      `INSERT INTO area (area, subject, segments) VALUES (?, ?, ?)
       ON CONFLICT (area, subject) DO UPDATE SET segments = segments | excluded.segments`,
      area,
      subject,
      bit,
    );
  }
}

/** Forgets segments of which no entry is left. */
export function dropFromIndex(connection: Connection, firstRevision: number): void {
  const segment = segmentOf(firstRevision);
  connection.run('DELETE FROM place WHERE segment < ?', segment);
  connection.run('DELETE FROM request WHERE segment < ?', segment);
  connection.run('DELETE FROM area WHERE area < ?', Math.floor(segment / areaSegments));
}

/** Revisions that match, newest first, and where to go on; null when nothing older is indexed. */
export interface Matches {
  readonly revisions: number[];
  readonly next: number | null;
}

/** Areas and segments that one look takes at most, so that others have their turn in between. */
const areasMax = 64;
const segmentsMax = 128;

/** Indexed entries before a revision that match, as many as one look takes, at most `limit`. */
export function matchesOf(
  connection: Connection,
  search: EntrySearch,
  range: { readonly first: number; readonly before: number },
  limit: number,
): Matches {
  const revisions: number[] = [];
  const oldest = segmentOf(range.first);
  let segment = segmentOf(range.before - 1);
  let looked = 0;
  for (let areas = 0; segment >= oldest; areas += 1) {
    if (areas >= areasMax) return { revisions, next: firstOf(segment + 1) };
    const area = Math.floor(segment / areaSegments);
    const bits = segmentsIn(connection, area, search);
    for (; segment >= oldest && Math.floor(segment / areaSegments) === area; segment -= 1) {
      if ((bits & (1 << (segment % areaSegments))) === 0) continue;
      if (looked >= segmentsMax) return { revisions, next: firstOf(segment + 1) };
      looked += 1;
      for (const revision of revisionsIn(connection, segment, search)) {
        if (revision >= range.before || revision < range.first) continue;
        revisions.push(revision);
        if (revisions.length >= limit) return { revisions, next: revision };
      }
    }
  }
  return { revisions, next: null };
}

/** A bit for each segment of an area in which every list of the search is met somewhere. */
function segmentsIn(connection: Connection, area: number, search: EntrySearch): number {
  let all = -1;
  for (const alternatives of search) {
    let some = 0;
    for (const subject of alternatives) some |= segmentsOf(connection, area, subject);
    all &= some;
  }
  return all;
}

function segmentsOf(connection: Connection, area: number, subject: Subject): number {
  const [row] = connection.rows<{ segments: number }>(
    'SELECT segments FROM area WHERE area = ? AND subject = ?',
    area,
    subject,
  );
  return row?.segments ?? 0;
}

/** Newest first. */
function revisionsIn(connection: Connection, segment: number, search: EntrySearch): number[] {
  const met = new Uint8Array(segmentEntries);
  search.forEach((alternatives, index) => {
    for (const subject of alternatives)
      for (const offset of offsetsOf(connection, segment, subject))
        if (met[offset] === index) met[offset] = index + 1;
  });
  const revisions: number[] = [];
  for (let offset = segmentEntries - 1; offset >= 0; offset -= 1)
    if (met[offset] === search.length) revisions.push(firstOf(segment) + offset);
  return revisions;
}

function offsetsOf(connection: Connection, segment: number, subject: Subject): Uint16Array {
  const [row] = connection.rows<{ offsets: Uint8Array }>(
    'SELECT offsets FROM place WHERE segment = ? AND subject = ?',
    segment,
    subject,
  );
  return row === undefined ? new Uint16Array(0) : new Uint16Array(alignedCopy(row.offsets));
}

/** Prints of request ids in one look's worth of segments before one; and where to go on, null when there are no more. */
export function printsBefore(
  connection: Connection,
  segment: number,
): { readonly rows: readonly PrintRow[]; readonly next: number | null } {
  const found = connection.rows<{ segment: number; prints: Uint8Array }>(
    'SELECT segment, prints FROM request WHERE segment < ? ORDER BY segment DESC LIMIT ?',
    segment,
    segmentsMax,
  );
  const rows = found.map((row) => ({
    first: firstOf(row.segment),
    prints: new Uint32Array(alignedCopy(row.prints)),
  }));
  return { rows, next: found.length < segmentsMax ? null : (found.at(-1)?.segment ?? null) };
}

/** Prints of the entries of a segment, in order, the one of `first` first; 0: it has none. */
export interface PrintRow {
  readonly first: number;
  readonly prints: Uint32Array;
}

function bytesOf(array: Uint16Array | Uint32Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

function alignedCopy(bytes: Uint8Array): ArrayBuffer {
  return bytes.slice().buffer as ArrayBuffer;
}
