/**
 * What an event is about. Some events name only what they end: a ticket, or the run of a sync. Its number is the revision at
 * which it began, and the entry there says the rest.
 */
import type { AgentId, FilePath, ResourceName, Revision, ScopePath } from './ids.ts';
import type { Entry, Event, EventKind, EventOf } from './events.ts';
import { isSlot, namesOf, resourceOf, type LockName, type Target } from './targets.ts';

/** Under which it is looked for: a lock of a file under the scope and under the file. */
export type SubjectName = ScopePath | FilePath | ResourceName;

export interface Concerned {
  readonly names: readonly SubjectName[];
  readonly agents: readonly AgentId[];
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
  return { names: [...new Set(namesIn(event, begun))], agents: agentsIn(event, begun) };
}

function namesIn(event: Event, begun: Entry | null): readonly SubjectName[] {
  if (event.kind === 'scope.defined') return [event.scope.path];
  if (event.kind === 'agent.renewed') return event.leases.flatMap(namesOfLock);
  if (event.kind === 'agent.lost') return event.held.map(nameOfTarget);
  if (event.kind === 'ticket.issued') return namesOf(event);
  if (event.kind === 'ticket.ended') return namesOf(firstOf(begun, 'ticket.issued') ?? { scopes: [] });
  if (event.kind === 'context.modified') return [event.scope];
  if (event.kind === 'message.sent') return event.way.kind === 'holder' ? namesOfLock(event.way) : [];
  if ('resource' in event || 'scope' in event) return namesOfLock(event);
  return 'scopes' in event ? event.scopes : [];
}

/** Of a lock, or of what names a scope alone. */
function namesOfLock({ scope, file, resource }: Partial<LockName>): readonly SubjectName[] {
  return [scope, file, resource].filter((name) => name !== undefined);
}

const nameOfTarget = (target: Target): SubjectName => (isSlot(target) ? resourceOf(target) : target);

function agentsIn(event: Event, begun: Entry | null): readonly AgentId[] {
  if (event.kind === 'message.sent')
    return [...(event.agent === undefined ? [] : [event.agent]), ...event.recipients];
  if ('holder' in event) return event.holder === null ? [] : [event.holder];
  if ('agent' in event) return [event.agent];
  const started = event.kind === 'sync.aborted' ? firstOf(begun, 'sync.started') : undefined;
  return started === undefined ? [] : [started.agent];
}

/** A ticket is issued, and a run started, by a command that does no other. */
function firstOf<Kind extends EventKind>(entry: Entry | null, kind: Kind): EventOf<Kind> | undefined {
  return entry?.events.find((event): event is EventOf<Kind> => event.kind === kind);
}
