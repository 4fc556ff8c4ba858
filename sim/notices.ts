/**
 * What agents were told of what befell them, held against the log: what one lost, and what became of its wait, is told to it
 * once, whoever owns the log by then and whoever goes on in its name.
 */
import { isLockEnd, type Entry, type Notice } from '../src/core/index.ts';
import type { Archive } from './archive.ts';
import { keyOf } from './ground.ts';
import { demand, groupBy } from './verdict.ts';
import type { News, Witness } from './witness.ts';

/** Answers how many losses were told. */
export function judgeNotices(archive: Archive, { news }: Witness): number {
  const fates = groupBy(archive.entries.flatMap(fatesIn), ({ agent }) => agent);
  const incarnations = groupBy(news, ({ agent, epoch }) => `${agent} of ${epoch}`);
  for (const [who, told] of incarnations) {
    const known = new Set<string>();
    for (const each of told) {
      judgeOnce(who, each, known);
      judgeWhole(who, each, fates.get(each.agent) ?? [], archive);
    }
  }
  return news.flatMap(({ answer }) => answer.notices.filter(({ kind }) => kind === 'lost')).length;
}

/** What befell an agent: it was granted something, that ended, its wait ended, or it joined. */
type Fate = { readonly agent: string; readonly revision: number } & (
  | { readonly kind: 'granted' | 'gaveBack' | 'lost'; readonly key: string; readonly token: number }
  | { readonly kind: 'waitEnded'; readonly ticket: number }
  | { readonly kind: 'joined' }
);

/** As an agent ends a lock by itself. */
const ownEnds: readonly string[] = ['released', 'completed', 'left'];
const ownEndsOfWaits: readonly string[] = ['granted', 'cancelled', 'left'];

function fatesIn({ revision, events }: Entry): Fate[] {
  return events.flatMap((event): Fate[] => {
    if (event.kind === 'agent.joined') return [{ kind: 'joined', agent: event.agent, revision }];
    if (event.kind === 'ticket.ended' && !ownEndsOfWaits.includes(event.cause))
      return [{ kind: 'waitEnded', agent: event.agent, revision, ticket: event.ticket }];
    if (event.kind === 'lock.granted')
      return [{ kind: 'granted', agent: event.agent, revision, key: keyOf(event), token: revision }];
    if (!isLockEnd(event)) return [];
    const isOwn = event.kind === 'lock.released' && ownEnds.includes(event.cause);
    const { agent, token } = event;
    return [{ kind: isOwn ? 'gaveBack' : 'lost', agent, revision, key: keyOf(event), token }];
  });
}

/** What can be told of as one and the same; null: what may be told again, since it goes on. */
function nameOf(notice: Notice): string | null {
  switch (notice.kind) {
    case 'lost':
      return `the loss of ${keyOf(notice)} under ${notice.token}`;
    case 'waitEnded':
    case 'waitServed':
      return `the end of ticket ${notice.ticket}`;
    case 'changed': {
      const { kind } = notice.change;
      const by = kind === 'held' || kind === 'written' ? notice.change.agent : notice.change.by;
      return `that ${notice.scope} was changed at ${notice.revision} (${kind} by ${by})`;
    }
    default:
      return null;
  }
}

function judgeOnce(who: string, { answer }: News, known: Set<string>): void {
  for (const notice of answer.notices) {
    const name = nameOf(notice);
    if (name === null) continue;
    demand(!known.has(name), `${who} was told twice of ${name}`);
    known.add(name);
  }
}

/** All that it lost in the stretch, and all waits of it that ended there, as far as the log could still be looked at. */
function judgeWhole(who: string, news: News, fates: readonly Fate[], archive: Archive): void {
  const { epoch, after, answer } = news;
  const own = inLife(fates, epoch);
  const from = Math.max(after ?? 0, epoch, answer.unread?.to ?? 0);
  const isInside = ({ revision }: Fate): boolean => revision > from && revision <= answer.upTo.revision;
  const told = new Set(answer.notices.map(nameOf));
  const lost = own.flatMap((fate) => (fate.kind === 'lost' && isInside(fate) ? [fate] : []));
  const names = new Set(lost.map(({ key, token }) => `the loss of ${key} under ${token}`));
  for (const notice of answer.notices)
    if (notice.kind === 'lost') {
      const name = `the loss of ${keyOf(notice)} under ${notice.token}`;
      demand(names.has(name), `${who} was told of ${name}, which was not in what it was to be told`);
    }
  if (answer.left > 0) return;
  for (const { key, token, revision } of lost) {
    // What it has got again since, or what it then gave back or lost again, is what counts.
    const isOver = own.some(
      (fate) => 'key' in fate && fate.key === key && isLater(fate, revision) && isBy(fate, news, archive),
    );
    demand(
      isOver || told.has(`the loss of ${key} under ${token}`),
      `${who} was not told of the loss of ${key} under ${token}, at ${revision}`,
    );
  }
  for (const fate of own)
    if (fate.kind === 'waitEnded' && isInside(fate))
      demand(
        told.has(`the end of ticket ${fate.ticket}`),
        `${who} was not told how ticket ${fate.ticket} ended, at ${fate.revision}`,
      );
}

/** A lock that is lost and granted again in one revision is granted after it is lost. */
const isLater = (fate: Fate, revision: number): boolean =>
  fate.kind === 'granted' ? fate.revision >= revision : fate.revision > revision;

/** Whether it had come about when the answer came. */
const isBy = ({ revision }: Fate, { atMs }: News, { tookEffectMs }: Archive): boolean =>
  (tookEffectMs[revision - 1] ?? Infinity) <= atMs;

/** Of one incarnation. */
function inLife(fates: readonly Fate[], epoch: number): Fate[] {
  const next = fates.find(({ kind, revision }) => kind === 'joined' && revision > epoch);
  return fates.filter(({ revision }) => revision > epoch && revision < (next?.revision ?? Infinity));
}
