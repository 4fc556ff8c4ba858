import type { AgentId, ScopePath } from '../../src/core/index.ts';
import type { Reply } from '../../src/protocol/index.ts';
import type { Answer, Wait, WaitEnd } from './face.ts';
import { noticedEnd, toAnswer, waitEndOf } from './mcp-answers.ts';
import type { ToolCall } from './mcp-calls.ts';
import type { McpConnection, ToolAnswer } from './mcp-connection.ts';

/** A ticket, and the call that waits under it; null between two calls. */
interface Waiting {
  readonly wait: Wait;
  readonly scopes: readonly ScopePath[];
  call: WaitingCall | null;
}

interface WaitingCall {
  readonly answer: Promise<ToolAnswer>;
  readonly abort: AbortController;
}

const accepted: Answer = { code: null, revision: null, told: {} };

/** An agent as its client lets it work: it makes one call at a time. */
export class McpAgent {
  readonly #agent: AgentId;
  readonly #connection: McpConnection;
  readonly #waits: Set<Wait>;
  #waiting: Waiting | null = null;

  /** `waits`: where it notes that it waits. */
  constructor(agent: AgentId, connection: McpConnection, waits: Set<Wait>) {
    this.#agent = agent;
    this.#connection = connection;
    this.#waits = waits;
  }

  /** What it has asked for and waits for. */
  get waitsFor(): readonly ScopePath[] {
    return this.#presentWait()?.scopes ?? [];
  }

  async call({ tool, args }: ToolCall): Promise<Answer> {
    await this.#endCall();
    return toAnswer(await this.#connection.call(tool, args));
  }

  /** It goes on in the place of one that has spoken for it before, and waits in no call. */
  waitOn(scopes: readonly ScopePath[]): void {
    this.#noteWaiting(scopes, null);
  }

  /** A call that waits goes on waiting while others are made, by other agents. */
  async acquire(scopes: readonly ScopePath[], { tool, args }: ToolCall): Promise<Answer> {
    await this.#endCall();
    const waiting = this.#connection.nextWait();
    const abort = new AbortController();
    const answer = this.#connection.call(tool, args, abort.signal);
    // Nobody hears it where the call is cancelled, or the connection breaks.
    answer.catch(() => undefined);
    const first = await Promise.race([answer, waiting]);
    if (first !== undefined) return toAnswer(first);
    this.#noteWaiting(scopes, { answer, abort });
    return accepted;
  }

  /** The server renews by itself. The owner's answer; null where the agent is kept no more. */
  renew(): Promise<Reply | null> {
    return this.#connection.beat();
  }

  /** The same, as the agent hears of it: a refusal is told with the next call. */
  async beat(next: ToolCall): Promise<Answer> {
    const reply = await this.renew();
    return reply?.ok === true ? { ...accepted, revision: reply.revision } : this.call(next);
  }

  /** The call that waits is cancelled; between two calls `lock_release` gives the place up. */
  async cancel(isHeld: (scope: ScopePath) => boolean): Promise<Answer> {
    const waiting = this.#presentWait();
    if (waiting === null) throw new Error(`${this.#agent} does not wait`);
    this.forgetWait();
    if (waiting.call === null) {
      const scopes = waiting.scopes.filter((scope) => !isHeld(scope));
      return this.call({ tool: 'lock_release', args: { agent: this.#agent, scopes } });
    }
    const replied = this.#connection.nextReply();
    waiting.call.abort.abort('the user wants something else');
    const { revision } = await replied;
    return { ...accepted, revision };
  }

  /** Nobody is to be told how its wait ends. */
  forgetWait(): void {
    if (this.#waiting !== null) this.#waits.delete(this.#waiting.wait);
    this.#waiting = null;
  }

  /** Its client and its server end without a word. */
  async close(): Promise<void> {
    this.forgetWait();
    await this.#connection.close();
  }

  /** Null as soon as it is known that the wait has ended. */
  #presentWait(): Waiting | null {
    return this.#waiting !== null && this.#waits.has(this.#waiting.wait) ? this.#waiting : null;
  }

  #noteWaiting(scopes: readonly ScopePath[], call: WaitingCall | null): void {
    const known = this.#presentWait();
    if (known !== null) {
      known.call = call;
      return;
    }
    const wait: Wait = { agent: this.#agent, end: () => this.#endOf(waiting) };
    const waiting: Waiting = { wait, scopes, call };
    this.#waiting = waiting;
    this.#waits.add(wait);
  }

  /** Who says something else waits in no call any more: the time of the call is over, and the ticket is kept. */
  async #endCall(): Promise<void> {
    const waiting = this.#presentWait();
    if (waiting === null || waiting.call === null) return;
    this.#connection.endWait();
    const { text, facts } = await waiting.call.answer;
    // Where something that it named was lost meanwhile, the ticket is for the rest only.
    if (facts['status'] !== 'waiting' && facts['code'] !== 'ALREADY_WAITING')
      throw new Error(`${this.#agent} waits, but is told: ${text}`);
    waiting.call = null;
  }

  /** Told by the call that waits; between two calls, by whichever comes next. */
  async #endOf({ call }: Waiting): Promise<WaitEnd> {
    if (call !== null) return waitEndOf(await call.answer);
    await this.#connection.ticketEnded();
    return noticedEnd(await this.#connection.call('coordination_status', { agent: this.#agent }));
  }
}
