import type { Entry, Revision, State } from '../core/index.ts';
import type { LogEvent } from './log-events.ts';
import type { Log } from './log.ts';
import { stackOf } from './stack-of.ts';
import type { Commit, Observer, Problem, ProblemKind } from './observer.ts';

/** All callers wait for a commit that takes so long, also those who renew a lease. */
const slowMs = 1_000;
/** A disk that is slow is slow again and again: it is said once in so long. */
const saidEveryMs = 60_000;

const eventOf = {
  logBegunAnew: 'log.begunAnew',
  witnessNotKept: 'witness.notKept',
  corruptSnapshot: 'snapshot.corrupt',
  snapshotNotSaved: 'snapshot.notSaved',
  violation: 'invariant.violated',
  bug: 'writer.bug',
  appendFailed: 'append.failed',
} as const satisfies Readonly<Record<ProblemKind, LogEvent>>;

/** Writes trouble, and commits that took long, into the coordinator's log. */
export class LogObserver implements Observer {
  readonly #log: Log;
  readonly #monotonicMs: () => number;
  #saidAtMs = -Infinity;
  #unsaid = 0;
  #revision: Revision | null = null;

  constructor(log: Log, monotonicMs: () => number) {
    this.#log = log;
    this.#monotonicMs = monotonicMs;
  }

  trouble({ kind, message, cause }: Problem): void {
    const told = kind === 'bug' ? stackOf(cause) : String(cause);
    this.#log.note(eventOf[kind], { problem: message, cause: told });
  }

  committed({ entries, tookMs }: Commit): void {
    if (tookMs < slowMs) return;
    const nowMs = this.#monotonicMs();
    if (nowMs - this.#saidAtMs < saidEveryMs) return void (this.#unsaid += 1);
    this.#log.note('commit.slow', { tookMs: Math.round(tookMs), entries, slowBefore: this.#unsaid });
    [this.#saidAtMs, this.#unsaid] = [nowMs, 0];
  }

  /** Up to which entry this process knows the log; null: it knows none yet. */
  get revision(): Revision | null {
    return this.#revision;
  }

  began({ revision }: State): void {
    this.#revision = revision;
  }

  entered(entries: readonly Entry[]): void {
    this.#revision = entries.at(-1)?.revision ?? this.#revision;
  }

  /** Answers are for the figures alone: the log of entries is the record of what is done. */
  answered(): void {}
  told(): void {}
}
