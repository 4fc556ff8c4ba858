/**
 * The tools over HTTP, in both eras of the protocol. What a call says of who speaks is a name that its token has joined under:
 * each token has a desk of its own, so that no token speaks for the agents of another, and their secrets stay with the desk.
 *
 * An agent is renewed by each call that names it, and while its client listens: by the stream of its session, or, where there
 * are no sessions, by `subscriptions/listen` under its token.
 */
import { createMcpHandler, isLegacyRequest, type McpHttpHandler } from '@modelcontextprotocol/server';
import { every, type Cancel } from '../../time/index.ts';
import { attended, isEventStream } from './bodies.ts';
import type { Desk, HttpCaller, TransportPorts } from './ports.ts';
import { HttpPresence } from './presence.ts';
import { Sessions } from './sessions.ts';
import { requestNow } from './request-now.ts';

/** How often it is looked who is silent. */
const sweepMs = 30_000;

/** All that one token has. */
interface Place {
  readonly desk: Desk;
  /** Of those who have no session. */
  readonly presence: HttpPresence;
  readonly handler: McpHttpHandler;
}

export class McpHttp {
  readonly #ports: TransportPorts;
  readonly #places = new Map<string, Place>();
  readonly #sessions: Sessions;
  readonly #stopSweeping: Cancel;

  constructor(ports: TransportPorts) {
    this.#ports = ports;
    const { time, limits } = ports;
    this.#sessions = new Sessions({
      time,
      limits,
      bodyBytesMax: limits.bodyBytesMax,
      newId: () => ports.newSecret(),
      newServer: (caller, presence) => this.#placeOf(caller).desk.newServer(presence),
    });
    this.#stopSweeping = every(time, sweepMs, () => this.#sweep());
  }

  serve(request: Request, caller: HttpCaller): Promise<Response> {
    return requestNow.run(caller.requestId, () => this.#serve(request, caller));
  }

  async #serve(request: Request, caller: HttpCaller): Promise<Response> {
    if (request.method !== 'POST' || (await isLegacyRequest(request, undefined, this.#bodyLimit)))
      return this.#sessions.serve(request, caller);
    return this.#serveStateless(request, caller);
  }

  /** Ends what would never end by itself, and renews nobody any more. */
  end(): void {
    this.#stopSweeping();
    this.#sessions.endAll();
    for (const { desk, presence, handler } of this.#places.values()) {
      presence.endAll();
      void handler.close();
      desk.stop();
    }
  }

  get #bodyLimit(): { readonly maxRequestBodySize: number } {
    return { maxRequestBodySize: this.#ports.limits.bodyBytesMax };
  }

  async #serveStateless(request: Request, caller: HttpCaller): Promise<Response> {
    const { handler, presence } = this.#placeOf(caller);
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

  #placeOf(caller: HttpCaller): Place {
    const known = this.#places.get(caller.token);
    if (known !== undefined) return known;
    const desk = this.#ports.openDesk(caller);
    const presence = new HttpPresence();
    const handler = createMcpHandler(() => desk.newServer(presence), {
      legacy: 'reject',
      maxSubscriptions: Infinity,
      ...this.#bodyLimit,
    });
    const place = { desk, presence, handler };
    this.#places.set(caller.token, place);
    return place;
  }

  #sweep(): void {
    this.#sessions.sweep();
    for (const { desk, presence } of this.#places.values()) {
      presence.endThoseRefused();
      desk.putAway(this.#ports.limits.agentSilentMs);
    }
  }
}
