import type { Entry, RequestId, Revision } from '../src/core/index.ts';
import type {
  AppendOutcome,
  EntrySearch,
  LogBounds,
  LogStore,
  ReadOutcome,
  SearchOutcome,
  StoreCapabilities,
  StoredSnapshot,
} from '../src/store/index.ts';
import type { Disk } from './disk.ts';

/** All that ever took effect, in order: also what was compacted away, and what nobody was told of. */
export class Archive {
  readonly entries: Entry[] = [];
  /** When each of them did, in simulated milliseconds. */
  readonly tookEffectMs: number[] = [];
  readonly snapshots: StoredSnapshot[] = [];
  readonly #nowMs: () => number;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  keep(entries: readonly Entry[]): void {
    this.entries.push(...entries.map((entry) => structuredClone(entry)));
    this.tookEffectMs.push(...entries.map(() => this.#nowMs()));
  }
}

/** A store on a disk that tells the archive what takes effect in it, and that takes its time over what is read. */
export class ArchivingStore implements LogStore {
  readonly capabilities: StoreCapabilities;
  readonly #store: LogStore;
  readonly #archive: Archive;
  readonly #disk: Disk;
  readonly #afterReading: (entries: number) => Promise<void>;

  /** `afterReading`: called with the number of entries that were read. */
  constructor(
    store: LogStore,
    archive: Archive,
    disk: Disk,
    afterReading: (entries: number) => Promise<void>,
  ) {
    this.capabilities = store.capabilities;
    this.#store = store;
    this.#archive = archive;
    this.#disk = disk;
    this.#afterReading = afterReading;
  }

  async append(expectedRevision: Revision, entries: readonly Entry[]): Promise<AppendOutcome> {
    this.#disk.demandRoom();
    const outcome = await this.#store.append(expectedRevision, entries);
    if (outcome.kind === 'done') this.#archive.keep(entries);
    return outcome;
  }

  async saveSnapshot(snapshot: StoredSnapshot): Promise<void> {
    this.#disk.demandRoom();
    await this.#store.saveSnapshot(snapshot);
    this.#archive.snapshots.push(snapshot);
  }

  bounds(): Promise<LogBounds> {
    return this.#store.bounds();
  }

  read(fromRevision: Revision, limit: number): Promise<ReadOutcome> {
    return this.#read(this.#store.read(fromRevision, limit));
  }

  readBackward(beforeRevision: Revision, limit: number): Promise<ReadOutcome> {
    return this.#read(this.#store.readBackward(beforeRevision, limit));
  }

  search(search: EntrySearch, beforeRevision: Revision, limit: number): Promise<SearchOutcome> {
    return this.#read(this.#store.search(search, beforeRevision, limit));
  }

  async #read<Outcome extends ReadOutcome | SearchOutcome>(reading: Promise<Outcome>): Promise<Outcome> {
    const outcome = await reading;
    await this.#afterReading('entries' in outcome ? outcome.entries.length : 0);
    return outcome;
  }

  findRequest(requestId: RequestId): Promise<Entry | null> {
    return this.#store.findRequest(requestId);
  }

  forgottenRequests(requestIds: readonly RequestId[]): Promise<ReadonlySet<RequestId>> {
    return this.#store.forgottenRequests(requestIds);
  }

  requestPrints(): AsyncIterable<Uint32Array> {
    return this.#store.requestPrints();
  }

  hint(sinceRevision: Revision, signal: AbortSignal): Promise<void> {
    return this.#store.hint(sinceRevision, signal);
  }

  loadSnapshot(atOrBefore?: Revision): Promise<StoredSnapshot | null> {
    return this.#store.loadSnapshot(atOrBefore);
  }

  compact(beforeRevision: Revision): Promise<void> {
    return this.#store.compact(beforeRevision);
  }

  identity(): Promise<string> {
    return this.#store.identity();
  }

  formerLog(): Promise<string | null> {
    return this.#store.formerLog();
  }

  async beginAfter(expectedRevision: Revision, snapshot: StoredSnapshot): Promise<boolean> {
    this.#disk.demandRoom();
    return this.#store.beginAfter(expectedRevision, snapshot);
  }

  close(): Promise<void> {
    return this.#store.close();
  }
}
