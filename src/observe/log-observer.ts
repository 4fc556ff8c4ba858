import type { Log } from './log.ts';
import type { Commit, Observer, Problem } from './observer.ts';

/** All callers wait for a commit that takes so long, also those who renew a lease. */
const slowMs = 1_000;
/** A disk that is slow is slow again and again: it is said once in so long. */
const saidEveryMs = 60_000;

/** Writes trouble, and commits that took long, into the coordinator's log. */
export class LogObserver implements Observer {
  readonly #log: Log;
  readonly #monotonicMs: () => number;
  #saidAtMs = -Infinity;
  #unsaid = 0;

  constructor(log: Log, monotonicMs: () => number) {
    this.#log = log;
    this.#monotonicMs = monotonicMs;
  }

  trouble({ kind, message, cause }: Problem): void {
    this.#log.error({ kind, cause: String(cause) }, message);
  }

  committed({ entries, tookMs }: Commit): void {
    if (tookMs < slowMs) return;
    const nowMs = this.#monotonicMs();
    if (nowMs - this.#saidAtMs < saidEveryMs) return void (this.#unsaid += 1);
    const facts = { tookMs: Math.round(tookMs), entries, slowBefore: this.#unsaid };
    this.#log.warn(facts, 'a commit took long: the disk is slow or busy, and everybody waits for it');
    [this.#saidAtMs, this.#unsaid] = [nowMs, 0];
  }

  /** Entries, answers and figures are for the figures alone: the log of entries is the record of what is done. */
  began(): void {}
  entered(): void {}
  answered(): void {}
  told(): void {}
}
