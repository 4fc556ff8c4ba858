import type { Handler, Hono } from 'hono';
import { CoordinatorError } from '../protocol/index.ts';
import type { HttpEnv } from './ports.ts';
import { servedRoutes } from './routes.ts';

const posted: ReadonlySet<string> = new Set<(typeof servedRoutes)[number]>([
  '/api/v1/commands/:kind',
  '/api/v1/queries/:kind',
  '/api/v1/refresh',
]);

/** Says by which method a route is asked, to whoever has used another. Comes after all routes; /mcp says so itself. */
export function refuseOtherMethods(app: Hono<HttpEnv>): void {
  for (const route of servedRoutes.filter((one) => one !== '/mcp'))
    app.all(route, onlyBy(posted.has(route) ? 'POST' : 'GET, HEAD'));
}

function onlyBy(methods: string): Handler<HttpEnv> {
  return (c) => {
    c.header('Allow', methods);
    throw new CoordinatorError(
      'INVALID_INPUT',
      `this address is asked by ${methods}, not by ${c.req.method}`,
      {
        details: { path: '', status: 405 },
      },
    );
  };
}
