import { named, shownNames, withoutNone, type AgentId, type Revision } from '../core/index.ts';
import type { Coordinator, Reply, TicketReply, TicketRequest, WaiterView } from '../protocol/index.ts';
import type { Time } from '../time/index.ts';
import type { Rejected } from './answers.ts';

interface Ports {
  readonly coordinator: Pick<Coordinator, 'awaitTicket' | 'query'>;
  readonly time: Pick<Time, 'schedule'>;
}

export interface EarlierTicket extends WaiterView {
  /** Of the answer that tells of it. */
  readonly revision: Revision;
}

/**
 * The ticket, if it lasts longer than that. An agent has one, and asking again leads to it: it may have been asked for before,
 * by a process that was killed, and lasts for as long as was asked for then.
 */
export async function ticketBeyond(
  { coordinator }: Pick<Ports, 'coordinator'>,
  { ticket }: Pick<TicketRequest, 'ticket'>,
  forMs: number,
): Promise<EarlierTicket | null> {
  const { waiters, timeMs, revision } = await coordinator.query({ kind: 'status', at: null });
  const found = waiters.find((each) => each.ticket === ticket && each.deadlineMs > timeMs + forMs);
  return found === undefined ? null : { ...found, revision };
}

/** How the wait for a ticket ended, or the ticket, which is kept where it lasts longer than is to be waited. */
export type WaitEnd = { readonly left: TicketReply } | { readonly kept: EarlierTicket };

/** Waits until the ticket leaves the queue, but no longer than asked for now; null: for as long as it lasts. */
export async function awaitAtMost(
  ports: Ports,
  ask: TicketRequest,
  forMs: number | null,
  signal: AbortSignal,
): Promise<WaitEnd> {
  const { coordinator, time } = ports;
  const lastsLonger = forMs !== null && (await ticketBeyond(ports, ask, forMs)) !== null;
  if (!lastsLonger) return { left: await coordinator.awaitTicket(ask, signal) };
  const over = new AbortController();
  const cancel = time.schedule(forMs, () => over.abort());
  try {
    return { left: await coordinator.awaitTicket(ask, AbortSignal.any([signal, over.signal])) };
  } catch (error) {
    if (signal.aborted || !over.signal.aborted) throw error;
    const kept = await ticketBeyond(ports, ask, 0);
    // It has left in the same moment.
    return kept === null ? { left: await coordinator.awaitTicket(ask, signal) } : { kept };
  } finally {
    cancel();
  }
}

/** Whoever would not wait now keeps the ticket all the same. */
export function refusedWith(waiter: WaiterView, agent: AgentId, reply: Reply): Rejected {
  const { ticket, scopes, files, resources, sinceMs } = waiter;
  const wish = withoutNone({ scopes, ...(files && { files }), ...(resources && { resources }) });
  const message = `${agent} waits for ${named(...shownNames(wish))} already: wait for that, or cancel it first`;
  const rejection = { code: 'ALREADY_WAITING', message, details: { ticket, ...wish, sinceMs } } as const;
  return { ok: false, revision: reply.revision, atMs: reply.atMs, rejection };
}
