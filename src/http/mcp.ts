import type { Context } from 'hono';
import type { Coordinator, Principal } from '../protocol/index.ts';
import { coordinatorAs } from './as-principal.ts';
import type { OpenStreams } from './open-streams.ts';
import type { HttpEnv, HttpPorts } from './ports.ts';

/** Those who call by a token, with what it allows as it was let in last. */
interface Holder {
  principal: Principal;
  readonly coordinator: Coordinator;
}

/** Everything at /mcp, behind the guards. */
export class McpRoute {
  readonly #ports: HttpPorts;
  readonly #streams: OpenStreams;
  readonly #holders = new Map<string, Holder>();

  constructor(ports: HttpPorts, streams: OpenStreams) {
    this.#ports = ports;
    this.#streams = streams;
  }

  async serve(c: Context<HttpEnv>): Promise<Response> {
    const { mcp } = this.#ports;
    if (mcp === null) return c.notFound();
    const { name } = c.get('principal');
    const { coordinator } = this.#holder(c.get('principal'));
    const [isLetIn, requestId] = [c.get('isLetIn'), c.get('requestId')];
    const takeStream = (): (() => void) => this.#streams.take(name);
    const response = await mcp.serve(c.req.raw, { requestId, token: name, coordinator, isLetIn, takeStream });
    const headers = new Headers(response.headers);
    headers.delete('cache-control');
    return c.newResponse(response.body, response.status as 200, Object.fromEntries(headers));
  }

  #holder(principal: Principal): Holder {
    const known = this.#holders.get(principal.name);
    if (known !== undefined) {
      known.principal = principal;
      return known;
    }
    const holder: Holder = {
      principal,
      coordinator: coordinatorAs(this.#ports, () => holder.principal, 'mcp'),
    };
    this.#holders.set(principal.name, holder);
    return holder;
  }
}
