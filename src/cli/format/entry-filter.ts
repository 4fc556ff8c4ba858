import { beginningOf, concernedBy } from '../../core/index.ts';
import type { Concerned, Entry, Event, Revision, SubjectName } from '../../core/index.ts';
import type { HistoryFilter } from '../../protocol/index.ts';

/** The entry at a revision; null where it is not kept. */
export type EntryAt = (revision: Revision) => Promise<Entry | null>;

/** Whether an entry passes the filter that a history query would apply: for entries that are still to come. */
export async function matches(entry: Entry, filter: HistoryFilter, entryAt: EntryAt): Promise<boolean> {
  const { sinceMs, untilMs, events } = filter;
  if (sinceMs !== undefined && entry.atMs < sinceMs) return false;
  if (untilMs !== undefined && entry.atMs > untilMs) return false;
  if (events !== undefined && !entry.events.some((event) => isOfKinds(event, events))) return false;
  return concerns(entry, filter, entryAt);
}

async function concerns(entry: Entry, filter: HistoryFilter, entryAt: EntryAt): Promise<boolean> {
  const { agent } = filter;
  const name = nameIn(filter);
  if (agent === undefined && name === undefined) return true;
  const concerned = await Promise.all(entry.events.map((event) => concernedIn(event, entryAt)));
  if (agent !== undefined && entry.agent !== agent && !concerned.some(({ agents }) => agents.includes(agent)))
    return false;
  return name === undefined || concerned.some(({ names }) => names.includes(name));
}

async function concernedIn(event: Event, entryAt: EntryAt): Promise<Concerned> {
  const beginning = beginningOf(event);
  return concernedBy(event, beginning === null ? null : await entryAt(beginning));
}

/** Whether an event is of those that a filter asks for, as far as it says so itself. */
export function isAsked(event: Event, filter: HistoryFilter): boolean {
  const { agent, events } = filter;
  const name = nameIn(filter);
  const concerned = concernedBy(event);
  if (events !== undefined && !isOfKinds(event, events)) return false;
  if (agent !== undefined && !concerned.agents.includes(agent)) return false;
  return name === undefined || concerned.names.includes(name);
}

const nameIn = ({ scope, file, resource }: HistoryFilter): SubjectName | undefined =>
  scope ?? file ?? resource;

const isOfKinds = (event: Event, kinds: readonly string[]): boolean =>
  kinds.some((kind) => event.kind === kind || event.kind.startsWith(`${kind}.`));
