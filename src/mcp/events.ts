import type { Entry, Event } from '../core/index.ts';
import type { HappenedEvent } from '../protocol/index.ts';
import { bounded, quoted, quotedText } from './text.ts';
import { duration } from '../wording/index.ts';

/** Events of one entry that are told: a command that takes over a repository has one for each scope. */
const eventsMax = 8;

/** One event and its age, for an agent. */
export function eventLine({ revision, atMs, event }: HappenedEvent, nowMs: number): string {
  return `@${revision}, ${duration(nowMs - atMs)} ago: ${eventText(event)}`;
}

/** One entry of the log: its revision, its time, who said what, and what happened. */
export function entryLine({ revision, atMs, kind, agent, by, events }: Entry): string {
  const who = agent ?? by ?? 'rhema';
  const happened = bounded(events.map(eventText), eventsMax, `rhema log --json`);
  return `@${revision} ${new Date(atMs).toISOString()} ${who} ${kind}: ${happened.join('; ')}`;
}

/** The facts that say what happened, in the order in which they are read; the others are in `rhema log --json`. */
const toldFacts = [
  'agent',
  'scope',
  'scopes',
  'held',
  'file',
  'from',
  'to',
  'ticket',
  'token',
  'run',
  'operation',
  'cause',
  'reason',
  'report',
  'error',
] as const;

/** What somebody wrote; all else are names. */
const freeTexts: ReadonlySet<string> = new Set(['reason', 'report', 'error']);

/** `lock.granted agent "bob", scope "services/auth", reason "rework"`. */
function eventText(event: Event): string {
  const facts = event as unknown as Readonly<Record<string, unknown>>;
  const told = toldFacts.flatMap((name) => {
    const text = factText(name, facts[name]);
    return text === null ? [] : [`${name} ${text}`];
  });
  return told.length === 0 ? event.kind : `${event.kind} ${told.join(', ')}`;
}

function factText(name: (typeof toldFacts)[number], fact: unknown): string | null {
  if (typeof fact === 'number') return String(fact);
  if (typeof fact === 'string') return freeTexts.has(name) ? quotedText(fact) : quoted(fact);
  if (Array.isArray(fact) && fact.length > 0) return fact.map((one) => quoted(String(one))).join(' ');
  if (typeof fact === 'object' && fact !== null && 'path' in fact) return quoted(String(fact.path));
  return null;
}
