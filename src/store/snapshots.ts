import { assert, type Revision } from '../core/index.ts';
import { StoreError } from './errors.ts';
import type { LogBounds } from './log-store.ts';

/** A snapshot belongs to a revision in the log; one of a revision that is still to come is the caller's bug. */
export function checkSnapshotRevision(revision: Revision, bounds: LogBounds): void {
  assert(revision <= bounds.last, `saveSnapshot: revision ${revision} is after the last one, ${bounds.last}`);
  if (revision < bounds.first) throw compacted(revision, bounds.first);
}

/** A position that was dropped from the log. */
function compacted(revision: Revision, first: Revision): StoreError {
  return new StoreError(
    'COMPACTED',
    `Log entry ${revision} was dropped by compaction: the oldest that can be read is ${first}. Start from a snapshot.`,
    { revision },
  );
}

/** A log begins anew after what it has: a number that was given is not given again. */
export function checkBeginning(last: Revision, revision: Revision): void {
  assert(revision > last, `beginAfter: revision ${revision} is not after the last one, ${last}`);
}

/**
 * The oldest snapshot that stays when entries before `beforeRevision` go: the newest at or before
 * `beforeRevision - 1`. 0 when there is none, so that all later ones stay.
 */
export function snapshotToKeep(revisions: readonly number[], beforeRevision: Revision): number {
  return Math.max(0, ...revisions.filter((revision) => revision < beforeRevision));
}

export function compactionRefused(beforeRevision: Revision): StoreError {
  return new StoreError(
    'COMPACTION_REFUSED',
    `Entries before ${beforeRevision} cannot be dropped: no snapshot at or after ${beforeRevision - 1} exists, so the state could not be rebuilt. Save a snapshot first.`,
    { revision: beforeRevision },
  );
}
