/** Tickets: each waiter is told of its own grant or end, at the revision that has it, and of nothing else. */
import {
  nameWith,
  asRevision,
  partsOf,
  targetOf,
  toGrant,
  type Entry,
  type Event,
  type EventOf,
  type Grant,
  type Lock,
  type Revision,
  type State,
  type Ticket,
  type TimeMs,
} from '../core/index.ts';
import type { CoordinatorError, TicketReply, TicketRequest } from '../protocol/index.ts';
import { agentSubject, eventSubject, type LogStore } from '../store/index.ts';
import { toFailure } from './failures.ts';
import { foundBy } from './history.ts';

/** Somebody who waits for a ticket. */
export interface TicketCall {
  readonly request: TicketRequest;
  answer(reply: TicketReply): void;
  fail(error: CoordinatorError): void;
}

export class TicketDesk {
  readonly #store: LogStore;
  readonly #waiting = new Map<Ticket, Set<TicketCall>>();

  constructor(store: LogStore) {
    this.#store = store;
  }

  /** Tickets that somebody waits for. */
  get size(): number {
    return this.#waiting.size;
  }

  /** Answers at once when the ticket has left the queue, else when it does. Returns how to give up waiting. */
  admit(call: TicketCall, state: State, nowMs: TimeMs): () => void {
    const { agent, ticket } = call.request;
    const waiter = state.tickets.get(ticket);
    if (waiter !== undefined && waiter.agent === agent) return this.#enlist(call);
    const locks = grantsOf(state, call.request);
    if (locks.length > 0) call.answer({ kind: 'granted', revision: state.revision, locks, atMs: nowMs });
    else this.#searchEnd(call, state.revision);
    return () => undefined;
  }

  /** Tells whoever waits for a ticket that ended in these entries. */
  onCommitted(entries: readonly Entry[], state: State): void {
    if (this.#waiting.size === 0) return;
    for (const entry of entries)
      for (const event of entry.events) if (event.kind === 'ticket.ended') this.#tell(entry, event, state);
  }

  /** Whoever waits is told why nobody can say when that ends; the ticket is kept. */
  dismissAll(error: CoordinatorError): void {
    const calls = [...this.#waiting.values()].flatMap((waiting) => [...waiting]);
    this.#waiting.clear();
    for (const call of calls) call.fail(error);
  }

  #enlist(call: TicketCall): () => void {
    const { ticket } = call.request;
    const calls = this.#waiting.get(ticket) ?? new Set();
    this.#waiting.set(ticket, calls.add(call));
    return () => {
      calls.delete(call);
      if (calls.size === 0 && this.#waiting.get(ticket) === calls) this.#waiting.delete(ticket);
    };
  }

  #tell(entry: Entry, event: EventOf<'ticket.ended'>, state: State): void {
    const calls = this.#waiting.get(event.ticket);
    if (calls === undefined) return;
    this.#waiting.delete(event.ticket);
    const { revision } = entry;
    const reply: TicketReply =
      event.cause === 'granted'
        ? { kind: 'granted', revision, locks: grantsIn(entry, event.ticket, state), atMs: entry.atMs }
        : { kind: 'ended', revision, cause: event.cause };
    for (const call of calls) call.answer(reply);
  }

  #searchEnd(call: TicketCall, revision: Revision): void {
    findEnd(this.#store, call.request, revision).then(
      (cause) => call.answer({ kind: 'ended', revision, cause: cause ?? 'unknown' }),
      (error: unknown) => call.fail(toFailure(error)),
    );
  }
}

/** The locks that a ticket brought and that are still held. */
function grantsOf(state: State, { agent, ticket }: TicketRequest): Grant[] {
  const held = [...(state.agents.get(agent)?.held ?? [])].map((target) => state.locks.get(target));
  return held
    .filter((lock) => lock !== undefined && lock.ticket === ticket)
    .map((lock) => toGrant(state, lock as Lock));
}

/** The locks that a ticket brought in an entry, as they stand now, or as they were when they have ended since. */
function grantsIn(entry: Entry, ticket: Ticket, state: State): Grant[] {
  const granted = (event: Event): event is EventOf<'lock.granted'> =>
    event.kind === 'lock.granted' && event.ticket === ticket;
  return entry.events.filter(granted).map((event) => {
    const lock = state.locks.get(targetOf(event));
    if (lock?.token === entry.revision) return toGrant(state, lock);
    const { deadlineMs } = event;
    return nameWith(partsOf(event), { token: entry.revision, deadlineMs, contendedSinceMs: null });
  });
}

/** How a ticket left the queue. `granted`: what it brought has ended since. Null: the log no longer says. */
async function findEnd(
  store: LogStore,
  { agent, ticket }: TicketRequest,
  revision: Revision,
): Promise<EventOf<'ticket.ended'>['cause'] | null> {
  const search = [[agentSubject(agent, 'changed')], [eventSubject('ticket.ended')]];
  for await (const entry of foundBy(store, search, asRevision(revision + 1))) {
    if (entry.revision <= ticket) return null;
    for (const event of entry.events)
      if (event.kind === 'ticket.ended' && event.ticket === ticket && event.agent === agent)
        return event.cause;
  }
  return null;
}
