import { type Held, type Interest, type TicketWait, inTime } from '../participant/index.ts';
import type { Timers } from '../time/index.ts';
import type { ScopePath } from '../core/index.ts';
import type { ToolAnswer } from './answer.ts';
import type { KeptAgent } from './kept-agent.ts';
import { grantsText } from './lock-words.ts';
import { noNews, type News } from './notices.ts';
import { quoted } from './text.ts';

/** How long a call waits for what is just being given back, in milliseconds. */
const settlePatienceMs = 3_000;

/** The call, as its client sees it. */
export interface VisitingCall {
  readonly signal: AbortSignal;
  /** Whether it was the client's wish that the call end; false for a connection that broke or a client's time-out. */
  wasCancelled(): boolean;
}

/**
 * One call of an agent, from its first word to its answer. Only at the end it is known whether anybody hears it. If so,
 * the agent knows what it was told, and learns what happened since its last call. If not, what the call has brought
 * about is given back when its client cancelled it, and else kept for the next call.
 */
export class Visit {
  readonly agent: KeptAgent;
  readonly call: VisitingCall;
  readonly #interests: Interest[] = [];
  readonly #told: Held[] = [];
  readonly #owed: string[] = [];
  readonly #shown = new Map<ScopePath, string>();
  readonly #resume: () => void;
  #holderTold: ScopePath | null = null;
  #wait: TicketWait | null = null;

  private constructor(agent: KeptAgent, call: VisitingCall) {
    this.agent = agent;
    this.call = call;
    this.#resume = agent.holdings.suspend();
  }

  /** What is just being given back is not spoken of: it waits until that is done, if it does not take long. */
  static async begin(clock: Pick<Timers, 'schedule'>, agent: KeptAgent, call: VisitingCall): Promise<Visit> {
    await inTime(clock, settlePatienceMs, agent.settled());
    return new Visit(agent, call);
  }

  /** From now on what comes of these scopes is for this call to tell. */
  takeInterest(scopes: readonly ScopePath[]): void {
    this.#interests.push(this.agent.holdings.takeInterest(scopes));
  }

  /** The answer says that these are held. */
  tell(locks: readonly Held[]): void {
    this.#told.push(...locks);
  }

  /** The answer says who has this scope. */
  tellHolderOf(scope: ScopePath): void {
    this.#holderTold = scope;
  }

  /** The answer shows what is recorded of a context file, by its digest. */
  show(path: ScopePath, digest: string): void {
    this.#shown.set(path, digest);
  }

  /** The answer says this; when nobody hears it the next one does. */
  owe(text: string): void {
    this.#owed.push(text);
  }

  /** The call has got this place, or goes on in it. */
  waitIn(wait: TicketWait): void {
    this.#wait = wait;
    wait.visitors.add(this);
  }

  /** Ends the call; the answer is as its client gets it, with what happened since the last one. */
  async end(answer: ToolAnswer): Promise<ToolAnswer> {
    const isHeard = (): boolean => !this.call.signal.aborted;
    try {
      const news = isHeard() ? await this.agent.notices.take(isHeard, this.#holderTold) : noNews;
      this.#wait?.visitors.delete(this);
      if (isHeard()) return withNews(answer, { ...news, said: [...news.said, ...this.#heard()] });
      await this.#unheard();
      return answer;
    } finally {
      this.#resume();
    }
  }

  /** What else there is to say: locks that the agent does not know of yet, and others who wait. */
  #heard(): readonly string[] {
    const { holdings, seen } = this.agent;
    for (const [path, digest] of this.#shown) seen.set(path, digest);
    holdings.tell(this.#told);
    for (const interest of this.#interests) interest.close('heard');
    const found = holdings.untold;
    holdings.tell(found);
    const granted = found.filter(({ origin }) => origin === 'granted');
    const resumed = found.filter(({ origin }) => origin === 'resumed');
    return [
      ...(granted.length === 0
        ? []
        : [`GRANTED while you did not wait: ${grantsText(granted)}. It is yours now.`]),
      ...(resumed.length === 0 ? [] : [`You hold ${grantsText(resumed)} from before.`]),
      ...holdings.takeContentionNews().map(contentionText),
      ...holdings.takeWithdrawalNews().map(withdrawalText),
    ];
  }

  async #unheard(): Promise<void> {
    for (const text of this.#owed) this.agent.notices.say(text);
    const isCancelled = this.call.wasCancelled();
    if (isCancelled) await this.#giveUpPlace();
    for (const interest of this.#interests) interest.close(isCancelled ? 'cancelled' : 'unheard');
  }

  /** What another call shares is left to that one. */
  async #giveUpPlace(): Promise<void> {
    const wait = this.#wait;
    if (wait === null || this.agent.wait !== wait || wait.visitors.size > 0) return;
    await this.agent.giveUp(wait).catch(() => undefined);
  }
}

/**
 * What was lost stands first, whatever was asked: the agent has to stop editing. What else happened since its last call
 * may change what an answer is worth; only of a refusal the code comes before it, which everybody looks for.
 */
function withNews(answer: ToolAnswer, { lost, said }: News): ToolAnswer {
  const rest = answer.isError ? [answer.text, ...said] : [...said, answer.text];
  return { ...answer, text: [...lost, ...rest].join('\n') };
}

function contentionText(scope: ScopePath): string {
  return `Others wait for ${quoted(scope)}: release it soon, its lease cannot be renewed for ever.`;
}

function withdrawalText(scope: ScopePath): string {
  return `${quoted(scope)} is WITHDRAWN: no scope file names it any more. You hold it still; it goes when it is given back. If that was not meant, tell your user.`;
}
