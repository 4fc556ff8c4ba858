/**
 * An agent that this process keeps: it renews the agent's session and leases, watches its place in the queue, and
 * remembers what the agent has to be told at its next call, since nothing can be said to it in between.
 *
 *     joined or resumed --(heartbeats)--> ... --(left, lost, superseded)--> gone
 *
 *     waiting --(granted while a call waits)--> told at once
 *             --(granted between calls)-------> uncollected --(any call)--> told
 *                                                           --(bound)-----> given back, so that it is passed on
 */
import type {
  FencingToken,
  Grant,
  QueuedResult,
  Rejection,
  ResultOf,
  Revision,
  ScopePath,
  Ticket,
  TicketEndCause,
} from '../core/index.ts';
import type { CallerCommand, Coordinator, Reply, TicketReply } from '../protocol/index.ts';
import { lossText, type Loss } from './losses.ts';
import type { AgentSession, McpPorts } from './ports.ts';
import type { Speaker } from './speaker.ts';
import { quoted } from './text.ts';
import { TicketWait } from './ticket-wait.ts';

type Proof = keyof AgentSession;
type Unproved<C> = C extends { readonly secret: string } ? Omit<C, Proof> : never;
/** A command of the agent, without the proof of who speaks. */
export type AgentCommand = Unproved<CallerCommand>;

export interface KeptAgentOptions {
  readonly session: AgentSession;
  readonly coordinator: Coordinator;
  readonly speaker: Speaker;
  readonly ports: McpPorts;
  /** How long a grant that came between two calls is kept, in milliseconds. */
  readonly collectMs: number;
}

/** Beats come three to the shortest deadline, but not faster than this. */
const beatEveryMinMs = 500;
/** Pause before what failed is tried again. */
const againMs = 1_000;

/** What an agent has to be told; how it came to a loss is looked up when there is somebody to tell. */
type Notice = { readonly kind: 'said'; readonly text: string } | ({ readonly kind: 'lost' } & Loss);

interface Uncollected {
  readonly locks: readonly Grant[];
  readonly cancel: () => void;
}

export class KeptAgent {
  readonly session: AgentSession;
  readonly #options: KeptAgentOptions;
  readonly #held = new Map<ScopePath, FencingToken>();
  /** Held locks that others wait for, and whether the agent knows. */
  readonly #contended = new Map<FencingToken, 'news' | 'told'>();
  /** Commands without an answer yet. */
  #underWay = 0;
  #notices: Notice[] = [];
  #wait: TicketWait | null = null;
  #uncollected: Uncollected | null = null;
  #cancelBeat: () => void = () => undefined;
  #gone: Rejection | null = null;
  #stopped = false;

  constructor(options: KeptAgentOptions) {
    this.#options = options;
    this.session = options.session;
  }

  /** Why the coordinator knows this incarnation of the agent no more; null while it does. */
  get gone(): Rejection | null {
    return this.#gone;
  }

  get held(): ReadonlyMap<ScopePath, FencingToken> {
    return this.#held;
  }

  /** Its place in the queue, if it has one. */
  get wait(): TicketWait | null {
    return this.#wait;
  }

