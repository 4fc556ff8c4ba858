import { assert, type Entry, type Revision } from '../core/index.ts';
import { corruptEntry, decodeEntry, type StoredEntry } from './codec.ts';
import type { LogBounds } from './log-store.ts';

/** What a read will answer: revisions `from` to `to`, both included (none when `to < from`), or that they are gone. */
export type ReadRange =
  | { readonly kind: 'range'; readonly from: number; readonly to: number }
  | { readonly kind: 'compacted'; readonly first: Revision };

/** At most `limit` revisions from a position on. */
export function forwardRange(bounds: LogBounds, from: Revision, limit: number): ReadRange {
  checkLimit(limit);
  if (from < bounds.first) return { kind: 'compacted', first: bounds.first };
  return { kind: 'range', from, to: Math.min(bounds.last, from + limit - 1) };
}

/** At most `limit` revisions before a position. Nothing was ever before revision 1; before a later `first` all is gone. */
export function backwardRange(bounds: LogBounds, before: Revision, limit: number): ReadRange {
  checkLimit(limit);
  if (before <= bounds.first && bounds.first > 1) return { kind: 'compacted', first: bounds.first };
  const to = Math.min(bounds.last, before - 1);
  return { kind: 'range', from: Math.max(bounds.first, to - limit + 1), to };
}

/** Decodes the rows of a range in order. A row that is not there is a corrupt entry, never skipped. */
export function decodeRange(rows: readonly StoredEntry[], from: number, to: number): Entry[] {
  const entries = rows.map((row, index) => {
    if (row.revision !== from + index) throw missingEntry(from + index);
    return decodeEntry(row);
  });
  if (entries.length < to - from + 1) throw missingEntry(from + entries.length);
  return entries;
}

/** The caller's side of `append`: at least one entry, and exactly the revisions that follow. */
export function checkAppended(expectedRevision: Revision, entries: readonly Entry[]): void {
  assert(entries.length > 0, 'append: at least one entry is needed');
  entries.forEach((entry, index) => {
    const wanted = expectedRevision + 1 + index;
    assert(entry.revision === wanted, `append: entry ${entry.revision} where ${wanted} must follow`);
  });
}

function checkLimit(limit: number): void {
  assert(Number.isSafeInteger(limit) && limit >= 1, `read: limit ${limit} must be a whole number from 1`);
}

function missingEntry(revision: number): Error {
  return corruptEntry(revision, 'it is missing');
}
