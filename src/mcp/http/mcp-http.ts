/**
 * The tools over HTTP, in both eras of the protocol. What a call says of who speaks is a name that its token has joined under:
 * each token has a desk of its own, so that no token speaks for the agents of another, and their secrets stay with the desk.
 *
 * An agent is renewed by each call that names it, and while its client listens: by the stream of its session, or, where there
 * are no sessions, by `subscriptions/listen` under its token.
 */
import {
  createMcpHandler,
  isLegacyRequest,
  type McpHttpHandler,
  type McpServer,
} from '@modelcontextprotocol/server';
import { every, type Cancel } from '../../time/index.ts';
import { Face } from '../face.ts';
import { createMcpServer } from '../server.ts';
import { attended, isEventStream } from './bodies.ts';
import type { HttpCaller, McpHttpPorts } from './ports.ts';
import { HttpPresence } from './presence.ts';
import { Sessions } from './sessions.ts';

/** How often it is looked who is silent. */
const sweepMs = 30_000;

/** All that one token has. */
interface Desk {
  readonly face: Face;
  /** Of those who have no session. */
  readonly presence: HttpPresence;
  readonly handler: McpHttpHandler;
}

export class McpHttp {
  readonly #ports: McpHttpPorts;
  readonly #desks = new Map<string, Desk>();
  readonly #sessions: Sessions;
  readonly #stopSweeping: Cancel;

  constructor(ports: McpHttpPorts) {
    this.#ports = ports;
    const { time, limits } = ports;
    this.#sessions = new Sessions({
      time,
      limits,
      bodyBytesMax: limits.bodyBytesMax,
      newId: () => ports.newSecret(),
      newServer: async (caller, presence) => this.#newServer(this.#deskOf(caller).face, presence),
    });
    this.#stopSweeping = every(time, sweepMs, () => this.#sweep());
  }

  async serve(request: Request, caller: HttpCaller): Promise<Response> {
    const isOfSession = request.method !== 'POST' || request.headers.has('mcp-session-id');
    if (isOfSession || (await isLegacyRequest(request, undefined, this.#bodyLimit)))
      return this.#sessions.serve(request, caller);
    return this.#serveStateless(request, caller);
  }

  /** Ends what would never end by itself, and renews nobody any more. */
  end(): void {
    this.#stopSweeping();
    this.#sessions.endAll();
    for (const { face, presence, handler } of this.#desks.values()) {
      presence.endAll();
      void handler.close();
      face.stop();
    }
  }

  get #bodyLimit(): { readonly maxRequestBodySize: number } {
    return { maxRequestBodySize: this.#ports.limits.bodyBytesMax };
  }

  async #serveStateless(request: Request, caller: HttpCaller): Promise<Response> {
    const { handler, presence } = this.#deskOf(caller);
    if (request.headers.get('mcp-method') !== 'subscriptions/listen') return handler.fetch(request);
    const give = caller.takeStream();
    const answered = await handler.fetch(request);
    if (!isEventStream(answered)) {
      give();
      return answered;
    }
    let closed = (): void => undefined;
    const { response, end } = attended(answered, () => {
      give();
      closed();
    });
    closed = presence.opened({ isLetIn: caller.isLetIn, end });
    return response;
  }

  #deskOf(caller: HttpCaller): Desk {
    const known = this.#desks.get(caller.token);
    if (known !== undefined) return known;
    const ports = this.#ports;
    const face = new Face(
      {
        open: () => ports.workspace(caller.coordinator, caller.token),
        clock: ports.time,
        newRequestId: () => ports.newRequestId(),
        newSecret: () => ports.newSecret(),
        report: (facts, message) => ports.report({ ...facts, token: caller.token }, message),
      },
      ports.options,
    );
    const presence = new HttpPresence();
    const handler = createMcpHandler(() => this.#newServer(face, presence), {
      legacy: 'reject',
      maxSubscriptions: Infinity,
      ...this.#bodyLimit,
    });
    const desk = { face, presence, handler };
    this.#desks.set(caller.token, desk);
    return desk;
  }

  #newServer(face: Face, client: HttpPresence): McpServer {
    const { version } = this.#ports;
    return createMcpServer({ version, face: async () => face, client, without: ofOwnFiles });
  }

  #sweep(): void {
    this.#sessions.sweep();
    for (const { face, presence } of this.#desks.values()) {
      presence.endThoseRefused();
      face.putAway(this.#ports.limits.agentSilentMs);
    }
  }
}

/** It reads a file that its caller wrote, which lies on another machine. */
const ofOwnFiles = ['context_record'] as const;