  /** Says something in the agent's name. A refusal that means that it is gone ends the keeping. */
  async submit(command: AgentCommand): Promise<Reply> {
    const { agent, epoch, secret } = this.session;
    const { speaker } = this.#options;
    this.#underWay += 1;
    const reply = await speaker
      .submit({ ...command, agent, epoch, secret } as CallerCommand)
      .finally(() => (this.#underWay -= 1));
    if (!reply.ok && goneCodes.has(reply.rejection.code)) this.#end(reply.rejection);
    return reply;
  }

  /** Renews at once, and again when it is time; the answer says whether the agent is still there. */
  async beat(): Promise<Reply> {
    this.#cancelBeat();
    const reply = await this.submit({ kind: 'Heartbeat' }).catch((error: unknown) => {
      this.#beatAfter(againMs);
      throw error;
    });
    if (reply.ok && reply.result.kind === 'renewed') this.#afterBeat(reply.revision, reply.result);
    return reply;
  }

  /** The next heartbeat comes when a third of the time to the first of these moments is over. */
  beatBefore(momentsMs: readonly number[]): void {
    const leftMs = Math.min(...momentsMs) - this.#options.ports.clock.nowMs();
    this.#beatAfter(Math.max(beatEveryMinMs, leftMs / 3));
  }

  /** Waits with a ticket, or goes on waiting with the one it has. */
  waitWith(queued: Pick<QueuedResult, 'ticket'>, scopes: readonly ScopePath[]): TicketWait {
    if (this.#wait?.ticket === queued.ticket) return this.#wait;
    this.#wait?.stop();
    const { coordinator, ports } = this.#options;
    const wait: TicketWait = new TicketWait({
      coordinator,
      clock: ports.clock,
      agent: this.session.agent,
      ticket: queued.ticket,
      scopes,
      onLeft: (reply) => this.#onLeft(wait, reply),
    });
    this.#wait = wait;
    return wait;
  }

  /** Notes locks that the agent is being told of: from now on their loss is news. */
  noteHeld(locks: readonly Grant[]): void {
    this.#collect();
    this.#note(locks);
  }

  /** Keeps locks that nobody was told of for a while; the agent's next call collects them. */
  keepUntilCollected(locks: readonly Grant[]): void {
    if (locks.length === 0 || this.#stopped) return;
    const { ports, collectMs } = this.#options;
    const cancel = ports.clock.after(collectMs, () => this.#passOn(locks));
    this.#uncollected = { locks, cancel };
  }

  /** Notes locks that it gave back itself. */
  noteReleased(scopes: readonly ScopePath[]): void {
    for (const scope of scopes) this.#held.delete(scope);
    if (this.#uncollected?.locks.every((lock) => scopes.includes(lock.scope)) === true) this.#collect();
  }

  /** Forgets its place in the queue, which it gave up. */
  endWait(): void {
    this.#wait?.stop();
    this.#wait = null;
  }

  /** Gives back exactly these grants, which came in one command and so share one token. */
  async giveBack(locks: readonly Grant[]): Promise<void> {
    const [first] = locks;
    if (first === undefined) return;
    const scopes = locks.map((lock) => lock.scope);
    this.noteReleased(scopes);
    await this.submit({ kind: 'ReleaseLock', scopes, token: first.token });
  }

  /** Looks whether it still holds what it was told that it holds: heartbeats are too far apart to say so in time. */
  async lookForLost(): Promise<void> {
    if (this.#held.size === 0 || this.#underWay > 0) return;
    const subject = { kind: 'agent', agent: this.session.agent } as const;
    const query = { kind: 'why', subject, at: null, happened: 0 } as const;
    const { revision, agent, locks } = await this.#options.coordinator.query(query);
    // What is just being given back is not lost.
    if (this.#underWay > 0) return;
    this.#noticeLost(revision, agent?.epoch === this.session.epoch ? locks : []);
  }

  /** Notes that it lost a lock while nobody kept it. */
  noteLost(loss: Loss): void {
    this.#notices.push({ kind: 'lost', scope: loss.scope, token: loss.token });
  }

  /**
   * What happened since the last call, each thing told once; a grant among it counts as collected. Nothing of it when by
   * then nobody hears the answer: it is told with the next one.
   */
  async takeNotices(isHeard: () => boolean): Promise<readonly string[]> {
    const worded = await this.#inWords(this.#notices);
    if (!isHeard()) return [];
    const told = this.#notices.flatMap((notice) => worded.get(notice) ?? []);
    // What came while causes were looked up is left for the next call.
    this.#notices = this.#notices.filter((notice) => !worded.has(notice));
    const collected = this.#collect();
    return [
      ...told,
      ...(collected === null
        ? []
        : [`GRANTED while you did not wait: ${grantsText(collected)}. It is yours now.`]),
      ...this.#contentionNews(),
    ];
  }

  /** Keeps it no longer. Its session and its leases end by themselves unless somebody else renews them. */
  stop(): void {
    this.#stopped = true;
    this.#cancelBeat();
    this.#uncollected?.cancel();
    this.#wait?.stop();
  }

  #end(rejection: Rejection): void {
    this.#gone = rejection;
    this.stop();
  }

  async #inWords(notices: readonly Notice[]): Promise<ReadonlyMap<Notice, string>> {
    const { coordinator, ports } = this.#options;
    const worded = notices.map(async (notice): Promise<readonly [Notice, string]> => {
      if (notice.kind === 'said') return [notice, notice.text];
      return [notice, await lossText(coordinator, ports.clock, notice)];
    });
    return new Map(await Promise.all(worded));
  }

  #say(text: string): void {
    this.#notices.push({ kind: 'said', text });
  }

  #afterBeat(revision: Revision, { sessionDeadlineMs, leases }: ResultOf<'renewed'>): void {
    this.#noticeLost(revision, leases);
    for (const { token, contendedSinceMs } of leases)
      if (contendedSinceMs !== null && !this.#contended.has(token)) this.#contended.set(token, 'news');
    this.beatBefore([sessionDeadlineMs, ...leases.map((lease) => lease.deadlineMs)]);
  }

  #noticeLost(revision: Revision, leases: readonly Pick<Grant, 'scope' | 'token'>[]): void {
    for (const [scope, token] of this.#held) {
      // A grant that is newer than the answer cannot be in it.
      if (token > revision) continue;
      if (leases.some((lease) => lease.scope === scope && lease.token === token)) continue;
      this.#held.delete(scope);
      this.noteLost({ scope, token });
    }
  }

  /** Each contended lock is told of once, if it is still held when there is somebody to tell. */
  #contentionNews(): string[] {
    const news = [...this.#held].filter(([, token]) => this.#contended.get(token) === 'news');
    for (const [, token] of news) this.#contended.set(token, 'told');
    return news.map(
      ([scope]) => `Others wait for ${quoted(scope)}: release it soon, its lease cannot be renewed for ever.`,
    );
  }

  #beatAfter(delayMs: number): void {
    this.#cancelBeat();
    if (this.#stopped) return;
    const { ports } = this.#options;
    this.#cancelBeat = ports.clock.after(delayMs, () => {
      this.beat().catch((error: unknown) => {
        ports.report({ agent: this.session.agent, error: String(error) }, 'a renewal failed');
      });
    });
  }

  #note(locks: readonly Grant[]): void {
    for (const { scope, token } of locks) {
      const before = this.#held.get(scope);
      // Others may have written there between the two grants.
      if (before !== undefined && before < token) this.noteLost({ scope, token: before });
      this.#held.set(scope, token);
    }
    if (locks.length > 0) this.beatBefore(locks.map((lock) => lock.deadlineMs));
  }

  #onLeft(wait: TicketWait, reply: TicketReply): void {
    if (this.#wait !== wait || this.#stopped) return;
    this.#wait = null;
    if (reply.kind === 'granted') this.#note(reply.locks);
    // Whoever waits for it at this moment tells the agent.
    if (wait.isAttended) return;
    if (reply.kind === 'granted') this.keepUntilCollected(reply.locks);
    else if (reply.cause !== 'cancelled' && reply.cause !== 'left')
      this.#say(vainText(wait.scopes, wait.ticket, reply.cause));
  }

  /** Nobody came for it in time. */
  #passOn(locks: readonly Grant[]): void {
    this.#uncollected = null;
    this.#say(
      `PASSED ON: ${grantsText(locks)} came while you did not wait, and was not collected in time. Call lock_acquire to ask anew.`,
    );
    this.#giveBackAtLast(locks);
  }

  /** Tries until it is done: as long as the agent's session is renewed, so is what it holds. */
  #giveBackAtLast(locks: readonly Grant[]): void {
    if (this.#stopped) return;
    const { ports } = this.#options;
    this.giveBack(locks).catch((error: unknown) => {
      ports.report({ agent: this.session.agent, error: String(error) }, 'a release failed');
      ports.clock.after(againMs, () => this.#giveBackAtLast(locks));
    });
  }

  #collect(): readonly Grant[] | null {
    const uncollected = this.#uncollected;
    uncollected?.cancel();
    this.#uncollected = null;
    return uncollected?.locks ?? null;
  }
}

