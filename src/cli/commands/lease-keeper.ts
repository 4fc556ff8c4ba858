import type { Grant, ResultOf } from '../../core/index.ts';
import type { Reply } from '../../protocol/index.ts';
import type { Clock } from '../context.ts';
import { every } from './repeating.ts';

/** How long before the last possible end of the lease its holder must have stopped. */
const marginMs = 250;

export interface LeaseKeeperOptions {
  readonly clock: Clock;
  /** What was granted: these scopes under these tokens are kept, nothing else. */
  readonly locks: readonly Grant[];
  readonly sessionTtlMs: number;
  readonly lockTtlMs: number;
  readonly heartbeat: () => Promise<Reply>;
  readonly onLost: (why: string) => void;
}

/**
 * Keeps leases alive by heartbeats, three to their length, and says at once when they are lost: a heartbeat is refused,
 * it no longer names one of them under its token, or their deadline comes near without an answer.
 *
 * The deadlines are in the coordinator's time. Each heartbeat binds it to this host's monotonic clock: the answer was
 * decided after the heartbeat was sent, so counting from the sending errs on the early side.
 */
export class LeaseKeeper {
  readonly #options: LeaseKeeperOptions;
  #stopBeating: () => void = () => undefined;
  #cancelEnd: () => void = () => undefined;
  #ended = false;

  constructor(options: LeaseKeeperOptions) {
    this.#options = options;
  }

  /** Sends the first heartbeat at once: the grant may have waited for us. */
  async start(): Promise<void> {
    const { clock, lockTtlMs, sessionTtlMs } = this.#options;
    this.#endAfter(lockTtlMs, clock.monotonicMs());
    await this.#beat().catch(() => undefined);
    if (this.#ended) return;
    this.#stopBeating = every(clock, Math.min(lockTtlMs, sessionTtlMs) / 3, () => this.#beat());
  }

  stop(): void {
    this.#ended = true;
    this.#stopBeating();
    this.#cancelEnd();
  }

  async #beat(): Promise<void> {
    const sentAtMs = this.#options.clock.monotonicMs();
    const reply = await this.#options.heartbeat();
    if (this.#ended) return;
    if (!reply.ok) return this.#lose(reply.rejection.message);
    if (reply.result.kind !== 'renewed') return;
    const missing = this.#missingFrom(reply.result);
    if (missing !== null)
      return this.#lose(`the lock of ${missing.scope} is no longer held under token ${missing.token}`);
    this.#endAfter(this.#leftMs(reply.result), sentAtMs);
  }

  #missingFrom(renewed: ResultOf<'renewed'>): Grant | null {
    const isKept = (lock: Grant): boolean =>
      renewed.leases.some((lease) => lease.scope === lock.scope && lease.token === lock.token);
    return this.#options.locks.find((lock) => !isKept(lock)) ?? null;
  }

  /** What was left of the shortest lease when the heartbeat was decided: that moment is the session's new deadline less its length. */
  #leftMs(renewed: ResultOf<'renewed'>): number {
    const decidedAtMs = renewed.sessionDeadlineMs - this.#options.sessionTtlMs;
    const kept = renewed.leases.filter((lease) =>
      this.#options.locks.some((lock) => lock.scope === lease.scope),
    );
    return Math.min(...kept.map((lease) => lease.deadlineMs)) - decidedAtMs;
  }

  #endAfter(leftMs: number, sinceMs: number): void {
    const { clock } = this.#options;
    this.#cancelEnd();
    const margin = Math.min(marginMs, leftMs / 10);
    const delayMs = Math.max(0, sinceMs + leftMs - margin - clock.monotonicMs());
    this.#cancelEnd = clock.after(delayMs, () => this.#lose('its lease could not be renewed in time'));
  }

  #lose(why: string): void {
    if (this.#ended) return;
    this.stop();
    this.#options.onLost(why);
  }
}
