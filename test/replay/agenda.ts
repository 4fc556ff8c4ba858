interface Plan {
  readonly atMs: number;
  readonly run: () => void;
}

/** What is to happen when, in virtual time: by time, then in order of planning. */
export class Agenda {
  /** The next one last. */
  readonly #plans: Plan[] = [];

  get nextAtMs(): number | null {
    return this.#plans.at(-1)?.atMs ?? null;
  }

  add(atMs: number, run: () => void): void {
    const index = this.#plans.findLastIndex((plan) => plan.atMs > atMs) + 1;
    this.#plans.splice(index, 0, { atMs, run });
  }

  /** Resolves at a time. */
  reached(atMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.add(atMs, resolve);
    });
  }

  /** Runs everything that is due. */
  runDue(nowMs: number): void {
    for (let plan = this.#plans.at(-1); plan !== undefined && plan.atMs <= nowMs; plan = this.#plans.at(-1)) {
      this.#plans.pop();
      plan.run();
    }
  }
}
