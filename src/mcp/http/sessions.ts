/**
 * The sessions of the protocol's earlier revisions (`initialize`, `Mcp-Session-Id`). A session is its token's alone: under any
 * other it is not known. There are so many of one token, and so many in all: of one that opens more, the one that was silent
 * for longest gives way, unless it listens. One that is silent for long ends. An agent has nothing to do with all that: it is
 * named by each call, and goes on through another session as well.
 */
import { WebStandardStreamableHTTPServerTransport, type McpServer } from '@modelcontextprotocol/server';
import { CoordinatorError } from '../../protocol/index.ts';
import type { Time } from '../../time/index.ts';
import { attended, isEventStream } from './bodies.ts';
import { HttpPresence } from './presence.ts';
import type { HttpCaller, SessionLimits } from './ports.ts';

interface Session {
  readonly id: string;
  readonly token: string;
  readonly transport: WebStandardStreamableHTTPServerTransport;
  readonly presence: HttpPresence;
  /** Requests that are not answered yet. */
  asked: number;
  heardAtMs: number;
}

export interface SessionPorts {
  readonly time: Pick<Time, 'monotonicMs'>;
  readonly limits: SessionLimits;
  readonly bodyBytesMax: number;
  newId(): string;
  /** What serves a client. */
  newServer(caller: HttpCaller, presence: HttpPresence): McpServer;
}

const notFound = -32_001;
const badRequest = -32_000;

export class Sessions {
  readonly #ports: SessionPorts;
  /** The one that was silent for longest first. */
  readonly #open = new Map<string, Session>();

  constructor(ports: SessionPorts) {
    this.#ports = ports;
  }

  get count(): number {
    return this.#open.size;
  }

  async serve(request: Request, caller: HttpCaller): Promise<Response> {
    const id = request.headers.get('mcp-session-id');
    if (id === null) return this.#begin(request, caller);
    const session = this.#open.get(id);
    if (session?.token !== caller.token) return refusal(404, notFound, 'Session not found');
    this.#hear(session);
    return this.#answer(session, request, caller);
  }

  /** Ends those that were silent for long, and streams whose token lets in no more. */
  sweep(): void {
    const nowMs = this.#ports.time.monotonicMs();
    const silentSinceMs = nowMs - this.#ports.limits.sessionIdleMs;
    for (const session of this.#open.values()) {
      session.presence.endThoseRefused();
      if (isInUse(session)) session.heardAtMs = nowMs;
      else if (session.heardAtMs <= silentSinceMs) this.#end(session);
    }
  }

  endAll(): void {
    for (const session of this.#open.values()) this.#end(session);
  }

  async #begin(request: Request, caller: HttpCaller): Promise<Response> {
    if (request.method !== 'POST')
      return refusal(405, badRequest, 'Method not allowed without Mcp-Session-Id', { Allow: 'POST' });
    this.#makeRoom(caller.token);
    const presence = new HttpPresence();
    const server = this.#ports.newServer(caller, presence);
    const transport = this.#newTransport(caller, presence);
    await server.connect(transport);
    const response = await transport.handleRequest(request);
    // It was no initialize, or none that could be answered.
    if (transport.sessionId === undefined) await server.close();
    return response;
  }

  #newTransport(caller: HttpCaller, presence: HttpPresence): WebStandardStreamableHTTPServerTransport {
    const { bodyBytesMax, time } = this.#ports;
    const transport: WebStandardStreamableHTTPServerTransport = new WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: () => this.#ports.newId(),
      maxRequestBodySize: bodyBytesMax,
      onsessioninitialized: (id) => {
        const heardAtMs = time.monotonicMs();
        this.#open.set(id, { id, token: caller.token, transport, presence, asked: 0, heardAtMs });
      },
      onsessionclosed: (id) => {
        const session = this.#open.get(id);
        if (session !== undefined) this.#end(session);
      },
    });
    return transport;
  }

  async #answer(session: Session, request: Request, caller: HttpCaller): Promise<Response> {
    if (request.method === 'GET') return this.#listen(session, request, caller);
    const ids = request.method === 'POST' ? await idsIn(request.clone()) : [];
    session.asked += 1;
    const response = await session.transport.handleRequest(request).catch((error: unknown) => {
      session.asked -= 1;
      throw error;
    });
    return attended(response, (how) => {
      session.asked -= 1;
      this.#hear(session);
      if (how === 'broken') unheard(session, ids);
    }).response;
  }

  /** A client whose connection broke listens anew before the break is seen here. */
  async #listen(session: Session, request: Request, caller: HttpCaller): Promise<Response> {
    const give = caller.takeStream();
    session.transport.closeStandaloneSSEStream();
    const answered = await session.transport.handleRequest(request);
    if (!isEventStream(answered)) {
      give();
      return answered;
    }
    let closed = (): void => undefined;
    const { response, end } = attended(answered, () => {
      give();
      closed();
      this.#hear(session);
    });
    closed = session.presence.opened({ isLetIn: caller.isLetIn, end });
    return response;
  }

  /** It is now the last one that was heard. */
  #hear(session: Session): void {
    session.heardAtMs = this.#ports.time.monotonicMs();
    if (this.#open.delete(session.id)) this.#open.set(session.id, session);
  }

  #makeRoom(token: string): void {
    const { sessionsMax, sessionsPerTokenMax } = this.#ports.limits;
    const own = [...this.#open.values()].filter((session) => session.token === token);
    if (this.#open.size < sessionsMax && own.length < sessionsPerTokenMax) return;
    const silent = own.find((session) => !isInUse(session));
    if (silent === undefined)
      throw new CoordinatorError('RATE_LIMITED', 'too many MCP sessions are open: close some', {
        retryable: true,
        details: { retryAfterSeconds: 5 },
      });
    this.#end(silent);
  }

  #end(session: Session): void {
    this.#open.delete(session.id);
    session.presence.endAll();
    void session.transport.close();
  }
}

const isInUse = ({ asked, presence }: Session): boolean => asked > 0 || presence.isListening;

/**
 * Nobody hears the answers to these. In these revisions a broken connection is no wish that a call be cancelled, so the reason
 * that it is told is a client's time-out: what was asked for is kept.
 */
function unheard({ transport }: Session, ids: readonly (string | number)[]): void {
  for (const requestId of ids) {
    const params = { requestId, reason: 'timed out: the connection broke' };
    transport.onmessage?.({ jsonrpc: '2.0', method: 'notifications/cancelled', params });
  }
}

/** Of the requests in a body, which may be several. */
async function idsIn(request: Request): Promise<readonly (string | number)[]> {
  const body: unknown = await request.json().catch(() => null);
  return (Array.isArray(body) ? body : [body]).flatMap((message: unknown) => {
    if (typeof message !== 'object' || message === null || !('method' in message) || !('id' in message))
      return [];
    return typeof message.id === 'string' || typeof message.id === 'number' ? [message.id] : [];
  });
}

function refusal(
  status: number,
  code: number,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return Response.json({ jsonrpc: '2.0', error: { code, message }, id: null }, { status, headers });
}
