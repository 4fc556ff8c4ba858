/** The state as it was: the nearest snapshot at or before a moment, and the entries up to it. */
import { asRevision, type Revision, type State, type TimeMs } from '../core/index.ts';
import { CoordinatorError, type Moment } from '../protocol/index.ts';
import type { LogStore } from '../store/index.ts';
import type { Report } from './failures.ts';
import { loadBase, replay } from './recovery.ts';

/** How far the clock of whoever asks may be ahead of the log's, in milliseconds. */
const askerAheadMaxMs = 10_000;

/** The end of the log, and its time now. */
export interface LogEnd {
  readonly revision: Revision;
  readonly nowMs: TimeMs;
}

/**
 * The state at a moment at or before the end of the log. Fails with `INVALID_INPUT` when it is still to come, or from before
 * the log: the present, or that all was free, would be a false answer; with `COMPACTED` when it is no longer kept.
 */
export async function stateAt(store: LogStore, moment: Moment, end: LogEnd, report: Report): Promise<State> {
  refuseFuture(moment, end);
  const wanted = moment.kind === 'revision' ? moment.revision : await revisionAt(store, moment.atMs);
  if (wanted === null) throw noLongerKept(moment, (await store.bounds()).first);
  const revision = asRevision(Math.min(wanted, end.revision));
  const { first } = await store.bounds();
  if (revision < first - 1) throw noLongerKept(moment, first);
  const state = await loadBase(store, revision, report);
  if (revision < first && state.timeMs === 0) await refuseBeforeTheLog(store, moment, first);
  await replay(store, state, revision);
  return state;
}

/** Of a log without any entry it is true that nothing was held. */
async function refuseBeforeTheLog(store: LogStore, moment: Moment, first: Revision): Promise<void> {
  const page = await store.read(first, 1);
  const entry = page.kind === 'entries' ? page.entries[0] : undefined;
  if (entry === undefined) return;
  throw new CoordinatorError(
    'INVALID_INPUT',
    `${momentText(moment)} is from before the log, which begins at ${isoTime(entry.atMs)}, revision ${first}: nothing is known of before`,
    { details: { path: pathOf(moment), first, firstMs: entry.atMs } },
  );
}

function refuseFuture(moment: Moment, { revision, nowMs }: LogEnd): void {
  if (moment.kind === 'revision' && moment.revision > revision)
    throw new CoordinatorError(
      'INVALID_INPUT',
      `revision ${moment.revision} is still to come: the newest is ${revision}`,
      { details: { path: 'at.revision', newest: revision } },
    );
  if (moment.kind === 'time' && moment.atMs > nowMs + askerAheadMaxMs)
    throw new CoordinatorError(
      'INVALID_INPUT',
      `${isoTime(moment.atMs)} is still to come: the log is at ${isoTime(nowMs)}, revision ${revision}`,
      { details: { path: 'at.atMs', newest: revision, nowMs } },
    );
}

const pathOf = ({ kind }: Moment): string => (kind === 'revision' ? 'at.revision' : 'at.atMs');

const momentText = (moment: Moment): string =>
  moment.kind === 'revision' ? `revision ${moment.revision}` : isoTime(moment.atMs);

function isoTime(atMs: number): string {
  return Math.abs(atMs) <= 8.64e15 ? new Date(atMs).toISOString() : `${atMs} ms`;
}

/**
 * The last revision at or before a time; 0 when the log begins after it, null when entries from before the oldest one
 * that is kept are gone.
 */
export async function revisionAt(store: LogStore, atMs: TimeMs): Promise<Revision | null> {
  const { first, last } = await store.bounds();
  let [low, high] = [first - 1, last as number];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((await timeOf(store, middle)) <= atMs) low = middle;
    else high = middle - 1;
  }
  return low >= first || first === 1 ? asRevision(low) : baseAt(store, asRevision(low), atMs);
}

/** The revision that the log's first entry follows, when its snapshot is kept and it is from before a time. */
async function baseAt(store: LogStore, revision: Revision, atMs: TimeMs): Promise<Revision | null> {
  const snapshot = await store.loadSnapshot(revision);
  return snapshot !== null && snapshot.revision === revision && snapshot.atMs <= atMs ? revision : null;
}

/** An entry that was dropped while we looked is from before anything that is kept. */
async function timeOf(store: LogStore, revision: number): Promise<number> {
  const page = await store.read(asRevision(revision), 1);
  return page.kind === 'entries' ? (page.entries[0]?.atMs ?? Infinity) : -Infinity;
}

function noLongerKept(moment: Moment, first: Revision): CoordinatorError {
  return new CoordinatorError(
    'COMPACTED',
    `${momentText(moment)} is no longer kept: the log begins at revision ${first}`,
    {
      details: { first },
    },
  );
}
