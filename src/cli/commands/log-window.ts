/** A stretch of the log, read through the port in pages: how things stood before it, its entries in order, and its end. */
import {
  asRevision,
  asTimeMs,
  defaultSettings,
  type Entry,
  type Revision,
  type TimeMs,
} from '../../core/index.ts';
import type { Opening } from '../../insights/index.ts';
import type { Coordinator } from '../../protocol/index.ts';
import type { Call } from '../call.ts';
import { timeOf } from './moment-of.ts';

export interface LogWindow {
  readonly opening: Opening;
  readonly revision: Revision;
  /** What time it is in the log. */
  readonly nowMs: TimeMs;
  /** Of the last entry; of a log without any the time now. */
  readonly lastMs: TimeMs;
  readonly entries: () => AsyncIterable<Entry>;
}

/** Entries asked for at a time. */
const pageSize = 500;

/** From a time on, as typed; else from the oldest entry on that is kept. */
export async function logWindow(call: Call, since: string | undefined): Promise<LogWindow> {
  const coordinator = await call.coordinator();
  const sinceMs = since === undefined ? null : timeOf(call, since);
  const { revision, timeMs, nowMs = timeMs } = await coordinator.query({ kind: 'status', at: null });
  const lastMs = revision === 0 ? nowMs : timeMs;
  const endMs = asTimeMs(Math.max(lastMs, nowMs));
  const opening = await openingAt(coordinator, sinceMs, endMs);
  return {
    opening,
    revision,
    nowMs: endMs,
    lastMs,
    entries: () => entriesBetween(coordinator, opening.revision, revision),
  };
}

async function openingAt(coordinator: Coordinator, sinceMs: TimeMs | null, endMs: TimeMs): Promise<Opening> {
  const filter = sinceMs === null ? {} : { untilMs: sinceMs };
  const { first, entries } = await coordinator.query({ kind: 'history', filter, limit: 1, before: null });
  const before = sinceMs === null ? undefined : entries[0];
  if (before === undefined && first <= 1) return nothingYet(sinceMs ?? (await firstMs(coordinator)) ?? endMs);
  const at = { kind: 'revision', revision: before?.revision ?? first } as const;
  const status = await coordinator.query({ kind: 'status', at });
  const { scopes } = await coordinator.query({ kind: 'scopes' });
  const beginMs = Math.min(Math.max(sinceMs ?? 0, status.timeMs), endMs);
  return { ...status, timeMs: asTimeMs(beginMs), scopes: scopes.map(({ path }) => path) };
}

/** Before the first entry of a log that has all of them. */
function nothingYet(timeMs: TimeMs): Opening {
  const none = { locks: [], waiters: [], agents: [], scopes: [] };
  return { revision: asRevision(0), timeMs, settings: defaultSettings, ...none };
}

async function firstMs(coordinator: Coordinator): Promise<TimeMs | null> {
  const { entries } = await coordinator.query({
    kind: 'history',
    filter: {},
    limit: 1,
    before: asRevision(2),
  });
  return entries[0]?.atMs ?? null;
}

/** In order, a page at a time: revisions follow one another without a gap. */
async function* entriesBetween(
  coordinator: Coordinator,
  after: Revision,
  last: Revision,
): AsyncGenerator<Entry> {
  for (let from = after + 1; from <= last; from += pageSize) {
    const before = asRevision(Math.min(from + pageSize, last + 1));
    const page = await coordinator.query({ kind: 'history', filter: {}, limit: pageSize, before });
    for (const entry of page.entries.toReversed()) if (entry.revision >= from) yield entry;
  }
}
