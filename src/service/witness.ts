/**
 * Numbers that were handed out as fencing tokens, epochs and tickets must never be handed out again, also when the log is
 * gone: moved away because it was damaged, deleted, or replaced by a backup of it. So how far it came is noted outside of it
 * as well, before anybody is told of an entry. A log that has not come as far goes on above that; what it had is put aside,
 * because it would accept numbers that have been taken back since.
 */
import { asRevision, asTimeMs, encodeState, initialState, type Revision } from '../core/index.ts';
import type { LogStore } from '../store/index.ts';
import type { Report } from './failures.ts';

/** How far which log had come. */
export interface Sighting {
  readonly log: string;
  readonly last: Revision;
}

/** Keeps the last sighting, outside of the log. */
export interface Witness {
  /** Null when no log was seen here; `unreadable` when one was, and it cannot be told how far that had come. */
  read(): Sighting | 'unreadable' | null;
  /** Must outlive this process, and need not outlive a loss of power: the log is above by a margin then. */
  note(seen: Sighting): void;
}

/** Where nobody needs it: a log that cannot be lost but with its witness. */
export const noWitness: Witness = { read: () => null, note: () => undefined };

/** More than a log can grow before the system has written the witness by itself. */
const marginRevisions = 1_000_000;

/** So far comes no log: that is one entry in each millisecond of 140,000 years. */
const furthest = 2 ** 52;

/** What is known when a log is opened. */
export interface Circumstances {
  readonly witness: Witness;
  /** Milliseconds since 1970. */
  readonly wallMs: () => number;
  readonly report: Report;
}

/** Lets a log go on above all that was handed out before, and returns how to note what it hands out from now on. */
export async function goOnAbove(
  store: LogStore,
  { witness, wallMs, report }: Circumstances,
): Promise<(last: Revision) => void> {
  const seen = believable(witness.read());
  const log = await store.identity();
  for (let begun = false; !begun;) {
    const { last } = await store.bounds();
    const floor = seen === 'unreadable' ? floorOfUnknown(last, wallMs()) : floorOf({ log, last }, seen);
    begun = floor === null || (await beginAbove(store, last, floor, report));
  }
  witness.note({ log, last: (await store.bounds()).last });
  return (last) => witness.note({ log, last });
}

/** A file that came with the repository, and says what no log can have come to, must not leave the numbers at their end. */
function believable(seen: Sighting | 'unreadable' | null): Sighting | 'unreadable' | null {
  return seen !== null && seen !== 'unreadable' && seen.last > furthest ? 'unreadable' : seen;
}

/** The number above which a log must go on; null when it is the one that was seen, or above it anyway. */
function floorOf(now: Sighting, seen: Sighting | null): Revision | null {
  if (seen === null) return null;
  const floor = asRevision(seen.last + marginRevisions);
  const isEnough = now.log === seen.log ? now.last >= seen.last : now.last >= floor;
  return isEnough ? null : asRevision(Math.max(now.last + 1, floor));
}

/**
 * Where nobody knows how far a log had come, one that is there is taken for it. A new one begins at the number of
 * milliseconds since 1970: no log grows by more than one a millisecond for as long as it exists.
 */
function floorOfUnknown(last: Revision, wallMs: number): Revision | null {
  return last > 0 ? null : asRevision(Math.max(marginRevisions, Math.floor(wallMs)));
}

async function beginAbove(
  store: LogStore,
  last: Revision,
  floor: Revision,
  report: Report,
): Promise<boolean> {
  const state = initialState();
  state.revision = floor;
  const begun = await store.beginAfter(last, {
    revision: floor,
    atMs: asTimeMs(0),
    body: encodeState(state),
  });
  if (begun)
    report({
      kind: 'logBegunAnew',
      message: `the log ends at revision ${last}, but one here had come further, or may have: it goes on after ${floor}, so that no number is given twice; agents join again`,
      cause: null,
    });
  return begun;
}
