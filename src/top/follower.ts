import type { Entry, OpenViolation, Revision } from '../core/index.ts';
import {
  CoordinatorError,
  type Coordinator,
  type StatusAnswer,
  type WhyAnswer,
  type WhySubject,
} from '../protocol/index.ts';
import { onAbort, wakeAtFirst, type Time } from '../time/index.ts';
import { latelyKinds, tellsLately } from './sections.ts';

/** What the coordinator tells, as it tells it. */
export interface Listener {
  /** A question was put, or answered. */
  onAsked: (sinceMs: number | null) => void;
  onFacts: (facts: Heard) => void;
  onStory: (answer: WhyAnswer) => void;
  onLost: (error: unknown) => void;
  /** Whose story is looked at; null: nobody's. */
  subject: () => WhySubject | null;
}

export interface Heard {
  readonly status: StatusAnswer;
  readonly open: readonly OpenViolation[];
  readonly lately: readonly Entry[];
}

/** Asked anew after each change, and at most so often; when nothing changes only whether it is still there. */
const betweenAsksMs = 200;
const quietMs = 3_000;
const retryMs = 1_000;
/** After a refusal that does not pass by itself, each time twice as long, up to this: a token may be let in again. */
const refusedMaxMs = 30_000;
/** The last section tells of no more, and of nothing older. */
const latelyMax = 20;
const latelyMs = 3_600_000;

/** Follows a coordinator until it is told to stop, over any number of losses. */
export class Follower {
  readonly #coordinator: Coordinator;
  readonly #time: Time;
  readonly #listener: Listener;
  #status: StatusAnswer | null = null;
  #lately: readonly Entry[] | null = null;
  /** Something has changed that was not asked about. */
  #isStale = true;
  #wake: (() => void) | null = null;
  /** Before it is asked again. */
  #retryMs = retryMs;

  constructor(coordinator: Coordinator, time: Time, listener: Listener) {
    this.#coordinator = coordinator;
    this.#time = time;
    this.#listener = listener;
  }

  /** What is shown may not be so any more. */
  stale(): void {
    this.#isStale = true;
    this.#wake?.();
  }

  async follow(signal: AbortSignal): Promise<void> {
    let watching: Promise<void> | null = null;
    while (!signal.aborted) {
      const isHeard = await this.#ask(signal);
      if (isHeard) watching ??= this.#watchAgain(signal);
      await this.#pause(isHeard ? betweenAsksMs : this.#retryMs, signal);
      if (isHeard && !this.#isStale) await this.#untilStale(signal);
    }
    await watching;
  }

  async #ask(signal: AbortSignal): Promise<boolean> {
    const { onAsked, onLost } = this.#listener;
    onAsked(this.#time.wallMs());
    try {
      await this.#hear();
      if (!signal.aborted) onAsked(null);
      this.#retryMs = retryMs;
      return true;
    } catch (error) {
      // All that was missed meanwhile has to be asked for.
      [this.#isStale, this.#lately] = [true, null];
      if (!signal.aborted) onLost(error);
      this.#retryMs = isPassing(error) ? retryMs : Math.min(2 * this.#retryMs, refusedMaxMs);
      return false;
    }
  }

  async #hear(): Promise<void> {
    if (!this.#isStale && (await this.#isUpToDate())) return;
    this.#isStale = false;
    const status = await this.#coordinator.query({ kind: 'status', at: null });
    const { open } = await this.#coordinator.query({ kind: 'openViolations' });
    const lately = (this.#lately ??= await this.#askLately());
    this.#status = status;
    this.#listener.onFacts({ status, open, lately });
    const subject = this.#listener.subject();
    if (subject !== null)
      this.#listener.onStory(await this.#coordinator.query({ kind: 'why', subject, at: null }));
  }

  async #isUpToDate(): Promise<boolean> {
    const { revision } = await this.#coordinator.query({ kind: 'health' });
    return revision === this.#status?.revision;
  }

  async #askLately(): Promise<readonly Entry[]> {
    const sinceMs = (this.#time.wallMs() - latelyMs) as Entry['atMs'];
    const filter = { events: latelyKinds, sinceMs };
    const answer = await this.#coordinator.query({ kind: 'history', filter, limit: latelyMax, before: null });
    return answer.entries;
  }

  /** A watch that fails for good begins anew from what is known by then. */
  async #watchAgain(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#watch(this.#status?.revision ?? (0 as Revision), signal);
      await this.#pause(this.#retryMs, signal);
    }
  }

  async #watch(after: Revision, signal: AbortSignal): Promise<void> {
    try {
      for await (const entry of this.#coordinator.watch((after + 1) as Revision, signal)) {
        if (tellsLately(entry)) this.#lately = null;
        this.stale();
      }
    } catch {
      // Whoever asks finds out why, and tells it.
    }
  }

  async #untilStale(signal: AbortSignal): Promise<void> {
    const onStale = (wake: () => void): (() => void) => {
      this.#wake = wake;
      return () => (this.#wake = null);
    };
    await wakeAtFirst((wake) => this.#time.schedule(quietMs, wake), onAbort(signal), onStale);
  }

  async #pause(forMs: number, signal: AbortSignal): Promise<void> {
    await wakeAtFirst((wake) => this.#time.schedule(forMs, wake), onAbort(signal));
  }
}

const isPassing = (error: unknown): boolean => !(error instanceof CoordinatorError) || error.retryable;
