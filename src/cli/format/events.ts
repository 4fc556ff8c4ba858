import { unreachable } from '../../core/index.ts';
import type { Entry, Event } from '../../core/index.ts';
import type { HistoryFilter } from '../../protocol/index.ts';
import { isAsked } from './entry-filter.ts';
import type { Style } from './style.ts';
import { line } from './text.ts';
import { clockTime } from './time.ts';
import { commandWords, count, duration, ticketEndWords } from '../../wording/index.ts';

/**
 * One entry of the log: a line with its revision, time and author, its events below when there are several. Of very many
 * those are shown that were asked for.
 */
export function entryText(style: Style, entry: Entry, filter: HistoryFilter, nowMs: number): string {
  const who = line`${entry.agent ?? entry.by ?? 'rhema'}`;
  const head = style.paint('dim', `@${entry.revision} ${clockTime(entry.atMs, nowMs)}`);
  const shown = shownOf(entry.events, filter);
  const [first = '', ...more] = shown.map((event) => eventText(event));
  if (entry.events.length > 1)
    return [
      `${head} ${who} ${commandWords[entry.kind]}:`,
      ...[first, ...more, ...leftOut(entry, shown.length)].map(indented),
    ].join('\n');
  return first.startsWith(`${who} `) ? `${head} ${first}` : `${head} ${who}: ${first}`;
}

/** Events of one entry that are shown: a command may define thousands of scopes. */
const eventsMax = 20;

function shownOf(events: readonly Event[], filter: HistoryFilter): readonly Event[] {
  if (events.length <= eventsMax) return events;
  const asked = events.filter((event) => isAsked(event, filter));
  return (asked.length === 0 ? events : asked).slice(0, eventsMax);
}

const leftOut = ({ events, revision }: Entry, shown: number): string[] =>
  events.length === shown
    ? []
    : [`... and ${count(events.length - shown, 'more event')} of revision ${revision}: --json has all`];

const indented = (text: string): string => `    ${text}`;

const because = (reason: string | null): string => (reason === null ? '' : `: ${reason}`);

/** What happened, as a sentence without a subject that is clear from the entry. */
export function eventText(event: Event): string {
  const group = event.kind.split('.')[0];
  if (group === 'agent') return agentEventText(event as AgentEvent);
  if (group === 'lock') return lockEventText(event as LockEvent);
  if (group === 'sync') return syncEventText(event as SyncEvent);
  return otherEventText(event as OtherEvent);
}

type AgentEvent = Extract<Event, { kind: `agent.${string}` }>;
type LockEvent = Extract<Event, { kind: `lock.${string}` }>;
type SyncEvent = Extract<Event, { kind: `sync.${string}` }>;
type OtherEvent = Exclude<Event, AgentEvent | LockEvent | SyncEvent>;

function agentEventText(event: AgentEvent): string {
  switch (event.kind) {
    case 'agent.joined':
      return line`${event.agent} joined`;
    case 'agent.resumed':
      return event.way === 'takeOver'
        ? line`${event.from} took over ${event.agent}, whose process is refused from then on`
        : line`${event.agent} goes on in another process (${event.from})`;
    case 'agent.renewed':
      return line`${event.agent} renewed its session and ${count(event.leases.length, 'lease')}`;
    case 'agent.statusChanged':
      return line`${event.agent} became ${event.to}, was ${event.from}${because(event.reason)}`;
    case 'agent.reported':
      return line`${event.agent} reported: ${event.report}`;
    case 'agent.left':
      return line`${event.agent} left`;
    case 'agent.lost':
      return line`${event.agent} was lost${event.held.length === 0 ? '' : `, holding ${event.held.join(', ')}`}`;
    default:
      return unreachable(event);
  }
}

const releaseCauses = {
  released: '',
  completed: ': it is completed',
  left: ': it left',
  lost: ': it was lost',
  blockedTooLong: ': it was blocked for too long',
  scopeRemoved: ': the scope was removed',
} as const;

function lockEventText(event: LockEvent): string {
  switch (event.kind) {
    case 'lock.granted':
      return line`${event.agent} was granted ${event.scope} for ${duration(event.ttlMs)}${because(event.reason)}`;
    case 'lock.renewed':
      return line`${event.agent} renewed ${event.scope}${because(event.reason ?? null)}`;
    case 'lock.released':
      return line`${event.agent} gave back ${event.scope} (token ${event.token})${releaseCauses[event.cause]}`;
    case 'lock.expired':
      return line`the lease of ${event.agent} on ${event.scope} ran out (token ${event.token})`;
    case 'lock.revoked':
      return line`${event.scope} was taken from ${event.agent} (token ${event.token})${because(event.reason)}`;
    default:
      return unreachable(event);
  }
}

function syncEventText(event: SyncEvent): string {
  switch (event.kind) {
    case 'sync.started':
      return line`${event.agent} began to sync ${event.scope}`;
    case 'sync.completed':
      return line`${event.agent} completed the sync of ${event.scope} (run ${event.run})`;
    case 'sync.failed':
      return line`the sync of ${event.scope} failed (run ${event.run}): ${event.error}`;
    case 'sync.retried':
      return line`the sync of ${event.scope} may be tried again`;
    case 'sync.reset':
      return line`the sync of ${event.scope} was reset`;
    case 'sync.aborted':
      return line`the sync of ${event.scope} was aborted (run ${event.run})${because(event.reason)}`;
    case 'sync.invalidated':
      return line`${event.scope} is to be synced again, because ${event.cause} changed${because(event.reason ?? null)}`;
    default:
      return unreachable(event);
  }
}

function otherEventText(event: OtherEvent): string {
  switch (event.kind) {
    case 'place.contended':
      return 'somebody waits for a place';
    case 'place.uncontended':
      return 'nobody waits for a place any more';
    case 'ticket.issued':
      return line`${event.agent} waits for ${event.scopes.join(', ')}${because(event.reason)}`;
    case 'ticket.ended':
      return line`the wait of ${event.agent} ended (ticket ${event.ticket}): ${ticketEndWords[event.cause]}`;
    case 'scope.defined':
      return line`scope ${event.scope.path} was defined`;
    case 'scope.withdrawn':
      return line`scope ${event.scope} is defined no more, and stays until nobody holds it or waits for it`;
    case 'scope.removed':
      return line`scope ${event.scope} was removed`;
    case 'context.modified':
      return line`${event.agent} wrote ${event.file} of ${event.scope} (token ${event.token})`;
    case 'repository.changed':
      return line`${event.operation} changed ${event.scopes.join(', ')}`;
    case 'leases.rearmed':
      return 'every lease, session and wait began anew';
    case 'clock.anchored':
      return line`the log is kept by ${event.clock.host} now`;
    case 'settings.changed':
      return 'the configuration was taken over';
    default:
      return unreachable(event);
  }
}
