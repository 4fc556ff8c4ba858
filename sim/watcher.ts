import { asRevision, type Entry, type Revision } from '../src/core/index.ts';
import { CoordinatorError } from '../src/protocol/index.ts';
import type { Service } from '../src/service/index.ts';
import { isPassing, type Owner } from './owner.ts';
import type { Random } from './random.ts';
import type { Scheduler } from './scheduler.ts';
import type { Watched } from './witness.ts';

/** Follows the log from owner to owner, as they come and go. */
export class Watcher {
  readonly watched: Watched = { entries: [], resumedAt: new Set() };
  readonly #scheduler: Scheduler;
  readonly #random: Random;
  readonly #owners: readonly Owner[];
  #next = asRevision(1);

  constructor(scheduler: Scheduler, random: Random, owners: readonly Owner[]) {
    this.#scheduler = scheduler;
    this.#random = random;
    this.#owners = owners;
  }

  /** The next revision it will see. */
  get next(): Revision {
    return this.#next;
  }

  async follow(goesOn: () => boolean): Promise<void> {
    while (goesOn()) {
      const { service, life } = this.#random.pick(this.#owners);
      if (service === null || life.aborted) await this.#scheduler.sleep(100);
      else await this.#followOne(service, life, goesOn);
    }
  }

  async #followOne(service: Service, life: AbortSignal, goesOn: () => boolean): Promise<void> {
    try {
      for await (const entry of service.watch(this.#next, life)) {
        this.#see(entry);
        if (!goesOn()) return;
      }
    } catch (error) {
      await this.#resume(service, error);
    }
  }

  #see(entry: Entry): void {
    this.watched.entries.push(entry);
    this.#next = asRevision(entry.revision + 1);
  }

  /** What was compacted away is skipped, as the answer says; everything else is asked for again. */
  async #resume(service: Service, error: unknown): Promise<void> {
    if (error instanceof CoordinatorError && error.code === 'COMPACTED') {
      const { first } = await service.query({ kind: 'history', filter: {}, limit: 1, before: null });
      this.#next = asRevision(Math.max(first, this.#next));
      this.watched.resumedAt.add(this.#next);
    } else if (!isPassing(error)) throw error;
    await this.#scheduler.sleep(50);
  }
}
