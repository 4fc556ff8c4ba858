import { count, duration, shownName, shownNames, shownTarget } from '../core/index.ts';
import type { Entry, Event, EventKind, EventOf } from '../core/index.ts';
import { commandWords, messageWords, ticketEndWords, violationEndWords } from './command-words.ts';
import { releaseWords } from './release-words.ts';
import { shownLock } from './shown-lock.ts';

/** How a face shows what it has from others, so that nobody takes it for the face's own words. */
export interface Quoting {
  readonly agent: (agent: string) => string;
  /** The name of a scope, a file, an operator, an operation or a machine. */
  readonly name: (name: string) => string;
  /** What somebody wrote. */
  readonly text: (text: string) => string;
}

/** What happened, as a sentence. */
export function eventText(event: Event, quoting: Quoting): string {
  const words = eventWords[event.kind] as (event: Event, quoting: Quoting) => string;
  return words(event, quoting);
}

/** Who said what, to stand before the events of an entry; empty where its only event says so itself. */
export function authorText({ kind, agent, by, events }: Entry, quoting: Quoting): string {
  const operator = by === null ? 'rhema' : quoting.name(by);
  const who = agent === null ? operator : quoting.agent(agent);
  const [first, second] = events;
  if (second !== undefined) return `${who} ${commandWords[kind]}:`;
  return first !== undefined && eventText(first, quoting).startsWith(`${who} `) ? '' : `${who}:`;
}

type EventWords = { readonly [Kind in EventKind]: (event: EventOf<Kind>, quoting: Quoting) => string };

