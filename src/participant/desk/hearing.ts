import { partsOf, targetOf, type FencingToken, type Target, type Ticket } from '../../core/index.ts';
import type { Coordinator, NoticesAnswer, ToldUpTo } from '../../protocol/index.ts';
import type { Held, Holdings } from '../holdings.ts';
import type { Loss } from '../losses.ts';
import type { AgentSession } from '../session.ts';
import { newsOf, toldUpTo } from '../telling.ts';
import type { Notices } from './notices.ts';

export interface HearingPorts {
  readonly coordinator: Pick<Coordinator, 'query'>;
  readonly notices: Notices;
  readonly holdings: Pick<Holdings, 'tokenOf' | 'knows'>;
  /** The log says that the agent has lost this. */
  readonly lost: (loss: Loss) => void;
}

/**
 * Hears from the log what an agent has to be told, each thing once, also when several calls ask for it at a time. What this
 * process sees by itself is left out: a loss may be seen before it is heard of, and how a wait ended comes of waiting.
 */
export class Hearing {
  readonly #ports: HearingPorts;
  /** Losses, and tickets, of which the agent is told without the log. */
  readonly #known = new Set<string>();
  #upTo: ToldUpTo | null = null;
  #last: Promise<void> = Promise.resolve();

  constructor(ports: HearingPorts) {
    this.#ports = ports;
  }

  /** Up to where it was heard; null: never since the agent is kept here. */
  get upTo(): ToldUpTo | null {
    return this.#upTo;
  }

  /** How this wait ends is heard without the log. */
  knowTicket(ticket: Ticket): void {
    this.#known.add(ticketKey(ticket));
  }

  /** Whether a loss is new. What another process has got may come back, and be lost again. */
  isNewLoss(loss: Loss): boolean {
    const key = lossKey(targetOf(loss), loss.token);
    if (this.#known.has(key)) return false;
    if (loss.isHandedOver !== true) this.#known.add(key);
    return true;
  }

  /** Goes on where another has ended that kept the agent before. */
  goOnAfter({ upTo, known }: Pick<Hearing, 'upTo' | 'known'>, isSameEpoch: boolean): void {
    for (const key of known) this.#known.add(key);
    if (isSameEpoch) this.#upTo = upTo;
  }

  get known(): ReadonlySet<string> {
    return this.#known;
  }

  hear(session: AgentSession): Promise<void> {
    const turn = this.#last.catch(() => undefined).then(() => this.#hear(session));
    this.#last = turn;
    return turn;
  }

  async #hear(session: AgentSession): Promise<void> {
    const news = await newsOf(this.#ports.coordinator, session, this.#upTo ?? toldUpTo(session));
    this.#upTo = news.upTo;
    this.#add(news);
  }

  #add({ notices: heard, left, unread }: NoticesAnswer): void {
    const { notices, holdings, lost } = this.#ports;
    for (const notice of heard) {
      if (notice.kind === 'lost') {
        const lock: Held = { ...partsOf(notice), token: notice.token };
        const isTold = holdings.tokenOf(targetOf(lock)) !== lock.token || holdings.knows(lock);
        lost({ ...lock, isTold, by: notice.revision });
      } else if (notice.kind === 'waitServed') continue;
      else if (notice.kind !== 'waitEnded' || !this.#known.has(ticketKey(notice.ticket)))
        notices.add({ kind: 'log', notice });
    }
    if (left > 0 || unread !== null) notices.add({ kind: 'rest', left, unread });
  }
}

const ticketKey = (ticket: Ticket): string => `ticket ${ticket}`;
const lossKey = (target: Target, token: FencingToken): string => `${target} ${token}`;
