import { asRevision, asTimeMs, type Entry, type Rejection, type Revision } from '../../core/index.ts';
import type {
  Answer,
  CommandRequest,
  Query,
  RefreshReport,
  Reply,
  TicketReply,
  TicketRequest,
} from '../../protocol/index.ts';
import type { ServedCoordinator } from '../served.ts';

/**
 * A coordinator without rules: every command is one entry, a repeat of a request id gets its first answer, tickets are
 * granted when the test says so.
 */
export class FakeCoordinator implements ServedCoordinator {
  readonly submitted: CommandRequest[] = [];
  readonly entries: Entry[] = [];
  /** Tickets that somebody waits for at the moment, in order of asking. */
  readonly awaited: TicketRequest[] = [];
  isIdle = true;
  /** Queries so far, and the length of what is answered beside the facts. */
  queries = 0;
  answerBytes = 0;
  /** What every command is refused with; null: none is. */
  refusal: Rejection | null = null;
  /** What the next submits do before they are decided. */
  onSubmit: () => Promise<void> = () => Promise.resolve();
  /** What the next submits do before they answer. */
  beforeAnswer: () => Promise<void> = () => Promise.resolve();
  readonly #answers = new Map<string, Reply>();
  readonly #grants = new Map<number, (reply: TicketReply) => void>();
  #wakers: (() => void)[] = [];

  async submit(request: CommandRequest): Promise<Reply> {
    this.submitted.push(request);
    await this.onSubmit();
    if (this.refusal !== null)
      return { ok: false, revision: this.#last(), atMs: asTimeMs(0), rejection: this.refusal };
    const reply = this.#answers.get(request.requestId) ?? this.#commit(request);
    await this.beforeAnswer();
    return reply;
  }

  awaitTicket(request: TicketRequest, signal?: AbortSignal): Promise<TicketReply> {
    this.awaited.push(request);
    return new Promise((resolve, reject) => {
      const leave = (): void => void this.awaited.splice(this.awaited.indexOf(request), 1);
      this.#grants.set(request.ticket, (reply) => {
        leave();
        resolve(reply);
      });
      signal?.addEventListener('abort', () => {
        leave();
        reject(signal.reason as Error);
      });
    });
  }

  grant(ticket: number): void {
    const reply: TicketReply = { kind: 'granted', revision: this.#last(), locks: [] };
    this.#grants.get(ticket)?.(reply);
  }

  query<Q extends Query>(query: Q): Promise<Answer<Q>> {
    this.queries += 1;
    const long = 'x'.repeat(this.answerBytes);
    return Promise.resolve({ revision: this.#last(), asked: query, long } as unknown as Answer<Q>);
  }

  async *watch(fromRevision: Revision, signal: AbortSignal): AsyncGenerator<Entry> {
    signal.addEventListener('abort', () => this.#wake());
    for (let next = Math.max(1, fromRevision); !signal.aborted;) {
      const entry = this.entries[next - 1];
      if (entry === undefined) await new Promise<void>((resolve) => this.#wakers.push(resolve));
      else {
        next += 1;
        yield entry;
      }
    }
  }

  refresh(): Promise<RefreshReport> {
    const revision = this.#last();
    return Promise.resolve({ revision, accepted: true, scopes: 0, problems: [], atMs: asTimeMs(0) });
  }

  idle(): boolean {
    return this.isIdle;
  }

  /** Appends an entry as another caller would. */
  append(): void {
    const revision = asRevision(this.entries.length + 1);
    this.entries.push({
      revision,
      atMs: asTimeMs(revision),
      kind: 'Heartbeat',
      agent: null,
      by: null,
      requestId: null,
      events: [{ kind: 'leases.rearmed' }],
      result: { kind: 'done' },
    });
    this.#wake();
  }

  #commit(request: CommandRequest): Reply {
    this.append();
    const reply: Reply = { ok: true, revision: this.#last(), atMs: asTimeMs(0), result: { kind: 'done' } };
    this.#answers.set(request.requestId, reply);
    return reply;
  }

  #last(): Revision {
    return asRevision(this.entries.length);
  }

  #wake(): void {
    for (const wake of this.#wakers.splice(0)) wake();
  }
}
