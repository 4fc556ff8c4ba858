/**
 * Request ids that the state has forgotten. It remembers the results of the last ten thousand commands; a repeat that is
 * older must not take effect again, so the log is asked for it. That costs a search, which new ids must not pay: of all ids
 * in the log a print is kept here, and only an id whose print is known is looked for.
 */
import type { Entry, RecentRequest, RequestId, State } from '../core/index.ts';
import { printOf, type LogStore } from '../store/index.ts';
import type { CommandCall } from './batch.ts';
import { PrintSet } from './print-set.ts';

export class PastRequests {
  readonly #store: LogStore;
  readonly #prints = new PrintSet();

  constructor(store: LogStore) {
    this.#store = store;
  }

  /** Learns what the log has; the newest are in the state. */
  async open(state: State): Promise<void> {
    for await (const prints of this.#store.requestPrints())
      for (const print of prints) if (print !== 0) this.#prints.add(print);
    for (const [id] of state.recentRequests) this.#prints.add(printOf(id));
  }

  note(entries: readonly Entry[]): void {
    for (const { requestId } of entries) if (requestId !== null) this.#prints.add(printOf(requestId));
  }

  /** Ids that seem to have been used before. */
  suspectsAmong(calls: readonly CommandCall[]): RequestId[] {
    return calls.flatMap(({ command: { requestId } }) =>
      requestId !== null && this.#prints.has(printOf(requestId)) ? [requestId] : [],
    );
  }

  /**
   * What was committed first under those that were used. Also what the state remembers now: it may have forgotten it when
   * the turn of the repeat comes in its batch.
   */
  async find(
    suspects: readonly RequestId[],
    { recentRequests }: State,
  ): Promise<ReadonlyMap<RequestId, RecentRequest>> {
    const found = new Map<RequestId, RecentRequest>();
    for (const id of suspects) {
      const first = recentRequests.get(id) ?? (await this.#store.findRequest(id));
      if (first !== null) found.set(id, first);
    }
    return found;
  }
}
