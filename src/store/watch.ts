import { asRevision, type Entry, type Revision } from '../core/index.ts';
import { StoreError } from './errors.ts';
import type { LogStore } from './log-store.ts';

/** What a driver offers for watching: reads, and a hint when it is worth reading again. */
export interface WatchSource {
  readonly read: LogStore['read'];
  /**
   * Called before a read; the function it returns waits until something may have been appended since, or the signal
   * aborts. A hint too many costs a read; a hint too few would be a lost entry.
   */
  readonly armHint: () => (signal: AbortSignal) => Promise<void>;
}

/** Entries read at once. Bounds what a slow consumer keeps in memory. */
const pageEntriesMax = 256;

/** Follows a log by reading it: order and completeness come from the reads, promptness from the hints. */
export async function* watchLog(
  source: WatchSource,
  fromRevision: Revision,
  signal: AbortSignal,
): AsyncGenerator<Entry, void, undefined> {
  let next = fromRevision;
  while (!signal.aborted) {
    const hint = source.armHint();
    const page = await source.read(next, pageEntriesMax);
    if (page.kind === 'compacted') throw compacted(next, page.first);
    for (const entry of page.entries) {
      if (signal.aborted) return;
      next = asRevision(entry.revision + 1);
      yield entry;
    }
    if (page.entries.length === 0) await hint(signal);
  }
}

/** A position that was dropped from the log. */
export function compacted(revision: Revision, first: Revision): StoreError {
  return new StoreError(
    'COMPACTED',
    `Log entry ${revision} was dropped by compaction: the oldest that can be read is ${first}. Start from a snapshot.`,
    { revision },
  );
}
