/** What an agent has to know and was not told yet: the core says what that is, and here the log is read for it. */
import {
  asRevision,
  asTimeMs,
  noticeBeginnings,
  noticeEntriesMax,
  noticeEventKinds,
  noticesFor,
  noticesMax,
  type Entry,
  type Revision,
  type Stretch,
} from '../core/index.ts';
import type { NoticesAnswer, Query } from '../protocol/index.ts';
import { eventSubject, type LogStore } from '../store/index.ts';
import type { Look } from './look.ts';

/** What is needed of the log and of the state that it leads to. */
export interface LogPorts {
  readonly store: LogStore;
  readonly look: Look;
}

type NoticesQuery = Extract<Query, { kind: 'notices' }>;

/** Entries that one look at the index asks for. */
const pageEntries = 200;

/**
 * The notices since `after`, up to the newest entry. At most {@link noticeEntriesMax} entries are looked at, the newest; what
 * was not looked at, or is not kept any more, is told as unread.
 */
export async function readNotices(
  { store, look }: LogPorts,
  { agent, epoch, after }: NoticesQuery,
): Promise<NoticesAnswer> {
  const who = { agent, epoch };
  const { upTo, upToMs } = await look(({ revision }, nowMs) => ({ upTo: revision, upToMs: nowMs }));
  const stretch: Stretch = {
    after: asRevision(Math.max(after?.revision ?? 0, epoch)),
    afterMs: after?.logMs ?? asTimeMs(0),
    upTo,
    upToMs,
  };
  const { entries, unreadTo } = await entriesOf(store, stretch);
  const beginnings = await look((state) => noticeBeginnings(state, who, entries));
  const begun = await entriesAt(store, beginnings.slice(-noticeEntriesMax));
  const notices = await look((state) => noticesFor(state, who, { entries, begun, ...stretch }));
  return {
    revision: upTo,
    nowMs: upToMs,
    notices: notices.slice(0, noticesMax),
    left: Math.max(0, notices.length - noticesMax),
    unread: unreadTo === null ? null : { from: asRevision(stretch.after + 1), to: unreadTo },
    upTo: { revision: asRevision(Math.max(upTo, stretch.after)), logMs: upToMs },
  };
}

interface Found {
  /** Oldest first. */
  readonly entries: readonly Entry[];
  /** The newest entry of the stretch that was not looked at; null: all were. */
  readonly unreadTo: Revision | null;
}

async function entriesOf(store: LogStore, { after, upTo }: Stretch): Promise<Found> {
  const search = [noticeEventKinds.map(eventSubject)];
  const newestFirst: Entry[] = [];
  for (let next: Revision | null = asRevision(upTo + 1); next !== null && next > after + 1;) {
    const page: Awaited<ReturnType<LogStore['search']>> = await store.search(
      search,
      next,
      Math.min(pageEntries, next - 1 - after),
    );
    const inside = page.entries.filter(({ revision }) => revision > after);
    newestFirst.push(...inside);
    if (inside.length < page.entries.length) break;
    if (newestFirst.length >= noticeEntriesMax)
      return { entries: newestFirst.toReversed(), unreadTo: before(page.next, after) };
    next = page.next;
  }
  const { first } = await store.bounds();
  return { entries: newestFirst.toReversed(), unreadTo: before(first, after) };
}

/** The revision before one, if it is in the stretch. */
function before(next: Revision | null, after: Revision): Revision | null {
  return next === null || next - 1 <= after ? null : asRevision(next - 1);
}

/** What is not kept any more is left out. */
export async function entriesAt(
  store: LogStore,
  revisions: readonly Revision[],
): Promise<ReadonlyMap<Revision, Entry>> {
  const found = new Map<Revision, Entry>();
  for (const revision of revisions) {
    const page = await store.read(revision, 1);
    const entry = page.kind === 'entries' ? page.entries[0] : undefined;
    if (entry?.revision === revision) found.set(revision, entry);
  }
  return found;
}
