/**
 * Work that is done once for all who ask at the same time: who asks while it runs shares the next run, which begins
 * after the asking and so sees what the asker has just done.
 */
export class Coalesced<T> {
  readonly #work: () => Promise<T>;
  #running: Promise<unknown> | null = null;
  #next: Promise<T> | null = null;

  constructor(work: () => Promise<T>) {
    this.#work = work;
  }

  run(): Promise<T> {
    if (this.#running === null) return this.#start();
    this.#next ??= this.#running.then(() => {
      this.#next = null;
      return this.#start();
    });
    return this.#next;
  }

  #start(): Promise<T> {
    const result = this.#work();
    const ended = result.then(
      () => {},
      () => {},
    );
    this.#running = ended;
    void ended.then(() => {
      if (this.#running === ended) this.#running = null;
    });
    return result;
  }
}
