import { count, duration, formerHoldersMax, shownNames, shownTarget, timeLeft } from '../core/index.ts';
import type {
  Change,
  ChangedFiles,
  FormerHolder,
  Notice,
  NoticeKind,
  NoticeOf,
  Some,
  Target,
} from '../core/index.ts';
import type { Quoting } from './event-words.ts';
import { lockEndText } from './lock-ends.ts';
import { releaseWords } from './release-words.ts';
import { shownLock } from './shown-lock.ts';
import { vainEnds } from './vain-ends.ts';

export interface NoticeReader {
  /** The log's time, from which what is told counts. */
  readonly nowMs: number;
  readonly as: Quoting;
}

/** What an agent has to know, as a sentence or two. */
export function noticeText(notice: Notice, reader: NoticeReader): string {
  const words = noticeWords[notice.kind] as (notice: Notice, reader: NoticeReader) => string;
  return words(notice, reader);
}

/** What an answer could not tell. */
interface Rest {
  readonly left: number;
  readonly unread: { readonly from: number; readonly to: number } | null;
}

/** What else there was, or may have been, and how to find it; `where`: by what the reader sees the log. */
export function restText({ left, unread }: Rest, where = 'rhema log'): string[] {
  return [
    ...(left === 0 ? [] : [`... and ${left} more: ${where}`]),
    ...(unread === null
      ? []
      : [
          `What happened from @${unread.from} to @${unread.to} could not be looked at for you: see what you hold, and what changed there, before you go on.`,
        ]),
  ];
}

type NoticeWords = {
  readonly [Kind in NoticeKind]: (notice: NoticeOf<Kind>, reader: NoticeReader) => string;
};

/** One sentence per kind; a forgotten one does not compile. */
const noticeWords: NoticeWords = {
  lost: (lost, { nowMs, as }) => {
    const how = lockEndText(lost.end, { by: lost.by, whose: 'your', as });
    const now = lost.heldBy === null ? 'nobody holds it now' : `${as.agent(lost.heldBy)} holds it now`;
    return `LOST ${as.name(shownLock(lost))} (token ${lost.token}) ${ago(nowMs, lost.atMs)}: ${how}; ${now}. Do not write there.`;
  },
  waitEnded: ({ wish, ticket, cause }, { as }) => {
    const what = wish === null ? '' : ` for ${namesOfWish(wish, as)}`;
    return `WAIT ENDED${what} (ticket ${ticket}): ${vainEnds[cause]}.`;
  },
  waitServed: ({ ticket, token, targets, deadlineMs }, { nowMs, as }) =>
    `GRANTED ${listed(targets, as)} (token ${token}), for which you waited with ticket ${ticket}: yours for ${timeLeft(deadlineMs - nowMs)} unless renewed.`,
  leaseEnding: ({ targets, deadlineMs, isLast }, { nowMs, as }) => {
    const next = isLast
      ? 'others wait, so that it cannot be renewed: finish, and release it'
      : 'renew or release it';
    return `LEASE ENDS in ${timeLeft(deadlineMs - nowMs)}: ${listed(targets, as)}; ${next}.`;
  },
  wanted: ({ targets, by, latestDeadlineMs }, { nowMs, as }) => {
    const soon = `it ends in ${timeLeft(latestDeadlineMs - nowMs)}, however often it is renewed`;
    if (by === null) return `Others wait for a place: release ${listed(targets, as)} soon, ${soon}.`;
    return `Others wait for ${listed(targets, as)}: ${as.agent(by.agent)}, for ${duration(nowMs - by.sinceMs)}${purpose(by.reason, as)}. Release it soon, ${soon}.`;
  },
  changed: ({ change, scope, dependents, times, atMs }, { nowMs, as }) => {
    const often = times > 1 ? `, ${times} times by now` : '';
    return `CHANGED ${as.name(scope)}, on which ${listed(dependents, as)} ${dependents.count === 1 ? 'depends' : 'depend'}: ${changeText(change, as)} ${ago(nowMs, atMs)}${often}${filesText(change, as)}. Look at it before you go on.`;
  },
  broken: ({ scope, rule, subject, evidence, remedy, sinceMs, count: many }, { nowMs, as }) => {
    const more = many > 1 ? `, and ${many - 1} more there` : '';
    return `BROKEN in ${as.name(scope)}, for ${duration(nowMs - sinceMs)}: ${as.name(subject)} breaks ${as.name(rule)}${more}: ${as.text(evidence)}. Mend it: ${as.text(remedy)}.`;
  },
  beside: ({ agent, scope, files, reason }, { as }) =>
    `BESIDE you in ${as.name(scope)} works ${as.agent(agent)}, on ${listed(files, as)}${purpose(reason, as)}.`,
};

