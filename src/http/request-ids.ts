import type { MiddlewareHandler } from 'hono';
import type { HttpEnv, HttpPorts } from './ports.ts';

/** What a proxy or a client may call a request: short, and of letters that no log takes for anything else. */
const wellFormed = /^[A-Za-z0-9._-]{1,64}$/;

/** Each request has an id, its caller's own where that is well formed; it is sent back, and stands beside faults in the log. */
export function requestIds({ newRequestId }: Pick<HttpPorts, 'newRequestId'>): MiddlewareHandler<HttpEnv> {
  return async (c, next) => {
    const told = c.req.header('x-request-id') ?? '';
    const id = wellFormed.test(told) ? told : newRequestId();
    c.set('requestId', id);
    c.header('X-Request-Id', id);
    await next();
  };
}
