import {
  asRevision,
  encodeState,
  evolve,
  initialState,
  violations,
  type Entry,
  type Event,
  type ScopePath,
  type State,
} from '../../../src/core/index.ts';
import { openSqliteStore } from '../../../src/store/sqlite/index.ts';
import type { LogStore } from '../../../src/store/index.ts';

const pageEntries = 1_000;

/** Replays a log as it grows, through the core and by its own count, and keeps what speaks against it. */
export class LogAudit {
  readonly entries: Entry[] = [];
  readonly faults: string[] = [];
  readonly #state: State = initialState();
  readonly #requestIds = new Set<string>();
  readonly #queue = new Map<number, readonly ScopePath[]>();
  readonly #held = new Map<ScopePath, number>();

  /** Opens the log anew and takes what is new in it. Throws when it cannot be opened or read. */
  async readFrom(database: string): Promise<void> {
    const store = await openSqliteStore(database);
    try {
      while ((await this.#readPage(store)) === pageEntries);
      await this.#checkSnapshot(store);
    } finally {
      await store.close();
    }
  }

  async #readPage(store: LogStore): Promise<number> {
    const page = await store.read(asRevision(this.#state.revision + 1), pageEntries);
    if (page.kind !== 'entries') throw new Error(`the log begins at ${page.first}`);
    for (const entry of page.entries) this.#take(entry);
    return page.entries.length;
  }

  #take(entry: Entry): void {
    if (entry.requestId !== null && this.#requestIds.has(entry.requestId))
      this.#accuse(entry, `request ${entry.requestId} took effect twice`);
    if (entry.requestId !== null) this.#requestIds.add(entry.requestId);
    if (entry.events.length === 0) this.#accuse(entry, 'it has no events');
    evolve(this.#state, entry);
    this.entries.push(entry);
    for (const found of violations(this.#state))
      this.#accuse(entry, `${found.invariant} is violated by ${found.subject} (${found.evidence})`);
    // Ends first: within one revision a release makes way for the grant that it causes.
    for (const event of entry.events) this.#noteEnd(event);
    for (const event of entry.events) this.#noteGrant(entry, event);
  }

  #noteEnd(event: Event): void {
    if (event.kind === 'ticket.ended') this.#queue.delete(event.ticket);
    if (event.kind === 'lock.released' || event.kind === 'lock.expired' || event.kind === 'lock.revoked')
      this.#held.delete(event.scope);
  }

  #noteGrant(entry: Entry, event: Event): void {
    if (event.kind === 'ticket.issued') this.#queue.set(entry.revision, event.scopes);
    if (event.kind !== 'lock.granted') return;
    if (this.#held.has(event.scope)) this.#accuse(entry, `${event.scope} is held twice`);
    this.#held.set(event.scope, entry.revision);
    const overtaken = this.#overtakenBy(event.scope, event.ticket);
    if (overtaken !== null) this.#accuse(entry, `the grant of ${event.scope} overtakes ticket ${overtaken}`);
  }

  /** An earlier ticket for just this scope that still waits: whoever waits for several may be overtaken on one. */
  #overtakenBy(scope: ScopePath, ticket: number | null): number | null {
    for (const [waiting, scopes] of this.#queue)
      if (waiting < (ticket ?? Infinity) && scopes.length === 1 && scopes[0] === scope) return waiting;
    return null;
  }

  async #checkSnapshot(store: LogStore): Promise<void> {
    const snapshot = await store.loadSnapshot();
    if (snapshot === null || snapshot.revision > this.#state.revision) return;
    const state = initialState();
    for (const entry of this.entries.slice(0, snapshot.revision)) evolve(state, entry);
    if (encodeState(state) !== snapshot.body)
      this.faults.push(`the snapshot of revision ${snapshot.revision} is not what the log leads to`);
  }

  #accuse(entry: Entry, fault: string): void {
    this.faults.push(`revision ${entry.revision} (${entry.kind}): ${fault}`);
  }
}
