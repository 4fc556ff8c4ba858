import type { Entry, Event } from '../../core/index.ts';
import type { HistoryFilter } from '../../protocol/index.ts';
import { authorText, count, eventText as wordsOf, type Quoting } from '../../wording/index.ts';
import { isAsked } from './entry-filter.ts';
import type { Style } from './style.ts';
import { safe } from './text.ts';
import { clockTime } from './time.ts';

/**
 * One entry of the log: a line with its revision, time and author, its events below when there are several. Of very many
 * those are shown that were asked for.
 */
export function entryText(style: Style, entry: Entry, filter: HistoryFilter, nowMs: number): string {
  const head = style.paint('dim', `@${entry.revision} ${clockTime(entry.atMs, nowMs)}`);
  const shown = shownOf(entry.events, filter);
  const told = shown.map(eventText);
  const author = authorText(entry, plain);
  const way = principalText(style, entry);
  if (entry.events.length === 1) return [head, author, ...told, way].filter((part) => part !== '').join(' ');
  return [
    [head, author, way].filter((part) => part !== '').join(' '),
    ...[...told, ...leftOut(entry, shown.length)].map(indented),
  ].join('\n');
}

/** Who was let in to say it, where that was not this machine's user. */
function principalText(style: Style, { principal }: Entry): string {
  return principal === undefined
    ? ''
    : style.paint('dim', `[${safe(principal.name)}, over ${principal.way}]`);
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

/** For a terminal, where all that is shown is only made safe. */
const plain: Quoting = { agent: safe, name: safe, text: safe };

/** What happened, as a sentence. */
export const eventText = (event: Event): string => wordsOf(event, plain);