/** After these the session is worthless: the agent has to join again. */
const goneCodes: ReadonlySet<Rejection['code']> = new Set([
  'AGENT_NOT_FOUND',
  'STALE_EPOCH',
  'SESSION_MISMATCH',
  'AGENT_LOST',
]);

/** `"services/auth" (token 17)`. */
export function grantsText(locks: readonly Pick<Grant, 'scope' | 'token'>[]): string {
  return locks.map(({ scope, token }) => `${quoted(scope)} (token ${token})`).join(', ');
}

/** A wait that ended without a grant. */
export function vainText(
  scopes: readonly ScopePath[],
  ticket: Ticket,
  cause: TicketEndCause | 'unknown',
): string {
  const what = scopes.map(quoted).join(', ');
  return `WAIT ENDED for ${what} (ticket ${ticket}): ${vainCauses[cause]}. Call lock_acquire to wait anew.`;
}

const vainCauses: { readonly [Cause in TicketEndCause | 'unknown']: string } = {
  granted: 'it was granted, but the lease has ended since',
  cancelled: 'the wait was cancelled',
  deadline: 'the time to wait is over',
  left: 'you left',
  lost: 'you were lost meanwhile',
  blockedTooLong: 'it took longer than max_block_time allows',
  scopeRemoved: 'a scope was removed',
  unknown: 'the log no longer says why',
};
