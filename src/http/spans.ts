import type { MiddlewareHandler } from 'hono';
import type { HttpEnv, HttpPorts } from './ports.ts';
import { routeOf } from './routes.ts';

const errorStatus = 500;

/** Follows a request of somebody who was let in, from where its own program follows it. */
export function spans({ tracing, prefix }: HttpPorts): MiddlewareHandler<HttpEnv> {
  return (c, next) => {
    const { method } = c.req;
    const route = routeOf(c, prefix);
    const wish = {
      name: `${method} ${route}`,
      kind: 'server',
      attributes: { 'http.request.method': method, 'http.route': route },
      from: c.req.header(),
      ended: () => ({
        attributes: { 'http.response.status_code': c.res.status },
        isError: c.res.status >= errorStatus,
      }),
    } as const;
    return tracing.span(wish, next);
  };
}
