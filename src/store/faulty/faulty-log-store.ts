import type { Entry, RequestId, Revision } from '../../core/index.ts';
import { closedError, StoreError } from '../errors.ts';
import type {
  AppendOutcome,
  LogBounds,
  LogStore,
  ReadOutcome,
  SearchOutcome,
  StoreCapabilities,
  StoredSnapshot,
} from '../log-store.ts';
import type { EntrySearch } from '../subjects.ts';
import { onAbort, sleep, wakeAtFirst, type Timers } from '../../time/index.ts';
import type { Fault, FaultPlan, StoreCall } from './fault-plan.ts';

/**
 * Another store with faults, for simulation. All that it does is allowed by the contract of {@link LogStore}, and it is
 * as deterministic as its plan, its timers and the store beneath.
 */
export class FaultyLogStore implements LogStore {
  readonly capabilities: StoreCapabilities;
  readonly #store: LogStore;
  readonly #plan: FaultPlan;
  readonly #timers: Pick<Timers, 'schedule'>;
  #closed = false;

  constructor(store: LogStore, plan: FaultPlan, timers: Pick<Timers, 'schedule'>) {
    this.capabilities = store.capabilities;
    this.#store = store;
    this.#plan = plan;
    this.#timers = timers;
  }

  bounds(): Promise<LogBounds> {
    return this.#call('read', () => this.#store.bounds());
  }

  async append(expectedRevision: Revision, entries: readonly Entry[]): Promise<AppendOutcome> {
    const fault = await this.#meet('append');
    if (fault === 'requestLost') return lost();
    const outcome = await this.#store.append(expectedRevision, entries);
    return fault === 'answerLost' ? lost() : outcome;
  }

  read(fromRevision: Revision, limit: number): Promise<ReadOutcome> {
    return this.#call('read', () => this.#store.read(fromRevision, limit));
  }

  readBackward(beforeRevision: Revision, limit: number): Promise<ReadOutcome> {
    return this.#call('read', () => this.#store.readBackward(beforeRevision, limit));
  }

  search(search: EntrySearch, beforeRevision: Revision, limit: number): Promise<SearchOutcome> {
    return this.#call('read', () => this.#store.search(search, beforeRevision, limit));
  }

  findRequest(requestId: RequestId): Promise<Entry | null> {
    return this.#call('read', () => this.#store.findRequest(requestId));
  }

  forgottenRequests(requestIds: readonly RequestId[]): Promise<ReadonlySet<RequestId>> {
    return this.#call('read', () => this.#store.forgottenRequests(requestIds));
  }

  async *requestPrints(): AsyncGenerator<Uint32Array, void, undefined> {
    await this.#meet('read');
    yield* this.#store.requestPrints();
  }

  /** Late as a read is. Where a read would fail, it answers for nothing. */
  async hint(sinceRevision: Revision, signal: AbortSignal): Promise<void> {
    if (this.#closed) return;
    const { fault, delayMs } = this.#plan('read');
    if (fault === 'none') await this.#store.hint(sinceRevision, signal);
    if (delayMs > 0) await wakeAtFirst((wake) => this.#timers.schedule(delayMs, wake), onAbort(signal));
  }

  saveSnapshot(snapshot: StoredSnapshot): Promise<void> {
    return this.#call('saveSnapshot', () => this.#store.saveSnapshot(snapshot));
  }

  loadSnapshot(atOrBefore?: Revision): Promise<StoredSnapshot | null> {
    return this.#call('read', () => this.#store.loadSnapshot(atOrBefore));
  }

  compact(beforeRevision: Revision): Promise<void> {
    return this.#call('compact', () => this.#store.compact(beforeRevision));
  }

  identity(): Promise<string> {
    return this.#call('read', () => this.#store.identity());
  }

  formerLog(): Promise<string | null> {
    return this.#store.formerLog();
  }

  beginAfter(expectedRevision: Revision, snapshot: StoredSnapshot): Promise<boolean> {
    return this.#call('saveSnapshot', () => this.#store.beginAfter(expectedRevision, snapshot));
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#store.close();
  }

  async #call<T>(call: StoreCall, work: () => Promise<T>): Promise<T> {
    await this.#meet(call);
    return work();
  }

  /** Lets the planned delay pass and the planned failure happen; what else is planned is the caller's business. */
  async #meet(call: StoreCall): Promise<Fault> {
    if (this.#closed) throw closedError();
    const { fault, delayMs } = this.#plan(call);
    if (delayMs > 0) await sleep(this.#timers, delayMs);
    if (fault === 'failed')
      throw new StoreError('IO', `${call}: planned fault, nothing was done.`, { retryable: true });
    return fault;
  }
}

function lost(): AppendOutcome {
  return { kind: 'unknown', cause: new Error('planned fault: the answer was lost') };
}