/** Who had what an agent has just got, and what that one changed there. */
function formerHolderText(former: FormerHolder, { nowMs, as }: NoticeReader): string {
  const what = `${heldText(former, as)}${purpose(former.reason, as)}`;
  return `BEFORE you: ${what} ${ago(nowMs, former.atMs)}${changedText(former.changed, as)}.`;
}

/** As {@link formerHolderText}, of all that was got at once: files that came together have had the same holders, of whom one line is enough. */
export function formerHolderTexts(
  former: readonly { readonly holders: readonly FormerHolder[] }[],
  reader: NoticeReader,
): string[] {
  const texts = former.flatMap(({ holders }) => holders.map((holder) => formerHolderText(holder, reader)));
  return [...new Set(texts)].slice(0, formerHoldersMax);
}

function changeText(change: Change, as: Quoting): string {
  switch (change.kind) {
    case 'held':
      return `${heldText(change, as)}${purpose(change.reason, as)}`;
    case 'written':
      return `${as.agent(change.agent)} wrote ${as.name(change.file)}`;
    case 'git':
      return `${as.name(change.operation)} changed it`;
    case 'said':
      return `${as.name(change.by)} says so${purpose(change.reason, as)}`;
  }
}

const filesText = (change: Change, as: Quoting): string =>
  change.kind === 'held' ? changedText(change.changed, as) : '';

type Held = Pick<Extract<Change, { kind: 'held' }>, 'agent' | 'end' | 'targets'>;

function heldText({ agent, end, targets }: Held, as: Quoting): string {
  const [who, what] = [as.agent(agent), listed(targets, as)];
  if (end.kind === 'lock.expired') return `the lease of ${who} on ${what} ran out`;
  if (end.kind === 'lock.revoked') return `${what} was taken from ${who}`;
  return releaseWords[end.cause](who, what);
}

/** `; 7 files changed: a, b and 5 more`, or nothing where nobody has looked. */
function changedText(changed: ChangedFiles | null, as: Pick<Quoting, 'name'>): string {
  if (changed === null) return '';
  if (changed.count === 0) return '; no file changed';
  const names = changed.files.slice(0, filesTold);
  return `; ${count(changed.count, 'file')} changed: ${someText(names, changed.count, as)}`;
}

const filesTold = 5;

function someText(names: readonly string[], total: number, as: Pick<Quoting, 'name'>): string {
  const more = total - names.length;
  const shown = names.map(as.name).join(', ');
  return more > 0 ? `${shown} and ${more} more` : shown;
}

const listed = ({ names, count: total }: Some<string>, as: Quoting): string =>
  someText(
    names.map((name) => shownTarget(name as Target)),
    total,
    as,
  );

const namesOfWish = (wish: Parameters<typeof shownNames>[0], as: Quoting): string =>
  shownNames(wish).map(as.name).join(', ');

const ago = (nowMs: number, atMs: number): string => `${duration(nowMs - atMs)} ago`;

const purpose = (reason: string | null, as: Quoting): string =>
  reason === null ? '' : ` (for: ${as.text(reason)})`;
