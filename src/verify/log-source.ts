import type { Entry } from '../core/index.ts';
import type { LogBounds, StoredSnapshot } from '../store/index.ts';

/** A recorded log, to be read once from its beginning to its end. */
export interface LogSource {
  /** Of the entries that it has: what was compacted away is not in it. */
  readonly bounds: LogBounds;
  /** The state before the first entry; null when that is the empty log's. */
  readonly base: StoredSnapshot | null;
  /**
   * All entries in order, each followed by the snapshot of its revision if one is kept. Throws a failure that names the
   * place where it cannot be read on.
   */
  readonly records: AsyncIterable<LogRecord>;
}

export type LogRecord =
  | { readonly kind: 'entry'; readonly entry: Entry }
  | { readonly kind: 'snapshot'; readonly snapshot: StoredSnapshot };
