import type {
  Message,
  Notice as LogNotice,
  ResultOf,
  Ticket,
  TicketEndCause,
  Wish,
} from '../../core/index.ts';
import type { NoticesAnswer } from '../../protocol/index.ts';
import type { Held } from '../holdings.ts';
import type { Loss } from '../losses.ts';

/** What happened to an agent between its calls. */
export type Notice =
  | ({ readonly kind: 'lost' } & Loss)
  /** What it lost before it was kept here is in the log, which could not be read. */
  | { readonly kind: 'lossesUnread' }
  | {
      readonly kind: 'waitEnded';
      readonly wish: Wish;
      readonly ticket: Ticket;
      readonly cause: TicketEndCause | 'unknown';
    }
  /** What somebody said to it. */
  | { readonly kind: 'message'; readonly message: Message }
  /** So many messages before had to give way to later ones. */
  | { readonly kind: 'messagesGaveWay'; readonly count: number }
  /** So many messages more are told with the next call. */
  | { readonly kind: 'messagesLeft'; readonly count: number }
  /** What follows from the log; what this process itself knows of is told as such. */
  | { readonly kind: 'log'; readonly notice: LogNotice }
  /** What of the log could not be told. */
  | ({ readonly kind: 'rest' } & Pick<NoticesAnswer, 'left' | 'unread'>)
  /** A grant that nobody came for was given back. */
  | { readonly kind: 'passedOn'; readonly locks: readonly Held[] }
  /** `told`: that the log began anew since, and where the one of before is. */
  | { readonly kind: 'logBegunAnew'; readonly told: string };

/** A notice, and what the face makes of it. */
export interface Worded<Words> {
  readonly notice: Notice;
  readonly words: Words;
}

/**
 * What an agent has to be told with its next call. How it came to a loss is looked up when there is somebody to tell; by
 * then the log is sure to have it.
 */
export class Notices {
  #pending: Notice[] = [];

  add(notice: Notice): void {
    this.#pending.push(notice);
  }

  /** What others have said, and that some of it had to give way. */
  addMessages({ messages, gaveWay }: ResultOf<'messagesRead'>): void {
    if (gaveWay > 0) this.add({ kind: 'messagesGaveWay', count: gaveWay });
    for (const message of messages) this.add({ kind: 'message', message });
  }

  /** Whether there is a loss to be told. */
  get hasLosses(): boolean {
    return this.#pending.some(({ kind }) => kind === 'lost');
  }

  /** What has not been told goes on to the next incarnation of the agent. */
  handTo(successor: Notices): void {
    successor.#pending.push(...this.#pending);
    this.#pending = [];
  }

  /** What another process had is the agent's again. */
  forgetHandedOver(): void {
    this.#pending = this.#pending.filter((notice) => notice.kind !== 'lost' || notice.isHandedOver !== true);
  }

  /** Everything in words, each thing once, but for messages that would be too much for one answer; nothing when by then nobody hears it, so that the next call tells it. */
  async take<Words>(
    inWords: (notice: Notice) => Promise<Words>,
    isHeard: () => boolean,
  ): Promise<readonly Worded<Words>[]> {
    const { now, left } = portionOf(this.#pending);
    const rest: readonly Notice[] = left === 0 ? [] : [{ kind: 'messagesLeft', count: left }];
    const worded = await Promise.all(
      [...now, ...rest].map(async (notice) => ({ notice, words: await inWords(notice) })),
    );
    if (!isHeard()) return [];
    const told = new Set(worded.map(({ notice }) => notice));
    // Another call may have told some of it meanwhile.
    const news = worded.filter(({ notice }) => rest.includes(notice) || this.#pending.includes(notice));
    // What came while causes were looked up is left for the next call.
    this.#pending = this.#pending.filter((notice) => !told.has(notice));
    return news;
  }
}

/** Characters of the messages in one answer: clients cut one that is too long, and what they cut is lost. */
const messageCharactersMax = 20_000;

/** What one answer tells, and how many messages are left for the next. */
function portionOf(pending: readonly Notice[]): { readonly now: readonly Notice[]; readonly left: number } {
  let characters = 0;
  const now = pending.filter((notice) => {
    if (notice.kind !== 'message') return true;
    characters += notice.message.text.length;
    return characters <= messageCharactersMax;
  });
  return { now, left: pending.length - now.length };
}
