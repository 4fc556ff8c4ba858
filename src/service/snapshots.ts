/** When to keep a snapshot, and what of the log to drop. Neither is needed for safety, so neither fails a command. */
import { asRevision, asTimeMs, encodeState, type Revision, type State, type TimeMs } from '../core/index.ts';
import { eventSubject, type LogStore } from '../store/index.ts';
import type { Report } from './failures.ts';
import { foundBy } from './history.ts';
import { revisionAt } from './moments.ts';

export interface SnapshotPolicy {
  /** Entries between two snapshots. Bounds the replay at opening. */
  readonly snapshotEveryEntries: number;
  /** How long history is kept, in milliseconds; null: for ever. */
  readonly horizonMs: number | null;
}

export interface SnapshotPorts {
  readonly report: Report;
  readonly wallMs: () => number;
}

/** At stop a snapshot is worth its price when opening would replay this share of an interval. */
const worthwhileShare = 0.1;

export class Snapshots {
  readonly #store: LogStore;
  readonly #policy: SnapshotPolicy;
  readonly #report: Report;
  readonly #wallMs: () => number;
  /** The newest that is kept, or the revision at which the last try failed: the next waits a whole interval again. */
  #newest: Revision;

  constructor(store: LogStore, policy: SnapshotPolicy, ports: SnapshotPorts, newest: Revision) {
    const { report, wallMs } = ports;
    this.#store = store;
    this.#wallMs = wallMs;
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
    const nowMs = await ageingTimeMs(this.#store, state, this.#wallMs());
    const horizon = await revisionAt(this.#store, asTimeMs(nowMs - horizonMs));
    if (horizon === null) return;
    const base = await this.#store.loadSnapshot(horizon);
    if (base !== null) await this.#store.compact(asRevision(base.revision + 1));
  }
}

/** How long the log must run on after its time was set ahead, before that is taken for the truth: a day. */
const confirmedAfterMs = 86_400_000;

/**
 * The time by which entries grow old. What is dropped is gone, so a clock that was wrong for a moment must not decide it:
 * the time that the log was set ahead by within the last day does not count, nor does what the wall does not show.
 */
export async function ageingTimeMs(store: LogStore, state: State, wallMs: number): Promise<TimeMs> {
  let nowMs: number = state.timeMs;
  const anchors = foundBy(store, [[eventSubject('clock.anchored')]], asRevision(state.revision + 1), 8);
  for await (const { revision, atMs } of anchors) {
    if (nowMs - atMs >= confirmedAfterMs) break;
    const page = await store.read(asRevision(Math.max(1, revision - 1)), 1);
    const before = page.kind === 'entries' ? page.entries[0] : undefined;
    if (before !== undefined && before.revision < revision) nowMs -= atMs - before.atMs;
  }
  return asTimeMs(Math.min(nowMs, wallMs));
}
