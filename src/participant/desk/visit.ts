import { targetsOf, type ScopePath, type Target, type Wish } from '../../core/index.ts';
import type { Timers } from '../../time/index.ts';
import type { Held, Interest, Untold } from '../holdings.ts';
import { inTime } from '../in-time.ts';
import type { TicketWait } from '../ticket-wait.ts';
import type { ClientPresence } from './attendance.ts';
import type { DeskAgent } from './desk-agent.ts';
import type { Notice, Worded } from './notices.ts';

/** How long a call waits for what is just being given back, in milliseconds. */
const settlePatienceMs = 3_000;

/** The call, as its client sees it. */
export interface VisitingCall {
  readonly signal: AbortSignal;
  /** Whether it was the client's wish that the call end; false for a connection that broke or a client's time-out. */
  wasCancelled(): boolean;
  /** Who speaks, where that may end before this process does. */
  readonly client?: ClientPresence;
}

/** What an agent learns with the answer to a call. */
export interface News<Words> {
  readonly notices: readonly Worded<Words>[];
  /** What it holds without having been told so until now. */
  readonly found: readonly Untold[];
  /** What is defined no more. */
  readonly withdrawn: readonly Target[];
}

/**
 * One call of an agent, from its first word to its answer. Only at the end it is known whether anybody hears it. If so,
 * the agent knows what it was told, and learns what happened since its last call. If not, what the call has brought
 * about is given back when its client cancelled it, and else kept for the next call.
 */
export class Visit {
  readonly agent: DeskAgent;
  readonly call: VisitingCall;
  readonly #interests: Interest[] = [];
  readonly #told: Held[] = [];
  readonly #owed: Notice[] = [];
  readonly #shown = new Map<ScopePath, string>();
  readonly #resume: () => void;
  readonly #callEnds: () => void;
  #wait: TicketWait | null = null;

  private constructor(agent: DeskAgent, call: VisitingCall) {
    this.agent = agent;
    this.call = call;
    this.#resume = agent.holdings.suspend();
    this.#callEnds = agent.attendance.callBegins(call.client ?? null);
  }

  /** What is just being given back is not spoken of: it waits until that is done, if it does not take long. */
  static async begin(clock: Pick<Timers, 'schedule'>, agent: DeskAgent, call: VisitingCall): Promise<Visit> {
    await inTime(clock, settlePatienceMs, agent.settled());
    return new Visit(agent, call);
  }

  /** From now on what comes of these is for this call to tell. */
  takeInterest(wish: Wish): void {
    this.#interests.push(this.agent.holdings.takeInterest(targetsOf(wish)));
  }

  /** The answer says that these are held. */
  tell(locks: readonly Held[]): void {
    this.#told.push(...locks);
  }

  /** The answer shows what is recorded of a context file, by its digest. */
  show(path: ScopePath, digest: string): void {
    this.#shown.set(path, digest);
  }

  /** The answer says this; when nobody hears it the next one does. */
  owe(notice: Notice): void {
    this.#owed.push(notice);
  }

  /** The call has got this ticket, or goes on waiting with it. */
  waitIn(wait: TicketWait): void {
    this.#wait = wait;
    wait.visitors.add(this);
  }

  /** Ends the call. What its answer has to say besides; null when nobody hears it. */
  async end<Words>(inWords: (notice: Notice) => Promise<Words>): Promise<News<Words> | null> {
    const isHeard = (): boolean => !this.call.signal.aborted;
    try {
      const notices = isHeard() ? await this.#notices(inWords, isHeard) : [];
      this.#wait?.visitors.delete(this);
      if (isHeard()) return { notices, ...this.#heard() };
      await this.#unheard();
      return null;
    } finally {
      this.#resume();
      this.#callEnds();
    }
  }

  /** What happened since the last call, as far as it was seen or heard. */
  async #notices<Words>(
    inWords: (notice: Notice) => Promise<Words>,
    isHeard: () => boolean,
  ): Promise<readonly Worded<Words>[]> {
    const { agent } = this;
    const upTo = agent.hearing.upTo;
    const notices = await agent.notices.take(inWords, isHeard);
    if (isHeard() && upTo !== null) agent.noteTold(upTo, notices.length > 0);
    return notices;
  }

  /** What else there is to say: locks that the agent does not know of yet, and what is defined no more. */
  #heard(): Omit<News<never>, 'notices'> {
    const { holdings, seen } = this.agent;
    for (const [path, digest] of this.#shown) seen.set(path, digest);
    holdings.tell(this.#told);
    for (const interest of this.#interests) interest.close('heard');
    const found = this.agent.news;
    holdings.tell(found);
    return {
      found,
      withdrawn: holdings.takeWithdrawalNews(),
    };
  }

  async #unheard(): Promise<void> {
    for (const notice of this.#owed) this.agent.notices.add(notice);
    const isCancelled = this.call.wasCancelled();
    if (isCancelled) await this.#giveUpTicket();
    for (const interest of this.#interests) interest.close(isCancelled ? 'cancelled' : 'unheard');
  }

  /** What another call shares is left to that one. */
  async #giveUpTicket(): Promise<void> {
    const wait = this.#wait;
    if (wait === null || this.agent.wait !== wait || wait.visitors.size > 0) return;
    await this.agent.giveUp(wait).catch(() => undefined);
  }
}
