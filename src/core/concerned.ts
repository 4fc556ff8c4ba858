/**
 * What an event is about. Some events name only what they end: a ticket, or the run of a sync. Its number is the revision at
 * which it began, and the entry there says the rest.
 */
import type { AgentId, Revision, ScopePath } from './ids.ts';
import type { Entry, Event, EventKind, EventOf } from './events.ts';

export interface Concerned {
  readonly scopes: readonly ScopePath[];
  readonly agent: AgentId | null;
}

/**
 * Where that began which an event ends, if the event does not itself tell all that it concerns; else null. A wait that
 * was served needs no look: the grant beside it names the scopes.
 */
export function beginningOf(event: Event): Revision | null {
  if (event.kind === 'ticket.ended') return event.cause === 'granted' ? null : event.ticket;
  return event.kind === 'sync.aborted' ? event.run : null;
}

/** `begun` is the entry at {@link beginningOf} the event; null where that is not kept. */
export function concernedBy(event: Event, begun: Entry | null = null): Concerned {
  return { scopes: scopesIn(event, begun), agent: agentIn(event, begun) };
}

function scopesIn(event: Event, begun: Entry | null): readonly ScopePath[] {
  if (event.kind === 'scope.defined') return [event.scope.path];
  if (event.kind === 'agent.renewed') return event.leases.map((lease) => lease.scope);
  if (event.kind === 'agent.lost') return event.held;
  if (event.kind === 'ticket.ended') return firstOf(begun, 'ticket.issued')?.scopes ?? [];
  if ('scope' in event) return [event.scope];
  return 'scopes' in event ? event.scopes : [];
}

function agentIn(event: Event, begun: Entry | null): AgentId | null {
  if ('agent' in event) return event.agent;
  return event.kind === 'sync.aborted' ? (firstOf(begun, 'sync.started')?.agent ?? null) : null;
}

/** A ticket is issued, and a run started, by a command that does no other. */
function firstOf<Kind extends EventKind>(entry: Entry | null, kind: Kind): EventOf<Kind> | undefined {
  return entry?.events.find((event): event is EventOf<Kind> => event.kind === kind);
}
