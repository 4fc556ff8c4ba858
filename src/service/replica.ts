/**
 * This process's copy of the state, and how it keeps to the log.
 *
 * While a batch is decided the copy runs ahead of the log, in place. Only one entry is held back: the last one is applied
 * once it is durable. So for the batch of a single command, which is what racing `--direct` callers and a quiet owner
 * have, a refused append costs one read of what was missed and nothing else. After a refused batch of several entries
 * the copy is thrown away and rebuilt from the newest snapshot. That costs up to one snapshot interval of replay, but
 * happens to a contended owner once: from then on it reads what others wrote before it decides.
 * A second copy that trails behind would make the rare case cheaper, and every commit dearer.
 */
import { assert, asRevision, evolve, type Entry, type Revision, type State } from '../core/index.ts';
import { CoordinatorError } from '../protocol/index.ts';
import { StoreError, type LogStore } from '../store/index.ts';
import type { Report } from './failures.ts';
import { loadBase, replay } from './recovery.ts';

export interface ReplicaListener {
  /** Entries that are durable, each once, in order. The state is at or after them. */
  onCommitted(entries: readonly Entry[], state: State): void;
  /** Others wrote and compacted the log meanwhile: entries before the next ones will never be told. */
  onGap(state: State): void;
}

export class Replica {
  readonly #store: LogStore;
  readonly #report: Report;
  readonly #listener: ReplicaListener;
  /** Null when it ran ahead of the log in vain and was thrown away. */
  #state: State | null = null;
  /** Last entry known to be in the log. */
  #durable: Revision = asRevision(0);
  /** Decided, not applied yet, not known to be durable. */
  #heldBack: Entry | null = null;
  /** Decided entries that are applied already. */
  #ahead = 0;

  constructor(store: LogStore, report: Report, listener: ReplicaListener) {
    this.#store = store;
    this.#report = report;
    this.#listener = listener;
  }

  /** With all decided entries applied. Only between {@link prepare} and the end of a batch. */
  get state(): State {
    this.applyAll();
    assert(this.#state !== null, 'the state is used before it was prepared');
    return this.#state;
  }

  /** Last entry known to be in the log. */
  get durable(): Revision {
    return this.#durable;
  }

  /** Loads the newest snapshot and what follows. Tells nobody: those entries are not news. */
  async open(): Promise<{ readonly snapshotRevision: Revision }> {
    const state = await loadBase(this.#store, null, this.#report);
    const snapshotRevision = state.revision;
    await replay(this.#store, state, null);
    this.#state = state;
    this.#durable = state.revision;
    return { snapshotRevision };
  }

  /** Makes the state present; rebuilds it when it was thrown away. */
  async prepare(): Promise<void> {
    if (this.#state !== null) return;
    const { first } = await this.#store.bounds();
    const gap = first > this.#durable + 1;
    const state = await loadBase(this.#store, gap ? null : this.#durable, this.#report);
    if (gap) this.#skipTo(state);
    await replay(this.#store, state, null, (entries) => this.#note(entries, state));
    this.#refuseShorterLog(state);
    this.#state = state;
  }

  #skipTo(state: State): void {
    this.#durable = state.revision;
    this.#listener.onGap(state);
  }

  /** Reads and applies what others appended. Returns whether there was anything. */
  async catchUp(): Promise<boolean> {
    const { state } = this;
    try {
      return await replay(this.#store, state, null, (entries) => this.#note(entries, state));
    } catch (error) {
      const isGone = error instanceof StoreError && error.code === 'COMPACTED';
      if (isGone || state.revision !== this.#durable) this.#state = null;
      if (!isGone) throw error;
      // Others went on for so long that what followed here is gone: their snapshot leads on.
      await this.prepare();
      return true;
    }
  }

  /** Takes a decided entry: it follows the state, but is not durable yet. */
  advance(entry: Entry): void {
    this.applyAll();
    this.#heldBack = entry;
  }

  /** Applies also the entry that is held back. */
  applyAll(): void {
    const entry = this.#heldBack;
    if (entry === null || this.#state === null) return;
    this.#heldBack = null;
    this.#ahead += 1;
    evolve(this.#state, entry);
  }

  /** The decided entries are durable. */
  settle(entries: readonly Entry[]): void {
    this.applyAll();
    this.#ahead = 0;
    this.#note(entries, this.state);
  }

  /** The decided entries are not, or not for certain, in the log. */
  abandon(): void {
    this.#heldBack = null;
    if (this.#ahead > 0) this.#state = null;
    this.#ahead = 0;
  }

  #note(entries: readonly Entry[], state: State): void {
    const news = entries.filter((entry) => entry.revision > this.#durable);
    const newest = news.at(-1);
    if (newest === undefined) return;
    this.#durable = newest.revision;
    this.#listener.onCommitted(news, state);
  }

  /** Somebody put an older file in the log's place: what was acknowledged is gone, and must not be contradicted. */
  #refuseShorterLog(state: State): void {
    if (state.revision >= this.#durable) return;
    throw new CoordinatorError(
      'STORE_FAILURE',
      `the log ends at revision ${state.revision}, but revision ${this.#durable} was durable: an older log was put in its place; restart to go on from there`,
      { details: { store: 'CORRUPT_STORE', revision: this.#durable } },
    );
  }
}
