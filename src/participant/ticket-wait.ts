import type { AgentId, Ticket, Wish } from '../core/index.ts';
import { CoordinatorError, type Coordinator, type TicketReply } from '../protocol/index.ts';
import type { Timers } from '../time/index.ts';

/** How one call's waiting ended. */
export type CallEnd =
  | { readonly kind: 'left'; readonly reply: TicketReply }
  /** The call's time is over; the ticket is kept. */
  | { readonly kind: 'time' }
  | { readonly kind: 'aborted' }
  /** It is watched no more: the agent is gone, or its ticket was given up. */
  | { readonly kind: 'stopped' };

export interface WaitOptions {
  readonly coordinator: Pick<Coordinator, 'awaitTicket'>;
  readonly clock: Pick<Timers, 'schedule'>;
  readonly agent: AgentId;
  readonly ticket: Ticket;
  readonly wish: Wish;
  /** Called once, when the ticket has left the queue. */
  readonly onLeft: (reply: TicketReply) => void;
}

/** Pauses before a coordinator that cannot be reached is asked again; what a moment does not mend may take long. */
const pauseMs = 1_000;
const longPauseMs = 15_000;

/**
 * A ticket, watched for as long as it lasts, whether or not a call waits for it: a grant that comes between
 * two calls must not go unnoticed.
 */
export class TicketWait {
  readonly ticket: Ticket;
  readonly wish: Wish;
  /** Calls that are under way and have to do with this ticket, whether they wait at the moment or not. */
  readonly visitors = new Set<object>();
  readonly #options: WaitOptions;
  readonly #abort = new AbortController();
  readonly #left: Promise<TicketReply>;
  #reply: TicketReply | null = null;
  #waitingCalls = 0;

  constructor(options: WaitOptions) {
    this.#options = options;
    this.ticket = options.ticket;
    this.wish = options.wish;
    this.#left = this.#watch();
    this.#left.then(
      (reply) => {
        this.#reply = reply;
        options.onLeft(reply);
      },
      () => undefined,
    );
  }

  /** Whether a call waits for it at the moment. */
  get isAttended(): boolean {
    return this.#waitingCalls > 0;
  }

  /** Waits for at most a time, or until the signal aborts. */
  async attend(forMs: number, signal: AbortSignal): Promise<CallEnd> {
    this.#waitingCalls += 1;
    const time = this.#afterTime(forMs);
    const aborted = whenAborted(signal, { kind: 'aborted' });
    const stopped = whenAborted(this.#abort.signal, { kind: 'stopped' });
    try {
      const left = this.#left.then((reply): CallEnd => ({ kind: 'left', reply }));
      // A watch that was stopped fails; that it was stopped says more.
      const leftOrNever = left.catch(() => new Promise<CallEnd>(() => undefined));
      const end = await Promise.race([leftOrNever, time.over, aborted.over, stopped.over]);
      // Whatever came in the same moment: that it has left the queue counts for more.
      return this.#reply === null ? end : { kind: 'left', reply: this.#reply };
    } finally {
      this.#waitingCalls -= 1;
      time.cancel();
      aborted.off();
      stopped.off();
    }
  }

  /** How it ended; waits until it has. */
  get left(): Promise<TicketReply> {
    return this.#left;
  }

  /** Watches no longer. The ticket itself is not given up. */
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
        const isPassing = error instanceof CoordinatorError && error.retryable;
        await new Promise<void>((resolve) => void clock.schedule(isPassing ? pauseMs : longPauseMs, resolve));
      }
    }
  }

  #afterTime(forMs: number): { readonly over: Promise<CallEnd>; readonly cancel: () => void } {
    let cancel = (): void => undefined;
    const over = new Promise<CallEnd>((resolve) => {
      cancel = this.#options.clock.schedule(forMs, () => resolve({ kind: 'time' }));
    });
    return { over, cancel };
  }
}

function whenAborted(
  signal: AbortSignal,
  end: CallEnd,
): { readonly over: Promise<CallEnd>; readonly off: () => void } {
  let off = (): void => undefined;
  const over = new Promise<CallEnd>((resolve) => {
    const onAbort = (): void => resolve(end);
    if (signal.aborted) return onAbort();
    signal.addEventListener('abort', onAbort);
    off = () => signal.removeEventListener('abort', onAbort);
  });
  return { over, off };
}
