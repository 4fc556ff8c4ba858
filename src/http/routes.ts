import type { Context } from 'hono';
import { matchedRoutes } from 'hono/route';

/** What is served, as patterns. */
export const servedRoutes = [
  '/api/v1/about',
  '/api/v1/commands/:kind',
  '/api/v1/events',
  '/api/v1/openapi.json',
  '/api/v1/queries/:kind',
  '/api/v1/refresh',
  '/api/v1/tickets/:ticket',
  '/api/v1/whoami',
  '/healthz',
  '/mcp',
  '/metrics',
  '/readyz',
] as const;

/** Which of them a request has met, also where it was not let in; `other`: none. */
export function routeOf(c: Context, prefix: string): string {
  const met = new Set(matchedRoutes(c).map(({ path }) => path));
  return servedRoutes.find((route) => met.has(prefix + route)) ?? 'other';
}
