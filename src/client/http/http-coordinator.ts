import type { Entry, Revision } from '../../core/index.ts';
import {
  CoordinatorError,
  isOpen,
  mayBeWritten,
  rejectionOf,
  type Answer,
  type CommandRequest,
  type Coordinator,
  type Query,
  type RefreshOptions,
  type RefreshReport,
  type Reply,
  type TicketReply,
  type TicketRequest,
} from '../../protocol/index.ts';
import { systemTime, type BackoffMs, type Time } from '../../time/index.ts';
import {
  Endurance,
  isDeadlineExceeded,
  jitteredBackoffMs,
  persist,
  type EnduranceOptions,
} from '../persist.ts';
import { readAnswer, type HttpAnswer } from './answers.ts';
import { watchEvents } from './events.ts';
import {
  answersCommand,
  answersQuery,
  answersRefresh,
  answersTicket,
  tellsWho,
  type IsAnswer,
} from './known-answers.ts';
import { unreachable } from './unreachable.ts';

export interface HttpConnectOptions {
  /** Of the server, as `rhema serve` prints it, with its path where there is one. */
  readonly server: string;
  readonly token: string;
  /** How long a call may take, with what is tried again. 30 s unless given. */
  readonly callTimeoutMs?: number;
  /**
   * How long a call is tried that no Rhema server answers. Unless given as long as a call may take; of a question, while the server
   * was not heard yet, 5 s.
   */
  readonly reachPatienceMs?: number;
  /** How long whoever waits for a ticket asks on while the server cannot be reached. 5 min unless given. */
  readonly waitPatienceMs?: number;
  readonly backoffMs?: BackoffMs;
  readonly time?: Time;
  /** Told each time that something is tried again. */
  readonly onRetry?: (failure: CoordinatorError) => void;
  /** Sent with each request, beside what it needs itself. */
  readonly headers?: () => Readonly<Record<string, string>>;
  readonly fetch?: typeof fetch;
}

const callTimeoutDefaultMs = 30_000;
/** Whoever begins with a question has nothing under way that a server which starts anew would cost. */
const firstQuestionMs = 5_000;
/** A server that is started anew, or moved, is back within it; an agent's session outlasts hardly more. */
const waitPatienceDefaultMs = 300_000;
/** How long one question for a ticket is kept open by the server, and how much longer its answer may take. */
const pollMs = 25_000;
const pollGraceMs = 10_000;

interface Ask {
  readonly path: string;
  /** POST with it; null: GET. */
  readonly body: object | null;
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  readonly isAnswer: IsAnswer;
}

type Question = Pick<Ask, 'path' | 'body' | 'isAnswer'>;

/**
 * The `Coordinator` port over HTTP (`rhema serve`). Calls are tried again under the same request id while the server cannot be
 * reached: a repeat gets the first answer, so nothing is done twice. What a participant holds meanwhile its leases keep.
 */
export class HttpCoordinator implements Coordinator {
  readonly #options: HttpConnectOptions;
  readonly #server: string;
  readonly #callTimeoutMs: number;
  readonly #time: Time;
  /** Whether it has answered anything yet. */
  #wasHeard = false;
  readonly #closing = new AbortController();

  /** Throws `INVALID_INPUT` for a token that no header can have: what refuses it later would repeat it. */
  constructor(options: HttpConnectOptions) {
    if (!/^[!-~]+$/.test(options.token))
      throw new CoordinatorError('INVALID_INPUT', 'that is no token: it is one line of printable characters');
    this.#options = options;
    this.#server = options.server.replace(/\/+$/, '');
    this.#callTimeoutMs = options.callTimeoutMs ?? callTimeoutDefaultMs;
    this.#time = options.time ?? systemTime;
  }

  async submit({ requestId, command }: CommandRequest): Promise<Reply> {
    const { kind, ...body } = command;
    const headers = { 'Idempotency-Key': requestId };
    const endurance = this.#endurance({ patienceMs: this.#reachPatienceMs });
    const leftMs = this.#untilTooLate();
    const asked = { path: `/commands/${kind}`, body, headers, isAnswer: answersCommand };
    let open = false;
    const ask = async (): Promise<HttpAnswer> => {
      try {
        return await this.#ask({ ...asked, timeoutMs: leftMs() });
      } catch (error) {
        open ||= wasPerhapsHeard(error);
        throw error;
      }
    };
    const answer = await persist(endurance, ask).catch((error: unknown) => {
      throw open && error instanceof CoordinatorError ? mayBeWritten(error) : error;
    });
    if (answer.kind === 'ok') return { ok: true, ...(answer.body as object) } as Reply;
    const { revision, atMs, unread } = answer.problem;
    const rejection = rejectionOf(answer.problem);
    return { ok: false, revision, atMs, rejection, ...(unread === undefined ? {} : { unread }) } as Reply;
  }

