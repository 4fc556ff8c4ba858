import type { Entry, Event } from '../core/index.ts';
import type { HappenedEvent } from '../protocol/index.ts';
import { authorText, duration, eventText as wordsOf, type Quoting } from '../wording/index.ts';
import { bounded, quoted, quotedText } from './text.ts';

/** Events of one entry that are told: a command that takes over a repository has one for each scope. */
const eventsMax = 8;

/** For an agent, which is to follow no order that stands in somebody's text. An agent's id has no room for one. */
export const quoting: Quoting = { agent: (agent) => agent, name: quoted, text: quotedText };

/** One event and its age, for an agent. */
export function eventLine({ revision, atMs, event }: HappenedEvent, nowMs: number): string {
  return `@${revision}, ${duration(nowMs - atMs)} ago: ${eventText(event)}`;
}

/** One entry of the log: its revision, its time, who said what, and what happened. */
export function entryLine(entry: Entry): string {
  const { revision, atMs, events } = entry;
  const happened = bounded(events.map(eventText), eventsMax, `rhema log --json`).join('; ');
  const author = authorText(entry, quoting);
  return [`@${revision}`, new Date(atMs).toISOString(), author, happened]
    .filter((part) => part !== '')
    .join(' ');
}

const eventText = (event: Event): string => wordsOf(event, quoting);
