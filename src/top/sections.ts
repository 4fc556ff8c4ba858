import { shownNames, type Entry, type Event } from '../core/index.ts';
import { count, eventText, safe, someNames, type Quoting } from '../wording/index.ts';
import { roughly } from './age.ts';
import { part, plainLine, type Line } from './line.ts';
import type { Facts, Model } from './model.ts';

/** What stands below the list, where there is any. */
export interface Section {
  readonly title: string;
  readonly lines: readonly Line[];
}

export function sectionsOf(model: Model, facts: Facts): readonly Section[] {
  const { nowMs, list } = model;
  const all: readonly Section[] = [
    { title: 'VIOLATIONS', lines: violationLines(facts, nowMs) },
    { title: 'QUEUE', lines: list === 'queue' ? [] : queueLines(facts, nowMs) },
    { title: 'LOST LATELY', lines: latelyLines(facts.lately, nowMs) },
  ];
  return all.filter(({ lines }) => lines.length > 0);
}

export const violationCount = ({ status, open }: Facts): number => status.violations.length + open.length;

function violationLines({ status, open }: Facts, nowMs: number): readonly Line[] {
  const now = status.violations.map(({ invariant, subject, evidence }): Line => [
    part(safe(invariant), 'bad'),
    part(` on ${safe(subject)}: ${safe(evidence)}`),
  ]);
  const before = open.map(({ rule, subject, evidence, sinceMs }): Line => [
    part(safe(rule), 'bad'),
    part(` on ${safe(subject)} for ${roughly(nowMs - sinceMs)}: ${safe(evidence)}`),
  ]);
  return [...now, ...before];
}

function queueLines({ status }: Facts, nowMs: number): readonly Line[] {
  return status.waiters.map((waiter) => {
    const waited = roughly(nowMs - waiter.sinceMs);
    const purpose = waiter.reason === null ? '' : `: ${safe(waiter.reason)}`;
    const wants = safe(someNames(shownNames(waiter)));
    return plainLine(`${waiter.position}. ${safe(waiter.agent)} waits for ${wants}, ${waited}${purpose}`);
  });
}

/** The events of which the last section tells, as the log is asked for them. */
export const latelyKinds = ['agent.lost', 'lock.expired', 'lock.revoked'] as const;

const isLately = ({ kind }: Event): boolean => (latelyKinds as readonly string[]).includes(kind);

export const tellsLately = ({ events }: Entry): boolean => events.some(isLately);

const asShown: Quoting = { agent: safe, name: safe, text: safe };

function latelyLines(entries: readonly Entry[], nowMs: number): readonly Line[] {
  return entries.flatMap(({ atMs, events }) => {
    const ago = `${roughly(nowMs - atMs)} ago`;
    return events.filter(isLately).map((event) => [part(`${ago} `, 'dim'), part(eventText(event, asShown))]);
  });
}

/** Sections one below the other in so many lines at most, a share for each; the title tells how many are left out. */
export function laidOut(sections: readonly Section[], linesMax: number): readonly Line[] {
  const shown: Line[] = [];
  for (const [index, { title, lines }] of sections.entries()) {
    const share = Math.floor((linesMax - shown.length) / (sections.length - index));
    const room = Math.min(lines.length, share - headLines);
    if (room < 1) continue;
    const left = lines.length - room;
    const head = left === 0 ? title : `${title}, ${count(left, 'more', 'more')}`;
    shown.push([], plainLine(head, 'bold'), ...lines.slice(0, room));
  }
  return shown;
}

/** A blank one, and the title. */
const headLines = 2;
