import {
  asRevision,
  encodeState,
  evolve,
  initialState,
  type Entry,
  type Event,
  targetOf,
  targetsOf,
  type Target,
} from '../../../src/core/index.ts';
import { openSqliteStore } from '../../../src/store/sqlite/index.ts';
import type { LogStore } from '../../../src/store/index.ts';
import { LogVerifier } from '../../../src/verify/index.ts';

const pageEntries = 1_000;

/** Verifies a log as it grows, by the core and by its own count, and keeps what speaks against it. */
export class LogAudit {
  readonly entries: Entry[] = [];
  readonly faults: string[] = [];
  readonly #verifier = new LogVerifier(initialState());
  /** Nothing after the first finding can be verified. */
  #isSound = true;
  readonly #requestIds = new Set<string>();
  readonly #queue = new Map<number, readonly Target[]>();
  readonly #held = new Map<Target, number>();

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
    const page = await store.read(asRevision(this.entries.length + 1), pageEntries);
    if (page.kind !== 'entries') throw new Error(`the log begins at ${page.first}`);
    for (const entry of page.entries) this.#take(entry);
    return page.entries.length;
  }

  #take(entry: Entry): void {
    if (entry.requestId !== null && this.#requestIds.has(entry.requestId))
      this.#accuse(entry, `request ${entry.requestId} took effect twice`);
    if (entry.requestId !== null) this.#requestIds.add(entry.requestId);
    this.#verify(entry);
    this.entries.push(entry);
    // Ends first: within one revision a release makes way for the grant that it causes.
    for (const event of entry.events) this.#noteEnd(event);
    for (const event of entry.events) this.#noteGrant(entry, event);
  }

  #verify(entry: Entry): void {
    const found = this.#isSound ? this.#verifier.take(entry) : null;
    if (found === null) return;
    this.#isSound = false;
    this.#accuse(entry, `${found.problem} (${JSON.stringify(found)})`);
  }

  #noteEnd(event: Event): void {
    if (event.kind === 'ticket.ended') this.#queue.delete(event.ticket);
    if (event.kind === 'lock.released' || event.kind === 'lock.expired' || event.kind === 'lock.revoked')
      this.#held.delete(targetOf(event));
  }

  #noteGrant(entry: Entry, event: Event): void {
    if (event.kind === 'ticket.issued') this.#queue.set(entry.revision, targetsOf(event));
    if (event.kind !== 'lock.granted') return;
    const target = targetOf(event);
    if (this.#held.has(target)) this.#accuse(entry, `${target} is held twice`);
    this.#held.set(target, entry.revision);
    const overtaken = this.#overtakenBy(target, event.ticket);
    if (overtaken !== null) this.#accuse(entry, `the grant of ${target} overtakes ticket ${overtaken}`);
  }

  /** An earlier ticket for just this that still waits: whoever waits for several may be overtaken on one. */
  #overtakenBy(target: Target, ticket: number | null): number | null {
    for (const [waiting, targets] of this.#queue)
      if (waiting < (ticket ?? Infinity) && targets.length === 1 && targets[0] === target) return waiting;
    return null;
  }

  async #checkSnapshot(store: LogStore): Promise<void> {
    const snapshot = await store.loadSnapshot();
    if (snapshot === null || snapshot.revision > this.entries.length) return;
    const state = initialState();
    for (const entry of this.entries.slice(0, snapshot.revision)) evolve(state, entry);
    if (encodeState(state) !== snapshot.body)
      this.faults.push(`the snapshot of revision ${snapshot.revision} is not what the log leads to`);
  }

  #accuse(entry: Entry, fault: string): void {
    this.faults.push(`revision ${entry.revision} (${entry.kind}): ${fault}`);
  }
}
