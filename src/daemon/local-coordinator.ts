import type { Entry, Revision } from '../core/index.ts';
import type {
  Answer,
  CommandRequest,
  Coordinator,
  Query,
  RefreshReport,
  Reply,
  TicketReply,
  TicketRequest,
} from '../protocol/index.ts';
import type { ScopeKeeper } from './scope-keeper.ts';
import type { ServedCoordinator } from './served.ts';

/** The service, as far as it is passed on. */
export interface LocalService extends Omit<Coordinator, 'refresh' | 'close'> {
  idle(): boolean;
}

/** The service in this process, together with the scope files that its graph follows. */
export class LocalCoordinator implements ServedCoordinator {
  readonly #service: LocalService;
  readonly #keeper: ScopeKeeper;

  constructor(service: LocalService, keeper: ScopeKeeper) {
    this.#service = service;
    this.#keeper = keeper;
  }

  /** A scope that is not known may have been written a moment ago: before it is refused, the files are looked at. */
  async submit(request: CommandRequest): Promise<Reply> {
    const reply = await this.#service.submit(request);
    if (reply.ok || reply.rejection.code !== 'SCOPE_NOT_FOUND') return reply;
    return (await this.#keeper.refreshIfChanged()) ? this.#service.submit(request) : reply;
  }

  awaitTicket(ticket: TicketRequest, signal?: AbortSignal): Promise<TicketReply> {
    return this.#service.awaitTicket(ticket, signal);
  }

  /**
   * Where nothing is held there may have been nobody to follow the files for: whoever comes then must not be told of the
   * scopes from before a pull.
   */
  async query<Q extends Query>(query: Q): Promise<Answer<Q>> {
    if (tellsOfScopes(query) && this.#service.idle()) await this.#keeper.catchUp();
    return this.#service.query(query);
  }

  watch(fromRevision: Revision, signal: AbortSignal): AsyncIterable<Entry> {
    return this.#service.watch(fromRevision, signal);
  }

  refresh(): Promise<RefreshReport> {
    return this.#keeper.refresh();
  }

  idle(): boolean {
    return this.#service.idle();
  }
}

/** Whether the answer depends on which scopes there are now. */
function tellsOfScopes(query: Query): boolean {
  if (query.kind === 'status' || query.kind === 'why') return query.at === null;
  return query.kind === 'scopes';
}
