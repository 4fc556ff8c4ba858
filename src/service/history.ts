/** The log as history: filtered, newest first, in pages. */
import {
  asRevision,
  type AgentId,
  type Entry,
  type Event,
  type Revision,
  type ScopePath,
} from '../core/index.ts';
import type { HappenedEvent, HistoryAnswer, HistoryFilter, WhySubject } from '../protocol/index.ts';
import type { LogStore } from '../store/index.ts';

/** Entries that one query may look at; a filter that matches little answers with where to go on. */
const scannedEntriesMax = 50_000;
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
  const before = asRevision(Math.min(query.before ?? revision + 1, revision + 1));
  const entries: Entry[] = [];
  let nextBefore: Revision | null = null;
  for await (const entry of newestFirst(store, before)) {
    if (filter.sinceMs !== undefined && entry.atMs < filter.sinceMs) break;
    if (entries.length >= limit || before - entry.revision > scannedEntriesMax) {
      nextBefore = asRevision(entry.revision + 1);
      break;
    }
    if (matches(entry, filter)) entries.push(entry);
  }
  const { first } = await store.bounds();
  return { revision, entries, nextBefore, first };
}

/** What happened to a subject up to a revision, newest first. */
export async function readHappened(
  store: LogStore,
  subject: WhySubject,
  upTo: Revision,
  limit: number,
): Promise<HappenedEvent[]> {
  const happened: HappenedEvent[] = [];
  for await (const entry of newestFirst(store, asRevision(upTo + 1))) {
    happened.push(...eventsOf(entry, subject));
    if (happened.length >= limit || upTo - entry.revision > scannedEntriesMax) break;
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

function eventsOf(entry: Entry, subject: WhySubject): HappenedEvent[] {
  const { revision, atMs, kind: command, by } = entry;
  const concerned = entry.events.filter(
    (event) =>
      !isRenewal(event) &&
      (subject.kind === 'scope' ? concernsScope(event, subject.scope) : concernsAgent(event, subject.agent)),
  );
  return concerned.toReversed().map((event) => ({ revision, atMs, command, by, event }));
}

/** Renewals are many and tell nothing of how things came to be as they are; the log has them. */
function isRenewal(event: Event): boolean {
  return event.kind === 'agent.renewed' || event.kind === 'lock.renewed';
}

function matches(entry: Entry, filter: HistoryFilter): boolean {
  const { agent, scope, events, untilMs } = filter;
  if (untilMs !== undefined && entry.atMs > untilMs) return false;
  if (
    agent !== undefined &&
    entry.agent !== agent &&
    !entry.events.some((event) => concernsAgent(event, agent))
  )
    return false;
  if (scope !== undefined && !entry.events.some((event) => concernsScope(event, scope))) return false;
  return events === undefined || entry.events.some((event) => isOfKind(event, events));
}

function concernsAgent(event: Event, agent: AgentId): boolean {
  return 'agent' in event && event.agent === agent;
}

function concernsScope(event: Event, scope: ScopePath): boolean {
  if (event.kind === 'scope.defined') return event.scope.path === scope;
  if (event.kind === 'agent.renewed') return event.leases.some((lease) => lease.scope === scope);
  if (event.kind === 'agent.lost') return event.held.includes(scope);
  if ('scope' in event) return event.scope === scope;
  return 'scopes' in event && event.scopes.includes(scope);
}

/** `lock.granted` names a kind, `lock` all that begin with it. */
function isOfKind({ kind }: Event, kinds: readonly string[]): boolean {
  return kinds.some((wanted) => kind === wanted || kind.startsWith(`${wanted}.`));
}
