/** What an agent hears, and says to others. */
import type { Message, Notice, Rejection, ResultOf } from '../core/index.ts';
import type { Coordinator, NoticesAnswer } from '../protocol/index.ts';
import type { AgentCommand } from './agent-commands.ts';
import { resultOf } from './answers.ts';
import { proofOf, type AgentSession, type Sessions } from './session.ts';
import type { Speaks } from './speaker.ts';
import { isNews, isToBeKept, keepTold, newsOf, withTold } from './telling.ts';

export interface CorrespondencePorts {
  readonly coordinator: Pick<Coordinator, 'query'>;
  readonly sessions: Pick<Sessions, 'read' | 'write'>;
  readonly speaker: Speaks;
}

export type Saying = Omit<Extract<AgentCommand, { kind: 'SendMessage' }>, 'kind'>;

type Refused = { readonly kind: 'refused'; readonly rejection: Rejection };

/** What an agent was not told before; as of `nowMs` of the log. */
export interface Heard extends Pick<NoticesAnswer, 'nowMs' | 'left' | 'unread'> {
  readonly kind: 'heard';
  readonly notices: readonly Notice[];
  readonly messages: readonly Message[];
  /** How many messages before them gave way to later ones. */
  readonly gaveWay: number;
}

/** Tells an agent each thing once, also when it is asked for by several at a time, and over the end of its process. */
export class Correspondence {
  readonly #ports: CorrespondencePorts;
  #session: AgentSession;
  #last: Promise<unknown> = Promise.resolve();

  constructor(ports: CorrespondencePorts, session: AgentSession) {
    this.#ports = ports;
    this.#session = session;
  }

  async say(saying: Saying): Promise<ResultOf<'messageSent'> | Refused> {
    const { speaker } = this.#ports;
    const reply = await speaker.submit({ kind: 'SendMessage', ...saying, ...proofOf(this.#session) });
    return reply.ok ? resultOf(reply.result, 'messageSent') : { kind: 'refused', rejection: reply.rejection };
  }

  hear(): Promise<Heard | Refused> {
    const turn = this.#last.then(() => this.#hear());
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  /** How a wait ended is no news: who waits is there until it does. */
  async #hear(): Promise<Heard | Refused> {
    const { coordinator, sessions, speaker } = this.#ports;
    const news = await newsOf(coordinator, this.#session);
    const reply = await speaker.submit({ kind: 'ReadMessages', ...proofOf(this.#session) });
    if (!reply.ok) return { kind: 'refused', rejection: reply.rejection };
    const { messages, gaveWay } = resultOf(reply.result, 'messagesRead');
    if (isToBeKept(this.#session, news.upTo, isNews(news))) {
      this.#session = withTold(this.#session, news.upTo);
      await keepTold(sessions, this.#session, news.upTo);
    }
    const { nowMs, left, unread } = news;
    const notices = news.notices.filter(({ kind }) => kind !== 'waitServed' && kind !== 'waitEnded');
    return { kind: 'heard', nowMs, notices, left, unread, messages, gaveWay };
  }
}
