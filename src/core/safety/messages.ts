/** Invariants about messages. */
import type { Agent, State } from '../state.ts';
import type { Violation } from './violation.ts';

/**
 * An agent has no more unread messages than are kept; they are in the order in which they were sent, to this incarnation, and
 * by somebody else. Who is lost has none. While some have given way, the newest of them all is still unread: more cannot be
 * asked here, since the bound may have grown meanwhile (that of the specification never does, so it asks for a full inbox).
 */
export function InboxConsistency(state: State): Violation[] {
  const found: Violation[] = [];
  for (const agent of state.agents.values()) {
    const evidence = inboxProblem(agent, state);
    if (evidence !== null) found.push({ invariant: 'InboxConsistency', subject: agent.id, evidence });
  }
  return found;
}

function inboxProblem({ id, epoch, presence, inbox }: Agent, { settings, revision }: State): string | null {
  const { unread, gaveWay } = inbox;
  if (presence === 'lost' && unread.length + gaveWay > 0) return 'is lost, but has messages';
  if (unread.length > settings.maxUnreadMessages)
    return `has ${unread.length} unread messages, ${settings.maxUnreadMessages} are kept`;
  if (gaveWay > 0 && unread.length === 0) return 'has lost messages to later ones, and there are none';
  let last: number = epoch;
  for (const message of unread) {
    if (message.from === id) return 'has a message from itself';
    if (message.revision <= last) return `has a message of revision ${message.revision} after ${last}`;
    last = message.revision;
  }
  return last > revision ? 'has a message from the future' : null;
}
