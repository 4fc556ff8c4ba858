import {
  asRevision,
  asTimeMs,
  type Entry,
  type Rejection,
  type Result,
  type Revision,
} from '../../core/index.ts';
import type {
  Answer,
  Answers,
  CallerCommand,
  CommandRequest,
  Coordinator,
  Query,
  QueryKind,
  RefreshOptions,
  RefreshReport,
  ScopesOfAnswer,
  Reply,
  TicketReply,
} from '../../protocol/index.ts';

/** What time it is, in the log and at the caller's. */
export const startMs = Date.UTC(2026, 10, 22, 14, 5, 0);

type Answering = { readonly [Kind in QueryKind]?: (query: Extract<Query, { kind: Kind }>) => Answers[Kind] };

/** What a fake coordinator says to each call; what is not scripted fails the test that asks for it. */
export interface Script {
  /** The log's time; it stands still unless given. */
  readonly nowMs?: () => number;
  readonly submit?: (command: CallerCommand, count: number) => Result | Rejection | Error;
  readonly answers?: Answering;
  readonly awaitTicket?: (signal: AbortSignal | undefined) => Promise<TicketReply>;
  readonly watch?: (signal: AbortSignal) => AsyncIterable<Entry>;
  readonly refresh?: (options?: RefreshOptions) => RefreshReport;
}

/** A coordinator that says what it was told to, and remembers what it was asked. Every answer is at revision 7. */
export class FakeCoordinator implements Coordinator {
  readonly commands: CallerCommand[] = [];
  readonly queries: Query[] = [];
  closed = false;
  readonly #script: Script;

  constructor(script: Script) {
    this.#script = script;
  }

  async submit({ command }: CommandRequest): Promise<Reply> {
    this.commands.push(command);
    const said = scripted(this.#script.submit, 'submit')(command, this.commands.length);
    if (said instanceof Error) throw said;
    const revision = 7 as Revision;
    const at = { revision, atMs: asTimeMs(this.#script.nowMs?.() ?? startMs) };
    return 'code' in said ? { ok: false, ...at, rejection: said } : { ok: true, ...at, result: said };
  }

  awaitTicket(_ticket: unknown, signal?: AbortSignal): Promise<TicketReply> {
    return scripted(this.#script.awaitTicket, 'awaitTicket')(signal);
  }

  async query<Q extends Query>(query: Q): Promise<Answer<Q>> {
    const answering = this.#script.answers?.[query.kind] as ((query: Q) => Answer<Q>) | undefined;
    // Unless a test says otherwise, every path is that of a scope, which is not worth remembering.
    if (answering === undefined && query.kind === 'scopesOf')
      return {
        revision: asRevision(1),
        scopes: query.paths,
        free: query.paths.map(() => false),
        claim: 'file',
      } as ScopesOfAnswer as Answer<Q>;
    this.queries.push(query);
    return scripted(answering, query.kind)(query);
  }

  watch(_from: Revision, signal: AbortSignal): AsyncIterable<Entry> {
    return scripted(this.#script.watch, 'watch')(signal);
  }

  async refresh(options?: RefreshOptions): Promise<RefreshReport> {
    return scripted(this.#script.refresh, 'refresh')(options);
  }

  async close(): Promise<void> {
    this.closed = true;
  }
}

function scripted<T>(part: T | undefined, name: string): T {
  if (part === undefined) throw new Error(`the fake coordinator was not told what to say to ${name}`);
  return part;
}
