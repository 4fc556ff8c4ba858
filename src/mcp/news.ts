/** What happened since an agent's last call, in the answer to the next. */
import { messageLengthMax, shownTarget, type Message, type Target } from '../core/index.ts';
import type { News, Notice, Visit } from '../participant/desk/index.ts';
import type { Held } from '../participant/index.ts';
import type { ToolAnswer } from './answer.ts';
import type { Work } from './handlers/handler.ts';
import { formerLines } from './former-holders.ts';
import { grantsText, passedOnText, vainText } from './lock-words.ts';
import { lossText } from './losses.ts';
import { quoting } from './events.ts';
import { bounded, quoted, quotedText } from './text.ts';
import { count, messageLead, noticeText, restText } from '../wording/index.ts';

/** Things that happened, beside losses, that one answer tells. */
const newsMax = 10;
/** By what an agent sees the log: it may have no shell. */
const seeLog = 'coordination_status with log';

/** Ends a call; the answer is as its client gets it, with what happened since the last one. */
export async function ended(
  { workspace, clock }: Pick<Work, 'workspace' | 'clock'>,
  visit: Visit,
  answer: ToolAnswer,
): Promise<ToolAnswer> {
  const news = await visit.end((notice) =>
    notice.kind === 'lost'
      ? lossText(workspace.coordinator, clock, notice, answer.holderOf ?? null)
      : Promise.resolve(wordsOf(notice, clock.nowMs())),
  );
  if (news === null) return answer;
  const granted = news.found.filter(({ origin }) => origin === 'granted');
  return withNews(answer, news, await formerLines({ workspace, clock }, visit.agent, granted));
}

/**
 * What was lost stands first, whatever was asked: the agent has to stop editing. What else happened since its last call
 * may change what an answer is worth; only of a refusal the code comes before it, which everybody looks for.
 */
function withNews(
  answer: ToolAnswer,
  { notices, found, withdrawn }: News<string>,
  former: readonly string[],
): ToolAnswer {
  const wordsAt = (place: Place): readonly string[] =>
    notices.flatMap(({ notice, words }) => (placeOf(notice) === place ? [words] : []));
  const said = [
    ...wordsAt('before'),
    ...bounded(wordsAt('happened'), newsMax, seeLog),
    ...foundText(found),
    ...former,
    ...withdrawn.map(withdrawalText),
  ];
  const rest = answer.isError ? [answer.text, ...said] : [...said, answer.text];
  const last = bounded(wordsAt('last'), newsMax, seeLog);
  return { ...answer, text: [...wordsAt('first'), ...rest, ...last].join('\n') };
}

type Place = 'first' | 'before' | 'happened' | 'last';

/** Who works beside an agent is good to know, and changes nothing of what was asked. */
function placeOf(notice: Notice): Place {
  if (notice.kind === 'lost') return 'first';
  if (notice.kind !== 'log') return 'before';
  return notice.notice.kind === 'beside' ? 'last' : 'happened';
}

function wordsOf(notice: Exclude<Notice, { kind: 'lost' }>, nowMs: number): string {
  switch (notice.kind) {
    case 'log':
      return noticeText(notice.notice, { nowMs, as: quoting });
    case 'rest':
      return restText(notice, seeLog).join('\n');
    case 'waitEnded':
      return vainText(notice.wish, notice.ticket, notice.cause);
    case 'message':
      return messageText(notice.message);
    case 'messagesGaveWay':
      return `${count(notice.count, 'message')} to you gave way to later ones, unread.`;
    case 'messagesLeft':
      return `${count(notice.count, 'more message')} to you: told with your next call.`;
    case 'passedOn':
      return passedOnText(notice.locks);
    case 'logBegunAnew':
      return `Note: ${notice.told}.`;
    case 'lossesUnread':
      return 'What was LOST with your session cannot be read now: you hold nothing; look at your files before you go on.';
  }
}

/** What is said stands whole, in quotation marks. */
function messageText(message: Message): string {
  const lead = messageLead(message, quoting);
  const told = `${lead}: ${quotedText(message.text, messageLengthMax)}`;
  return message.messageKind === 'stop' ? `STOP: ${told}` : `Message: ${told}`;
}

function foundText(found: News<string>['found']): readonly string[] {
  const from = (origin: (typeof found)[number]['origin']): readonly Held[] =>
    found.filter((lock) => lock.origin === origin);
  const [granted, resumed] = [from('granted'), from('resumed')];
  return [
    ...(granted.length === 0
      ? []
      : [`GRANTED while you did not wait: ${grantsText(granted)}. It is yours now.`]),
    ...(resumed.length === 0 ? [] : [`You hold ${grantsText(resumed)} from before.`]),
  ];
}

function withdrawalText(target: Target): string {
  return `${quoted(shownTarget(target))} is WITHDRAWN: no scope file names it any more. You still hold it; it is removed once you give it back. If nobody meant that, tell your user.`;
}
