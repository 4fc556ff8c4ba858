/** The log as history: filtered, newest first, in pages. */
import {
  asRevision,
  beginningOf,
  concernedBy,
  type Entry,
  type Event,
  type Revision,
  type SubjectName,
} from '../core/index.ts';
import type { HappenedEvent, HistoryAnswer, HistoryFilter, WhySubject } from '../protocol/index.ts';
import {
  agentSubject,
  eventSubject,
  isRenewal,
  nameSubject,
  type EntrySearch,
  type LogStore,
  type SearchOutcome,
} from '../store/index.ts';
import { revisionAt } from './moments.ts';

const pageEntriesMax = 500;

interface HistoryQuery {
  readonly filter: HistoryFilter;
  readonly limit: number;
  readonly before: Revision | null;
}

/** Entries that match, as of a revision. */
export async function readHistory(
  store: LogStore,
  query: HistoryQuery,
  revision: Revision,
): Promise<HistoryAnswer> {
  const { filter, limit } = query;
  const entries: Entry[] = [];
  let nextBefore: Revision | null = null;
  for await (const entry of matching(store, filter, await startOf(store, query, revision))) {
    if (filter.sinceMs !== undefined && entry.atMs < filter.sinceMs) break;
    if (entries.length >= limit) {
      nextBefore = asRevision(entry.revision + 1);
      break;
    }
    entries.push(entry);
  }
  const { first } = await store.bounds();
  return { revision, entries, nextBefore, first };
}

/** The revision before which the first entry that may match is. */
async function startOf(
  store: LogStore,
  { filter, before }: HistoryQuery,
  revision: Revision,
): Promise<Revision> {
  const asked = Math.min(before ?? revision + 1, revision + 1);
  if (filter.untilMs === undefined) return asRevision(asked);
  const last = await revisionAt(store, filter.untilMs);
  return asRevision(Math.min(asked, (last ?? 0) + 1));
}

/** Newest first. */
function matching(store: LogStore, filter: HistoryFilter, before: Revision): AsyncIterable<Entry> {
  const search = searchOf(filter);
  return search.length === 0 ? newestFirst(store, before) : foundBy(store, search, before);
}

function searchOf({ agent, scope, file, resource, events }: HistoryFilter): EntrySearch {
  const name = scope ?? file ?? resource;
  return [
    ...(agent === undefined ? [] : [[agentSubject(agent, 'changed'), agentSubject(agent, 'renewed')]]),
    ...(name === undefined ? [] : [[nameSubject(name, 'changed'), nameSubject(name, 'renewed')]]),
    ...(events === undefined ? [] : [events.map(eventSubject)]),
  ];
}

/** What happened to a subject up to a revision, newest first. */
export async function readHappened(
  store: LogStore,
  subject: WhySubject,
  upTo: Revision,
  limit: number,
): Promise<HappenedEvent[]> {
  const wanted =
    subject.kind === 'agent'
      ? agentSubject(subject.agent, 'changed')
      : nameSubject(subjectName(subject), 'changed');
  const happened: HappenedEvent[] = [];
  for await (const entry of foundBy(store, [[wanted]], asRevision(upTo + 1), limit)) {
    happened.push(...(await eventsOf(store, entry, subject)));
    if (happened.length >= limit) break;
  }
  return happened.slice(0, limit);
}

/** Ends at the beginning of what is kept. */
async function* newestFirst(store: LogStore, before: Revision): AsyncGenerator<Entry> {
  let next = before;
  for (;;) {
    const page = await store.readBackward(next, pageEntriesMax);
    const oldest = page.kind === 'entries' ? page.entries.at(-1) : undefined;
    if (page.kind === 'compacted' || oldest === undefined) return;
    yield* page.entries;
    next = oldest.revision;
  }
}

/** Entries that the index knows of, newest first, `pageEntries` at a time. */
export async function* foundBy(
  store: LogStore,
  search: EntrySearch,
  before: Revision,
  pageEntries = pageEntriesMax,
): AsyncGenerator<Entry> {
  for (let next: Revision | null = before; next !== null;) {
    const page: SearchOutcome = await store.search(search, next, pageEntries);
    yield* page.entries;
    next = page.next;
  }
}

function subjectName(subject: Exclude<WhySubject, { kind: 'agent' }>): SubjectName {
  if (subject.kind === 'scope') return subject.scope;
  return subject.kind === 'file' ? subject.file : subject.resource;
}

/** Renewals are left out: they are many and tell nothing of how things came to be as they are. */
async function eventsOf(store: LogStore, entry: Entry, subject: WhySubject): Promise<HappenedEvent[]> {
  const { revision, atMs, kind: command, by } = entry;
  const happened: HappenedEvent[] = [];
  for (const event of entry.events.toReversed()) {
    if (isRenewal(event)) continue;
    const { names, agents } = concernedBy(event, await begunAt(store, event));
    const isConcerned =
      subject.kind === 'agent' ? agents.includes(subject.agent) : names.includes(subjectName(subject));
    if (isConcerned) happened.push({ revision, atMs, command, by, event });
  }
  return happened;
}

/** The entry with the beginning of what an event ends, where that is kept. */
async function begunAt(store: LogStore, event: Event): Promise<Entry | null> {
  const beginning = beginningOf(event);
  if (beginning === null) return null;
  const page = await store.read(beginning, 1);
  return page.kind === 'entries' ? (page.entries[0] ?? null) : null;
}