/** One sentence per event; a forgotten one does not compile. */
const eventWords: EventWords = {
  'agent.joined': ({ agent }, as) => `${as.agent(agent)} joined`,
  'agent.resumed': ({ agent, way, from }, as) =>
    way === 'takeOver'
      ? `${as.name(from)} took over ${as.agent(agent)}, whose process is refused from then on`
      : `${as.agent(agent)} goes on in another process (${as.name(from)})`,
  'agent.renewed': ({ agent, leases }, as) =>
    `${as.agent(agent)} renewed its session and ${count(leases.length, 'lease')}`,
  'agent.statusChanged': ({ agent, to, from, reason }, as) =>
    `${as.agent(agent)} became ${to}, was ${from}${because(reason, as)}`,
  'agent.reported': ({ agent, report }, as) => `${as.agent(agent)} reported: ${as.text(report)}`,
  'agent.left': ({ agent, unread }, as) => `${as.agent(agent)} left${unreadText(unread)}`,
  'agent.seenDead': ({ agent }, as) =>
    `the process of ${as.agent(agent)} has ended: it is waited for a little longer`,
  'agent.lost': ({ agent, held, seenDead, unread }, as) => {
    const why = seenDead === true ? ' after its process had ended' : '';
    const what = held.length === 0 ? '' : `, holding ${listed(held.map(shownTarget), as)}`;
    return `${as.agent(agent)} was lost${why}${what}${unreadText(unread)}`;
  },
  'message.sent': (sent, as) => `${senderText(sent, as)} ${sayingText(sent, as)}: ${as.text(sent.text)}`,
  'message.read': ({ agent, messages, gaveWay }, as) =>
    `${as.agent(agent)} read ${count(messages.length, 'message')}${gaveWay === 0 ? '' : `; ${gaveWay} before had given way`}`,
  'lock.granted': ({ agent, ttlMs, reason, ...lock }, as) =>
    `${as.agent(agent)} was granted ${as.name(shownLock(lock))} for ${duration(ttlMs)}${because(reason, as)}`,
  'lock.renewed': ({ agent, reason, ...lock }, as) =>
    `${as.agent(agent)} renewed ${as.name(shownLock(lock))}${because(reason ?? null, as)}`,
  'lock.released': ({ agent, token, cause, ...lock }, as) =>
    `${releaseWords[cause](as.agent(agent), as.name(shownLock(lock)))} (token ${token})`,
  'lock.expired': ({ agent, token, ...lock }, as) =>
    `the lease of ${as.agent(agent)} on ${as.name(shownLock(lock))} ran out (token ${token})`,
  'lock.revoked': ({ agent, token, reason, ...lock }, as) =>
    `${as.name(shownLock(lock))} was taken from ${as.agent(agent)} (token ${token})${because(reason, as)}`,
  'place.contended': () => 'somebody waits for a place',
  'place.uncontended': () => 'nobody waits for a place any more',
  'ticket.issued': ({ agent, reason, ...wish }, as) =>
    `${as.agent(agent)} waits for ${listed(shownNames(wish), as)}${because(reason, as)}`,
  'ticket.ended': ({ agent, ticket, cause }, as) =>
    `the wait of ${as.agent(agent)} ended (ticket ${ticket}): ${ticketEndWords[cause]}`,
  'scope.defined': ({ scope }, as) => `scope ${as.name(scope.path)} was defined`,
  'scope.withdrawn': ({ scope }, as) =>
    `scope ${as.name(scope)} is defined no more, and stays until nobody holds it or waits for it`,
  'scope.removed': ({ scope }, as) => `scope ${as.name(scope)} was removed`,
  'context.modified': ({ agent, file, scope, token }, as) =>
    `${as.agent(agent)} wrote ${as.name(file)} of ${as.name(scope)} (token ${token})`,
  'repository.changed': ({ operation, scopes }, as) => `${as.name(operation)} changed ${listed(scopes, as)}`,
  'sync.started': ({ agent, scope }, as) => `${as.agent(agent)} began to sync ${as.name(scope)}`,
  'sync.completed': ({ agent, scope, run }, as) =>
    `${as.agent(agent)} completed the sync of ${as.name(scope)} (run ${run})`,
  'sync.failed': ({ scope, run, error }, as) =>
    `the sync of ${as.name(scope)} failed (run ${run}): ${as.text(error)}`,
  'sync.retried': ({ scope }, as) => `the sync of ${as.name(scope)} may be tried again`,
  'sync.reset': ({ scope }, as) => `the sync of ${as.name(scope)} was reset`,
  'sync.aborted': ({ scope, run, reason }, as) =>
    `the sync of ${as.name(scope)} was aborted (run ${run})${because(reason, as)}`,
  'sync.invalidated': ({ scope, cause, reason }, as) =>
    `${as.name(scope)} is to be synced again, because ${as.name(cause)} changed${because(reason ?? null, as)}`,
  'violation.began': ({ rule, subject, holder, evidence }, as) =>
    `${as.name(subject)} breaks ${as.name(rule)}: ${as.text(evidence)}${holder === null ? '' : ` (held by ${as.agent(holder)})`}`,
  'violation.ended': ({ rule, subject, end, cause }, as) =>
    `${as.name(subject)} breaks ${as.name(rule)} no more, ${violationEndWords[end]}${because(cause, as)}`,
  'leases.rearmed': () => 'every lease, session and wait began anew',
  'clock.anchored': ({ clock }, as) => `the log is kept by ${as.name(clock.host)} now`,
  'settings.changed': () => 'the configuration was taken over',
};

const unreadText = (unread: number | undefined): string =>
  unread === undefined ? '' : `, and never read ${count(unread, 'message')}`;

const senderText = ({ agent, by = '' }: EventOf<'message.sent'>, as: Quoting): string =>
  agent === undefined ? as.name(by) : as.agent(agent);

/** `asked bob`, `told all (2 agents)`, `asked bob, who holds src/api, to give it back`. */
function sayingText({ messageKind, way, recipients }: EventOf<'message.sent'>, as: Quoting): string {
  const { verb, wish = '' } = messageWords[messageKind];
  if (way.kind === 'all') return `${verb} all (${count(recipients.length, 'agent')})${wish}`;
  const whom = recipients.map(as.agent).join(', ');
  if (way.kind === 'agent') return `${verb} ${whom}${wish}`;
  const holding = recipients.length === 1 ? 'who holds' : 'who hold parts of';
  return `${verb} ${whom}, ${holding} ${as.name(shownName(way))},${wish}`.replace(/,$/, '');
}

const listed = (names: readonly string[], as: Quoting): string => names.map(as.name).join(', ');

const because = (reason: string | null, as: Quoting): string =>
  reason === null ? '' : `: ${as.text(reason)}`;
