import type { AgentId, ScopePath, Ticket } from '../core/index.ts';
import type { Coordinator, TicketReply } from '../protocol/index.ts';
import type { Clock } from './ports.ts';

/** How one call's waiting ended. */
export type CallEnd =
  | { readonly kind: 'left'; readonly reply: TicketReply }
  /** The call's time is over; the place is kept. */
  | { readonly kind: 'time' }
  | { readonly kind: 'aborted' };

export interface WaitOptions {
  readonly coordinator: Coordinator;
  readonly clock: Clock;
  readonly agent: AgentId;
  readonly ticket: Ticket;
  readonly scopes: readonly ScopePath[];
  /** Called once, when the ticket has left the queue. */
  readonly onLeft: (reply: TicketReply) => void;
}

/** Pause before a coordinator that cannot be reached is asked again. */
const pauseMs = 1_000;

/**
 * A place in the queue, watched for as long as it lasts, whether or not a call waits for it: a grant that comes between
 * two calls must not go unnoticed.
 */
export class TicketWait {
  readonly ticket: Ticket;
  readonly scopes: readonly ScopePath[];
  readonly #options: WaitOptions;
  readonly #abort = new AbortController();
  readonly #left: Promise<TicketReply>;
  #calls = 0;
  /** Calls that waited when it left the queue, and to which its end is still worth something. */
  #hearers = 0;

  constructor(options: WaitOptions) {
    this.#options = options;
    this.ticket = options.ticket;
    this.scopes = options.scopes;
    this.#left = this.#watch();
    this.#left.then(
      (reply) => {
        this.#hearers = this.#calls;
        options.onLeft(reply);
      },
      () => undefined,
    );
  }

  /** Whether a call waits for it at the moment. */
  get isAttended(): boolean {
    return this.#calls > 0;
  }

  /** Says that a call that heard its end wants nothing of it; true when none is left that does. */
  renounce(): boolean {
    this.#hearers -= 1;
    return this.#hearers <= 0;
  }

  /** Waits for at most a time, or until the signal aborts. */
  async attend(forMs: number, signal: AbortSignal): Promise<CallEnd> {
    this.#calls += 1;
    const time = this.#afterTime(forMs);
    const aborted = whenAborted(signal);
    try {
      const left = this.#left.then((reply): CallEnd => ({ kind: 'left', reply }));
      return await Promise.race([left, time.over, aborted.over]);
    } finally {
      this.#calls -= 1;
      time.cancel();
      aborted.off();
    }
  }

  /** How it ended; waits until it has. */
  get left(): Promise<TicketReply> {
    return this.#left;
  }

  /** Watches no longer. The place itself is not given up. */
  stop(): void {
    this.#abort.abort();
  }

  async #watch(): Promise<TicketReply> {
    const { coordinator, agent, ticket, clock } = this.#options;
    const { signal } = this.#abort;
    for (;;) {
      try {
        return await coordinator.awaitTicket({ agent, ticket }, signal);
      } catch (error) {
        if (signal.aborted) throw error;
        await new Promise<void>((resolve) => void clock.after(pauseMs, resolve));
      }
    }
  }

  #afterTime(forMs: number): { readonly over: Promise<CallEnd>; readonly cancel: () => void } {
    let cancel = (): void => undefined;
    const over = new Promise<CallEnd>((resolve) => {
      cancel = this.#options.clock.after(forMs, () => resolve({ kind: 'time' }));
    });
    return { over, cancel };
  }
}

function whenAborted(signal: AbortSignal): { readonly over: Promise<CallEnd>; readonly off: () => void } {
  let off = (): void => undefined;
  const over = new Promise<CallEnd>((resolve) => {
    const onAbort = (): void => resolve({ kind: 'aborted' });
    if (signal.aborted) return onAbort();
    signal.addEventListener('abort', onAbort);
    off = () => signal.removeEventListener('abort', onAbort);
  });
  return { over, off };
}