  async awaitTicket(request: TicketRequest, signal?: AbortSignal): Promise<TicketReply> {
    const { waitPatienceMs = waitPatienceDefaultMs } = this.#options;
    const endurance = this.#endurance({ patienceMs: () => waitPatienceMs, outlastsSilence: true });
    const path = `/tickets/${request.ticket}?agent=${encodeURIComponent(request.agent)}&waitMs=${pollMs}`;
    for (;;) {
      const ask = (): Promise<unknown> =>
        this.#value({
          path,
          body: null,
          timeoutMs: pollMs + pollGraceMs,
          signal,
          isAnswer: answersTicket,
        });
      const answer = (await persist(endurance, ask, signal)) as TicketReply | null;
      if (answer !== null) return answer;
      endurance.progressed();
    }
  }

  query<Q extends Query>(query: Q): Promise<Answer<Q>> {
    const { kind, ...body } = query;
    return this.#call({ path: `/queries/${kind}`, body, isAnswer: answersQuery(kind) }) as Promise<Answer<Q>>;
  }

  watch(fromRevision: Revision, signal: AbortSignal): AsyncIterable<Entry> {
    const over = AbortSignal.any([signal, this.#closing.signal]);
    const open = (next: number): Promise<Response> =>
      this.#fetch({ path: `/events?from=${next}`, body: null, timeoutMs: this.#callTimeoutMs, signal: over });
    const endurance = this.#endurance({ patienceMs: () => this.#callTimeoutMs, outlastsSilence: true });
    return watchEvents({ server: this.#server, open }, fromRevision, over, endurance);
  }

  refresh(options: RefreshOptions = {}): Promise<RefreshReport> {
    const { acceptNone } = options;
    const body = acceptNone === true ? { acceptNone } : {};
    return this.#call({ path: '/refresh', body, isAnswer: answersRefresh }) as Promise<RefreshReport>;
  }

  /** Whom the token lets in. Throws `UNAUTHENTICATED`. */
  whoAmI(): Promise<unknown> {
    return this.#call({ path: '/whoami', body: null, isAnswer: tellsWho });
  }

  close(): Promise<void> {
    this.#closing.abort(closed());
    return Promise.resolve();
  }

  #call(question: Question): Promise<unknown> {
    const endurance = this.#endurance({ patienceMs: this.#questionPatienceMs });
    const leftMs = this.#untilTooLate();
    return persist(endurance, () => this.#value({ ...question, timeoutMs: leftMs() }));
  }

  async #value(ask: Ask): Promise<unknown> {
    const answer = await this.#ask(ask);
    if (answer.kind === 'ok') return answer.body;
    throw new CoordinatorError('INTERNAL', `the server refused what is no command: ${answer.problem.detail}`);
  }

  async #ask(ask: Ask): Promise<HttpAnswer> {
    const response = await this.#fetch(ask);
    try {
      const answer = await readAnswer(response, this.#server, ask.isAnswer);
      this.#wasHeard = true;
      return answer;
    } catch (error) {
      // What it says of itself has a code of ours; all else is called UNAVAILABLE here.
      this.#wasHeard ||= (error as CoordinatorError).code !== 'UNAVAILABLE';
      throw error;
    }
  }

  /** Until the head of the answer. Throws `UNAVAILABLE`, `DEADLINE_EXCEEDED`, `CLOSED`, or the signal's reason. */
  async #fetch({ path, body, headers = {}, timeoutMs, signal }: Omit<Ask, 'isAnswer'>): Promise<Response> {
    const late = new AbortController();
    const stopClock = this.#time.schedule(timeoutMs, () => late.abort(tooLate(this.#server, timeoutMs)));
    const signals = [late.signal, this.#closing.signal, ...(signal === undefined ? [] : [signal])];
    const over = AbortSignal.any(signals);
    try {
      over.throwIfAborted();
      return await (this.#options.fetch ?? fetch)(`${this.#server}/api/v1${path}`, {
        method: body === null ? 'GET' : 'POST',
        headers: {
          ...this.#options.headers?.(),
          Authorization: `Bearer ${this.#options.token}`,
          ...(body === null ? {} : { 'Content-Type': 'application/json' }),
          ...headers,
        },
        ...(body === null ? {} : { body: JSON.stringify(body) }),
        redirect: 'manual',
        signal: over,
      });
    } catch (cause) {
      if (over.aborted) throw over.reason;
      throw unreachable(this.#server, cause);
    } finally {
      stopClock();
    }
  }

  readonly #reachPatienceMs = (): number =>
    Math.min(this.#options.reachPatienceMs ?? this.#callTimeoutMs, this.#callTimeoutMs);

  readonly #questionPatienceMs = (): number =>
    this.#wasHeard ? this.#reachPatienceMs() : Math.min(this.#reachPatienceMs(), firstQuestionMs);

  /** How much is left of the time that a call may take. */
  #untilTooLate(): () => number {
    const endMs = this.#time.monotonicMs() + this.#callTimeoutMs;
    return () => Math.max(1, endMs - this.#time.monotonicMs());
  }

  #endurance(own: Pick<EnduranceOptions, 'patienceMs' | 'outlastsSilence'>): Endurance {
    const { backoffMs = jitteredBackoffMs, onRetry } = this.#options;
    return new Endurance({ ...own, backoffMs, time: this.#time, onRetry });
  }
}

/** Nothing was heard of a command where nobody let its sender in. */
function wasPerhapsHeard(error: unknown): boolean {
  return isOpen(error) || isDeadlineExceeded(error) || (error as CoordinatorError).details?.['sent'] === true;
}

const tooLate = (server: string, timeoutMs: number): CoordinatorError =>
  new CoordinatorError(
    'DEADLINE_EXCEEDED',
    `no answer of the server ${server} within ${Math.round(timeoutMs)} ms: the call may still take effect, and asking again with the same request id is safe`,
    { retryable: true, details: { outcome: 'unknown' } },
  );

const closed = (): CoordinatorError =>
  new CoordinatorError('CLOSED', 'this connection to the coordinator was closed');
