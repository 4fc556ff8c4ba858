/**
 * Request ids that the state has forgotten. It remembers the results of five to ten thousand commands; a repeat that is
 * older must not take effect again, so the log is asked for it, and where the log has dropped it, the fingerprints that stay
 * of what was dropped. That costs a search, which new ids must not pay: of all ids in the log a print is kept here, and
 * only an id whose print is known is looked for in it. Fingerprints are asked for every id once something was dropped;
 * that is one look in a table.
 */
import type { Entry, RecentRequest, Rejection, RequestId, Revision, State } from '../core/index.ts';
import { printOf, type LogStore } from '../store/index.ts';
import { PrintSet } from './print-set.ts';

/** What is known of an id that was used before. */
export type PastRequest =
  | { readonly kind: 'kept'; readonly first: RecentRequest }
  /** That it was used, and nothing else. */
  | { readonly kind: 'forgotten'; readonly rejection: Rejection };

type Found = Map<RequestId, PastRequest>;

export class PastRequests {
  readonly #store: LogStore;
  #prints = new PrintSet();
  /** Whether it has the prints of what the log had when it was read, and of all that came after. */
  #isLearned = false;
  /** Whether it has those of all ids that were ever used: nothing had been dropped then. */
  #isWhole = false;

  constructor(store: LogStore) {
    this.#store = store;
  }

  note(entries: readonly Entry[]): void {
    for (const { requestId } of entries) if (requestId !== null) this.#prints.add(printOf(requestId));
  }

  /** Others wrote entries that were never seen here. */
  missedSome(): void {
    this.#isLearned = false;
  }

  /**
   * What is known of those of the ids that were used before. Also what the state remembers now: it may have forgotten
   * it when the turn of the repeat comes in its batch.
   */
  async find(ids: readonly RequestId[], state: State): Promise<ReadonlyMap<RequestId, PastRequest>> {
    const found: Found = new Map();
    if (ids.length === 0) return found;
    if (!this.#isLearned) await this.learn(state);
    const suspects = ids.filter((id) => this.#prints.has(printOf(id)));
    for (const id of suspects) await this.#findKept(id, state, found);
    // In this order: what another process drops meanwhile has moved from the log to the fingerprints.
    const unknown = (this.#isWhole ? suspects : ids).filter((id) => !found.has(id));
    if (unknown.length > 0) await this.#findForgotten(unknown, state, found);
    return found;
  }

  /** Learns what the log has; the newest are in the state. Returns the oldest revision that can be read. */
  async learn(state: State): Promise<Revision> {
    const prints = new PrintSet();
    for await (const part of this.#store.requestPrints())
      for (const print of part) if (print !== 0) prints.add(print);
    for (const [id] of state.recentRequests) prints.add(printOf(id));
    const { first } = await this.#store.bounds();
    this.#prints = prints;
    this.#isWhole = first === 1;
    this.#isLearned = true;
    return first;
  }

  async #findKept(id: RequestId, { recentRequests }: State, found: Found): Promise<void> {
    const first = recentRequests.get(id) ?? (await this.#store.findRequest(id));
    if (first !== null) found.set(id, { kind: 'kept', first });
  }

  async #findForgotten(ids: readonly RequestId[], state: State, found: Found): Promise<void> {
    const forgotten = await this.#store.forgottenRequests(ids);
    if (forgotten.size === 0) return;
    const before = await this.#oldestKept(state);
    for (const id of forgotten) found.set(id, { kind: 'forgotten', rejection: rejectionOf(id, before) });
  }

  /** What was dropped came before it. */
  async #oldestKept({ timeMs }: State): Promise<OldestKept> {
    const { first } = await this.#store.bounds();
    const page = await this.#store.read(first, 1);
    const entry = page.kind === 'entries' ? page.entries[0] : undefined;
    return { revision: first, atMs: entry?.atMs ?? timeMs };
  }
}

type OldestKept = Pick<Entry, 'revision' | 'atMs'>;

function rejectionOf(id: RequestId, { revision, atMs }: OldestKept): Rejection {
  const time = new Date(atMs).toISOString();
  return {
    code: 'REQUEST_FORGOTTEN',
    message: `request id ${id} was used long ago, on or before ${time}, and what was answered is not kept any more; nothing is done again: see how things stand now, and choose a new random id if it is meant anew`,
    details: { beforeRevision: revision, beforeMs: atMs },
  };
}
