import { asRevision, targetOf } from '../core/index.ts';
import type {
  AgentId,
  Entry,
  Event,
  EventOf,
  Grant,
  Rejection,
  ResultOf,
  Revision,
  Target,
} from '../core/index.ts';
import type { Reply } from '../protocol/index.ts';
import { every, jitteredBackoff, type Time } from '../time/index.ts';
import type { Held } from './holdings.ts';

/** How long before the end of its lease whoever works under it is told to end, and is ended by force. */
interface Margins {
  readonly tellMs: number;
  readonly forceMs: number;
}

/**
 * Who works under it has five seconds to end by himself, and one is left for the system to be slow in. Short leases leave less:
 * at least two renewals must fit into what is before, so that one that fails ends nothing.
 */
function marginsOf(leaseMs: number): Margins {
  return { tellMs: Math.min(6_000, leaseMs / 4), forceMs: Math.min(1_000, leaseMs / 12) };
}

/** Before the heartbeat after a watch that was cut. Those who lost the same owner are out of step already: they dial so. */
const pauseMs = jitteredBackoff({ firstMs: 50, longestMs: 5_000, jitter: 0 });
/** One that lasted for so long was no vain try. */
const calmMs = 10_000;

/** What is left of the shortest of these leases. */
const leftAtMs = (leases: readonly Grant[], atMs: number): number =>
  Math.min(...leases.map(({ deadlineMs }) => deadlineMs)) - atMs;

/** What takes locks from the process that renews them. */
type EndEvent = EventOf<'lock.released' | 'lock.expired' | 'lock.revoked' | 'agent.resumed'>;

/** How leases ended, as far as is known. */
export type LeaseEnd =
  /** The log says so; `by`: the operator who did it. */
  | { readonly kind: 'logged'; readonly event: EndEvent; readonly by: string | null }
  /** A heartbeat was refused. */
  | { readonly kind: 'refused'; readonly rejection: Rejection }
  /** A heartbeat no longer names it. */
  | { readonly kind: 'missing'; readonly lock: Held }
  /** Nobody answers. */
  | { readonly kind: 'notRenewed' };

export interface LeaseLoss {
  readonly end: LeaseEnd;
  /** How long it is still certain that nobody else was granted what they are of; 0 when they may have been already. */
  readonly certainMs: number;
}

export interface LeaseRenewerOptions {
  readonly clock: Pick<Time, 'monotonicMs' | 'schedule'>;
  readonly agent: AgentId;
  /** What was granted: these under their tokens are renewed, nothing else. */
  readonly locks: readonly Grant[];
  readonly sessionTtlMs: number;
  readonly lockTtlMs: number;
  readonly heartbeat: () => Promise<Reply>;
  /** What is committed from a revision on, as it happens. */
  readonly watch: (from: Revision, signal: AbortSignal) => Promise<AsyncIterable<Entry>>;
  /** The leases last for so long from now, less the margin in which nothing may run any more. */
  readonly onRenewed: (certainMs: number) => void;
  readonly onLost: (loss: LeaseLoss) => void;
}

/**
 * Renews leases by heartbeats, three to their length, and says when they are lost: at once when the log says so (a
 * revocation, a release in the agent's name), since somebody else may have been granted the scope in the same moment; when
 * a heartbeat is refused or no longer names one of them under its token; and when nobody answers, early enough before
 * their end for the command to have ended by then.
 *
 * What the log says is listened to from the revision of a heartbeat on. When the watch is cut, a heartbeat at once tells
 * what was missed, and listens anew: the owner may have left for a backup to be put back, and in the log that is there by now
 * nothing is held, so that somebody else may be granted the scopes.
 *
 * The deadlines are in the log's time. Each heartbeat binds it to this host's monotonic clock: the answer, which says what
 * time it was, was decided after the heartbeat was sent, so counting from the sending errs on the early side.
 */
export class LeaseRenewer {
  readonly #options: LeaseRenewerOptions;
  /** Of the shortest, as far as is known. */
  #leaseMs: number;
  #isBegun = false;
  #locks: readonly Grant[];
  #stopBeating: () => void = () => undefined;
  #cancelEnd: () => void = () => undefined;
  #cancelNext: () => void = () => undefined;
  #isListening = false;
  /** How many watches and heartbeats in a row were in vain. */
  #vain = 0;
  readonly #over = new AbortController();

  constructor(options: LeaseRenewerOptions) {
    this.#options = options;
    this.#locks = options.locks;
    // The end of a session ends its locks too.
    this.#leaseMs = Math.min(options.lockTtlMs, options.sessionTtlMs);
  }

  /** What is renewed, with the deadlines of the last heartbeat. */
  get locks(): readonly Grant[] {
    return this.#locks;
  }

  /** Whether they are neither lost nor given back, as far as is known here. */
  get isRenewing(): boolean {
    return !this.#isOver;
  }

