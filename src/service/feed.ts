/**
 * The log as watchers see it. Each reads at its own pace, from what was committed lately or else from the store: order
 * and completeness come from the reads, promptness from being woken. Nothing is kept per watcher, so a slow one costs
 * no memory and delays nobody.
 */
import { asRevision, type Entry, type Revision } from '../core/index.ts';
import { StoreError, type LogStore } from '../store/index.ts';
import { toFailure, unavailable } from './failures.ts';

/** Entries kept for watchers that follow closely, so that they need not be read again. */
const recentMax = 1_024;
/** Entries that one watcher takes at once. */
const pageEntriesMax = 256;

export class LogFeed {
  readonly #store: LogStore;
  readonly #onWatcher: () => void;
  /** Without gaps; the newest is the last one committed. */
  #recent: Entry[] = [];
  readonly #sleepers = new Set<() => void>();
  #watchers = 0;
  #closed = false;

  /** `onWatcher` is called whenever somebody begins to watch. */
  constructor(store: LogStore, onWatcher: () => void) {
    this.#store = store;
    this.#onWatcher = onWatcher;
  }

  get watchers(): number {
    return this.#watchers;
  }

  /** While nobody watches, nothing is kept: whoever begins to reads the store first. */
  publish(entries: readonly Entry[]): void {
    if (this.#watchers === 0) return this.forget();
    this.#recent.push(...entries);
    if (this.#recent.length > 2 * recentMax) this.#recent = this.#recent.slice(-recentMax);
    this.#wakeAll();
  }

  /** What follows does not continue what was published before. */
  forget(): void {
    this.#recent = [];
    this.#wakeAll();
  }

  /** Entries from a revision on, each once and in order. Ends when the signal aborts; fails when this end stops. */
  async *follow(fromRevision: Revision, signal: AbortSignal): AsyncGenerator<Entry, void, undefined> {
    this.#watchers += 1;
    this.#onWatcher();
    try {
      let next = fromRevision;
      while (!signal.aborted) {
        const page = await this.#page(next);
        for (const entry of page) {
          if (signal.aborted) return;
          next = asRevision(entry.revision + 1);
          yield entry;
        }
        if (page.length === 0) await this.#news(next, signal);
      }
    } finally {
      this.#watchers -= 1;
    }
  }

  /** Ends all watching. */
  close(): void {
    this.#closed = true;
    this.#wakeAll();
  }

  async #page(from: Revision): Promise<readonly Entry[]> {
    if (this.#closed) throw unavailable('the coordinator is stopping: watch again from where you are');
    const oldest = this.#recent[0]?.revision;
    if (oldest !== undefined && from >= oldest)
      return this.#recent.slice(from - oldest, from - oldest + pageEntriesMax);
    return this.#stored(from);
  }

  async #stored(from: Revision): Promise<readonly Entry[]> {
    try {
      const page = await this.#store.read(from, pageEntriesMax);
      if (page.kind === 'entries') return page.entries;
      throw new StoreError('COMPACTED', `log entry ${from} was dropped: the oldest is ${page.first}`, {
        revision: from,
      });
    } catch (error) {
      throw toFailure(error);
    }
  }

  /** Resolves when there may be an entry at a revision. */
  #news(next: Revision, signal: AbortSignal): Promise<void> {
    const newest = this.#recent.at(-1)?.revision ?? 0;
    if (newest >= next || this.#closed || signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#sleepers.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      this.#sleepers.add(wake);
      signal.addEventListener('abort', wake, { once: true });
    });
  }

  #wakeAll(): void {
    for (const wake of this.#sleepers) wake();
  }
}
