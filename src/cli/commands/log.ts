import { asRevision } from '../../core/index.ts';
import type { Entry, Revision } from '../../core/index.ts';
import type { HistoryAnswer, HistoryFilter } from '../../protocol/index.ts';
import type { Call } from '../call.ts';
import { matches } from '../format/entry-filter.ts';
import { entryText } from '../format/events.ts';
import type { Style } from '../format/style.ts';
import { line } from '../format/text.ts';
import { fitted } from '../format/width.ts';
import { done, ended } from '../answer/outcome.ts';
import type { Outcome } from '../answer/outcome.ts';
import { untilSignal } from '../process/signals.ts';
import { filterOf, unknownName } from './log-filter.ts';
import type { FilterInput } from './log-filter.ts';
import { numberOption } from './number-option.ts';
import { oneNameOf } from './named.ts';

export interface LogInput extends FilterInput {
  readonly follow?: boolean;
  readonly limit: string;
  readonly export?: boolean;
}

/** What was done: the last entries that match, in the order in which they happened. */
export async function showLog(call: Call, input: LogInput): Promise<Outcome> {
  if (input.export === true) return (await import('./export-log.ts')).exportLog(call);
  const filter = await filterOf(call, input);
  const limit = limitOf(input.limit);
  if (input.follow === true) return follow(call, filter, limit);
  return entriesOutcome(call, filter, await lastEntries(call, filter, limit));
}

export interface LockHistoryInput {
  readonly lock?: string;
  readonly limit: string;
}

/** What happened to locks and to those who waited for them. */
export async function lockHistory(call: Call, input: LockHistoryInput): Promise<Outcome> {
  const named = input.lock === undefined ? {} : await oneNameOf(call, input.lock);
  const filter = { ...named, events: ['lock', 'ticket'] };
  return entriesOutcome(call, filter, await lastEntries(call, filter, limitOf(input.limit)));
}

const limitOf = (text: string): number => numberOption('--limit', text, 1, entriesMax);

/** Entries that one call gathers before it prints them. */
const entriesMax = 100_000;
/** Entries asked for at a time. */
const pageSize = 500;

interface Found {
  readonly revision: Revision;
  /** Oldest first. */
  readonly entries: readonly Entry[];
  /** The oldest revision that is still kept. */
  readonly first: Revision;
  /** Where the entries that were left out begin, newest first; null when none were. */
  readonly nextBefore: Revision | null;
  /** Why there is nothing before them; only where another log was there before. */
  readonly begunAnew?: string;
}

async function lastEntries(call: Call, filter: HistoryFilter, limit: number): Promise<Found> {
  const coordinator = await call.coordinator();
  const found: Entry[] = [];
  let before: Revision | null = null;
  for (;;) {
    const atOnce = Math.min(pageSize, limit - found.length);
    const page: HistoryAnswer = await coordinator.query({ kind: 'history', filter, limit: atOnce, before });
    found.push(...page.entries);
    before = page.nextBefore;
    if (before === null || found.length >= limit)
      return { ...page, entries: found.toReversed(), nextBefore: before };
  }
}

/** `more` says that older entries that match may have been left out: they are from before `nextBefore`. */
async function entriesOutcome(
  call: Call,
  filter: HistoryFilter,
  { revision, entries, first, nextBefore, begunAnew }: Found,
): Promise<Outcome> {
  const more = nextBefore !== null;
  const hint = entries.length === 0 ? await unknownName(call, filter) : null;
  const why = begunAnew === undefined ? {} : { begunAnew };
  const data = { entries, first, more, nextBefore, ...why, ...(hint === null ? {} : { hint }) };
  return done(revision, data, (style) => {
    const beginning = begunAnew === undefined || more ? [] : [quiet(style, line`${begunAnew}`)];
    if (entries.length === 0)
      return [...beginning, line`nothing that matches${hint === null ? '' : `; ${hint}`}`].join('\n');
    const text = entriesText(style, entries, filter, call.nowMs);
    return [...beginning, ...(more ? [leftOutText(style, entries.length)] : []), text].join('\n');
  });
}

function leftOutText(style: Style, shown: number): string {
  const told = shown === 1 ? 'this is the last one' : `these are the last ${shown}`;
  return quiet(style, `older entries are left out: ${told} (--limit)`);
}

function quiet(style: Style, text: string): string {
  return style.paint('dim', fitted(style, text));
}

function entriesText(style: Style, entries: readonly Entry[], filter: HistoryFilter, nowMs: number): string {
  return entries.map((entry) => fitted(style, entryText(style, entry, filter, nowMs))).join('\n');
}

/** The last entries, and then what comes, without a gap between them. */
async function follow(call: Call, filter: HistoryFilter, limit: number): Promise<Outcome> {
  const tellOnwards = async (signal: AbortSignal): Promise<void> => {
    const past = await lastEntries(call, filter, limit);
    for (const entry of past.entries) tell(call, entry, filter);
    const from = asRevision(past.revision + 1);
    for await (const entry of (await call.coordinator()).watch(from, signal))
      if (await matches(entry, filter, (revision) => entryAt(call, revision))) tell(call, entry, filter);
  };
  return ended(await untilSignal(call.ports, tellOnwards));
}

/** What is not kept any more is not there. */
async function entryAt(call: Call, revision: Revision): Promise<Entry | null> {
  const before = asRevision(revision + 1);
  const coordinator = await call.coordinator();
  const { entries } = await coordinator.query({ kind: 'history', filter: {}, limit: 1, before });
  return entries.find((entry) => entry.revision === revision) ?? null;
}

function tell(call: Call, entry: Entry, filter: HistoryFilter): void {
  if (call.json) call.printJson({ ok: true, revision: entry.revision, entry });
  else call.print(fitted(call.style, entryText(call.style, entry, filter, call.nowMs)));
}
