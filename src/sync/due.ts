import type { Entry, ScopePath, SyncRun } from '../core/index.ts';
import type { SyncView } from '../protocol/index.ts';

/** By scope, the last of its runs that somebody has ended on purpose. */
export type AbortedRuns = ReadonlyMap<ScopePath, SyncRun>;

/** `entries`: some of the log, newest first. */
export function abortedRuns(entries: readonly Pick<Entry, 'kind' | 'events'>[]): AbortedRuns {
  const aborted = new Map<ScopePath, SyncRun>();
  for (const { kind, events } of entries)
    for (const event of events)
      if (kind === 'AbortSync' && event.kind === 'sync.aborted' && !aborted.has(event.scope))
        aborted.set(event.scope, event.run);
  return aborted;
}

/** What to ask the log for, to know them. */
export const abortedQuery = {
  kind: 'history',
  filter: { events: ['sync.aborted'] },
  limit: 200,
  before: null,
} as const;

/**
 * What is to be synced again by itself: what was synced once, and was undone since; and what failed, may be tried again, and
 * has waited for long enough. What nobody has ever synced is nobody's wish, and neither is what somebody has aborted.
 */
export function dueScopes(syncs: readonly SyncView[], nowMs: number, aborted: AbortedRuns): ScopePath[] {
  return syncs.filter((sync) => isDue(sync, nowMs, aborted)).map(({ scope }) => scope);
}

function isDue(
  { scope, status, run, retriesLeft, retryAtMs }: SyncView,
  nowMs: number,
  aborted: AbortedRuns,
): boolean {
  if (status === 'idle') return run !== null && aborted.get(scope) !== run;
  return status === 'failed' && retriesLeft > 0 && retryAtMs !== null && retryAtMs <= nowMs;
}
