import type { AgentId, Entry, Event, Grant } from '../../core/index.ts';
import { eventText } from '../format/events.ts';
import { line } from '../format/text.ts';

/** What is kept, and by whom. */
export interface Kept {
  readonly agent: AgentId;
  readonly locks: readonly Grant[];
}

/** How one of the leases ended in an entry of the log, in words; null when none did. */
export function leaseEndIn(entry: Entry, kept: Kept): string | null {
  const end = entry.events.find((event) => endsLease(event, kept));
  if (end === undefined) return null;
  return end.kind === 'lock.revoked' && entry.by !== null
    ? line`${eventText(end)} (by ${entry.by})`
    : eventText(end);
}

/**
 * Leaving and being lost end the locks as well, each with an event of its own. Whoever goes on as the agent in another
 * process has its locks from then on, and this one can renew nothing any more.
 */
function endsLease(event: Event, { agent, locks }: Kept): boolean {
  switch (event.kind) {
    case 'lock.released':
    case 'lock.expired':
    case 'lock.revoked':
      return locks.some(({ scope, token }) => scope === event.scope && token === event.token);
    case 'agent.resumed':
      return event.agent === agent;
    default:
      return false;
  }
}
