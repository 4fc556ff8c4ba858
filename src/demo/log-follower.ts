import { asRevision, type Entry, type Event } from '../core/index.ts';
import type { Coordinator } from '../protocol/index.ts';

/** The log as it grows, and waiting for it to make something true. */
export class LogFollower {
  readonly #entries: Entry[] = [];
  readonly #listeners = new Set<() => void>();
  readonly #ending = new AbortController();
  readonly #followed: Promise<void>;

  constructor(coordinator: Coordinator) {
    this.#followed = this.#follow(coordinator);
  }

  get entries(): readonly Entry[] {
    return this.#entries;
  }

  get events(): readonly Event[] {
    return this.#entries.flatMap((entry) => entry.events);
  }

  until(isTrue: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const check = (): void => {
        if (!isTrue()) return;
        this.#listeners.delete(check);
        resolve();
      };
      this.#listeners.add(check);
      check();
    });
  }

  happened<Kind extends Event['kind']>(
    kind: Kind,
    matches: (event: Extract<Event, { kind: Kind }>) => boolean,
  ): boolean {
    return this.events.some(
      (event) => event.kind === kind && matches(event as Extract<Event, { kind: Kind }>),
    );
  }

  count(kind: Event['kind']): number {
    return this.events.filter((event) => event.kind === kind).length;
  }

  nothingIsHeld(): boolean {
    const ended = this.count('lock.released') + this.count('lock.expired') + this.count('lock.revoked');
    return this.count('lock.granted') === ended;
  }

  async stop(): Promise<void> {
    this.#ending.abort();
    await this.#followed;
  }

  async #follow(coordinator: Coordinator): Promise<void> {
    for await (const entry of coordinator.watch(asRevision(1), this.#ending.signal)) {
      this.#entries.push(entry);
      for (const listener of this.#listeners) listener();
    }
  }
}
