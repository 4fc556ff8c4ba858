/** When to keep a snapshot, and what of the log to drop. Neither is needed for safety, so neither fails a command. */
import { asRevision, asTimeMs, encodeState, type Revision, type State } from '../core/index.ts';
import type { LogStore } from '../store/index.ts';
import type { Report } from './failures.ts';
import { revisionAt } from './moments.ts';

export interface SnapshotPolicy {
  /** Entries between two snapshots. Bounds the replay at opening. */
  readonly snapshotEveryEntries: number;
  /** How long history is kept, in milliseconds; null: for ever. */
  readonly horizonMs: number | null;
}

/** At stop a snapshot is worth its price when opening would replay this share of an interval. */
const worthwhileShare = 0.1;

export class Snapshots {
  readonly #store: LogStore;
  readonly #policy: SnapshotPolicy;
  readonly #report: Report;
  /** The newest that is kept, or the revision at which the last try failed: the next waits a whole interval again. */
  #newest: Revision;

  constructor(store: LogStore, policy: SnapshotPolicy, report: Report, newest: Revision) {
    this.#store = store;
    this.#policy = policy;
    this.#report = report;
    this.#newest = newest;
  }

  /** Keeps a snapshot of a durable state when it is time. Returns whether it did. */
  async afterBatch(state: State): Promise<boolean> {
    if (state.revision - this.#newest < this.#policy.snapshotEveryEntries) return false;
    await this.#keep(state);
    return true;
  }

  async atStop(state: State): Promise<void> {
    const worthwhile = this.#policy.snapshotEveryEntries * worthwhileShare;
    if (state.revision - this.#newest >= Math.max(1, worthwhile)) await this.#keep(state);
  }

  async #keep(state: State): Promise<void> {
    const { revision, timeMs } = state;
    this.#newest = revision;
    try {
      await this.#store.saveSnapshot({ revision, atMs: timeMs, body: encodeState(state) });
      await this.#compact(state);
    } catch (cause) {
      const message = `the snapshot of revision ${revision} was not kept`;
      this.#report({ kind: 'snapshotNotSaved', message, cause });
    }
  }

  /**
   * Drops what is older than the horizon, back to the newest snapshot from before it: so every moment within the horizon
   * can be rebuilt, and earlier ones are answered `COMPACTED`.
   */
  async #compact(state: State): Promise<void> {
    const { horizonMs } = this.#policy;
    if (horizonMs === null) return;
    const horizon = await revisionAt(this.#store, asTimeMs(state.timeMs - horizonMs));
    if (horizon === null) return;
    const base = await this.#store.loadSnapshot(horizon);
    if (base !== null) await this.#store.compact(asRevision(base.revision + 1));
  }
}
