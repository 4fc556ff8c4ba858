import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { Checks } from '../protocol/index.ts';
import { about } from './about.ts';
import { admission } from './admission.ts';
import { command, query, refresh, ticket } from './asking.ts';
import { tooLarge } from './bodies.ts';
import { EventStreams } from './events.ts';
import { guard } from './guard.ts';
import { atMostEvery, checksOf } from './health.ts';
import { McpRoute } from './mcp.ts';
import { openApi } from './openapi.ts';
import { OpenStreams } from './open-streams.ts';
import { refuseOtherMethods } from './methods.ts';
import type { HttpEnv, HttpPorts } from './ports.ts';
import { requestIds } from './request-ids.ts';
import { routeOf } from './routes.ts';
import { spans } from './spans.ts';

export interface HttpApp {
  readonly fetch: (request: Request, env?: HttpEnv['Bindings']) => Response | Promise<Response>;
  /** Open streams of events. */
  readonly streams: () => number;
  /** Whether it can be worked with, looked at once a second at most. */
  readonly checks: () => Promise<Checks>;
  /** Ends what would never end by itself. */
  readonly endStreams: () => void;
}

/** The whole face, without a socket. */
export function createHttpApp(ports: HttpPorts): HttpApp {
  const app = new Hono<HttpEnv>();
  const streams = new OpenStreams(ports.limits);
  const events = new EventStreams(ports, streams);
  const mcp = new McpRoute(ports, streams);
  tellOfAnswers(app, ports);
  app.use(requestIds(ports));
  guard(app, ports);
  const at = ports.prefix === '' ? app : app.basePath(ports.prefix);
  const checks = atMostEvery(readinessMs, ports.time, () => checksOf(ports));
  openRoutes(at, ports, checks);
  const { bodyBytesMax } = ports.limits;
  const onError = (): never => {
    throw tooLarge(bodyBytesMax);
  };
  const admitted = [admission(ports), bodyLimit({ maxSize: bodyBytesMax, onError })] as const;
  at.use('/api/v1/*', ...admitted);
  at.get('/metrics', ...admitted, async (c) => {
    const { type, text } = await ports.metrics();
    return c.body(text, 200, { 'Content-Type': type });
  });
  at.use('/api/v1/*', spans(ports));
  at.use('/mcp', ...admitted, spans(ports));
  at.post('/api/v1/commands/:kind', (c) => command(c, ports));
  at.post('/api/v1/queries/:kind', (c) => query(c, ports));
  at.post('/api/v1/refresh', (c) => refresh(c, ports));
  at.get('/api/v1/tickets/:ticket', (c) => ticket(c, ports));
  at.get('/api/v1/events', (c) => events.serve(c));
  at.get('/api/v1/about', (c) => about(c, ports));
  at.get('/api/v1/whoami', (c) => {
    const { name, role, agents, expiresAtMs = null } = c.get('principal');
    return c.json({ name, role, agents, expiresAtMs });
  });
  at.all('/mcp', (c) => mcp.serve(c));
  refuseOtherMethods(at);
  const endStreams = (): void => {
    events.end();
    ports.mcp?.end();
  };
  return { fetch: app.fetch, streams: () => streams.count, checks, endStreams };
}

/** The first of all, so that it sees every answer. */
function tellOfAnswers(app: Hono<HttpEnv>, { time, prefix, onAnswered }: HttpPorts): void {
  app.use(async (c, next) => {
    const cameMs = time.monotonicMs();
    await next();
    const { method } = c.req;
    const { requestId, principal } = c.var as Partial<HttpEnv['Variables']>;
    onAnswered({
      method,
      route: routeOf(c, prefix),
      status: c.res.status,
      tookMs: time.monotonicMs() - cameMs,
      ...(requestId !== undefined && { requestId }),
      ...(principal !== undefined && { principal: principal.name }),
    });
  });
}

function openRoutes(
  app: Hono<HttpEnv>,
  { time, version, prefix }: HttpPorts,
  checksNow: HttpApp['checks'],
): void {
  const document = atMostEvery(Infinity, time, () => openApi(version, prefix));
  app.get('/healthz', (c) => c.json({ ok: true }));
  app.get('/readyz', async (c) => {
    const checks = await checksNow();
    const ready = Object.values(checks).every((ok) => ok);
    return c.json({ ok: ready, checks }, ready ? 200 : 503);
  });
  app.get('/api/v1/openapi.json', async (c) => c.json(await document()));
}

/** All invariants are looked at for it. */
const readinessMs = 1_000;