  /** How long whoever works under them has between being told to end and being ended by force. */
  get graceMs(): number {
    const { tellMs, forceMs } = marginsOf(this.#leaseMs);
    return tellMs - forceMs;
  }

  /**
   * Sends the first heartbeat: only its answer tells for how long the locks are ours, since the grant may have waited for
   * us. Fails when there is no answer.
   */
  async start(): Promise<void> {
    await this.#beat();
    this.#isBegun = true;
    if (!this.#isOver) this.#beatThrice();
  }

  /** In the length of a lease. */
  #beatThrice(): void {
    this.#stopBeating();
    this.#stopBeating = every(this.#options.clock, this.#leaseMs / 3, () => this.#beat());
  }

  stop(): void {
    this.#over.abort();
    this.#stopBeating();
    this.#cancelEnd();
    this.#cancelNext();
  }

  /** Beside those that come by themselves. */
  #beatAgain(): void {
    this.#vain += 1;
    this.#cancelNext();
    if (this.#isOver) return;
    this.#cancelNext = this.#options.clock.schedule(pauseMs(this.#vain), () => {
      this.#beat().catch(() => this.#beatAgain());
    });
  }

  async #beat(): Promise<void> {
    const sentAtMs = this.#options.clock.monotonicMs();
    const reply = await this.#options.heartbeat();
    if (this.#isOver) return;
    if (!reply.ok) return this.#lose({ end: { kind: 'refused', rejection: reply.rejection }, certainMs: 0 });
    if (reply.result.kind !== 'renewed') return;
    const missing = this.#missingFrom(reply.result);
    if (missing !== null) return this.#lose({ end: { kind: 'missing', lock: missing }, certainMs: 0 });
    const { leases, sessionDeadlineMs } = reply.result;
    this.#locks = leases.filter((lease) => this.#locks.some((lock) => targetOf(lock) === targetOf(lease)));
    this.#learnLength(reply.atMs);
    const leftMs = Math.min(leftAtMs(this.#locks, reply.atMs), sessionDeadlineMs - reply.atMs);
    // Never more than a whole lease, should its length have been configured anew.
    this.#endBy(sentAtMs + Math.min(leftMs, this.#leaseMs));
    if (!this.#isOver && !this.#isListening) void this.#listen(asRevision(reply.revision + 1));
  }

  async #listen(from: Revision): Promise<void> {
    this.#isListening = true;
    const sinceMs = this.#options.clock.monotonicMs();
    try {
      for await (const entry of await this.#options.watch(from, this.#over.signal)) {
        const event = entry.events.find((each) => this.#isEnd(each));
        if (event !== undefined)
          return this.#lose({ end: { kind: 'logged', event, by: entry.by }, certainMs: 0 });
      }
    } catch {
      // A heartbeat tells what was missed.
    } finally {
      this.#isListening = false;
    }
    if (this.#options.clock.monotonicMs() - sinceMs >= calmMs) this.#vain = 0;
    this.#beatAgain();
  }

  /**
   * Leaving and being lost end the locks as well, each with an event of its own. Whoever goes on as the agent in another
   * process has its locks from then on, and this one can renew nothing any more.
   */
  #isEnd(event: Event): event is EndEvent {
    switch (event.kind) {
      case 'lock.released':
      case 'lock.expired':
      case 'lock.revoked':
        return this.#locks.some((lock) => targetOf(lock) === targetOf(event) && lock.token === event.token);
      case 'agent.resumed':
        return event.agent === this.#options.agent;
      default:
        return false;
    }
  }

  get #isOver(): boolean {
    return this.#over.signal.aborted;
  }

  #missingFrom(renewed: ResultOf<'renewed'>): Grant | null {
    const isKept = (lock: Grant): boolean =>
      renewed.leases.some((lease) => targetOf(lease) === targetOf(lock) && lease.token === lock.token);
    return this.#locks.find((lock) => !isKept(lock)) ?? null;
  }

  /**
   * What the agent held before may have a shorter lease than what was asked for now, and another command of the agent may
   * shorten it: a heartbeat renews each for its own length. Only while others wait does it fall short of that.
   */
  #learnLength(atMs: number): void {
    const wasHeld = (target: Target): boolean =>
      this.#options.locks.some((lock) => targetOf(lock) === target && lock.already === true);
    const whole = this.#locks.filter(
      (lock) => lock.contendedSinceMs === null || (!this.#isBegun && wasHeld(targetOf(lock))),
    );
    const shortestMs = leftAtMs(whole, atMs);
    if (shortestMs <= 0 || shortestMs >= this.#leaseMs) return;
    this.#leaseMs = shortestMs;
    if (this.#isBegun) this.#beatThrice();
  }

  /** At a time of the monotonic clock. */
  #endBy(atMs: number): void {
    const { clock, onRenewed } = this.#options;
    const { tellMs, forceMs } = marginsOf(this.#leaseMs);
    const leftMs = atMs - clock.monotonicMs();
    const end = { kind: 'notRenewed' } as const;
    this.#cancelEnd();
    if (leftMs <= tellMs) return this.#lose({ end, certainMs: Math.max(0, leftMs - forceMs) });
    onRenewed(leftMs - forceMs);
    this.#cancelEnd = clock.schedule(leftMs - tellMs, () =>
      this.#lose({ end, certainMs: Math.max(0, atMs - forceMs - clock.monotonicMs()) }),
    );
  }

  #lose(loss: LeaseLoss): void {
    if (this.#isOver) return;
    this.stop();
    this.#options.onLost(loss);
  }
}
