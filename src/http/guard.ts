import type { Hono } from 'hono';
import { CoordinatorError, invalidInput } from '../protocol/index.ts';
import { asFailure } from './failures.ts';
import type { HttpEnv, HttpPorts } from './ports.ts';
import { failureProblem, problemType } from './problems.ts';

/** Headers that no answer lacks; who is spoken to by another name, or from a foreign page, is told so and nothing else. */
export function guard(
  app: Hono<HttpEnv>,
  ports: Pick<HttpPorts, 'hosts' | 'onFault'>,
  remedy = 'GET /api/v1/openapi.json lists what is',
): void {
  app.use(async (c, next) => {
    for (const [name, value] of strictHeaders) c.header(name, value);
    if (!ports.hosts.has(c.req.header('host'))) throw foreignHost();
    const origin = c.req.header('origin');
    if (origin !== undefined && !ports.hosts.isOrigin(origin)) throw foreignOrigin();
    await next();
  });
  app.notFound((c) => {
    const detail = `nothing is served at this address: ${remedy}`;
    return problem({ ...failureProblem(invalidInput('', detail)), status: 404 }, c.res.headers);
  });
  app.onError((error, c) => {
    const failure = asFailure(error);
    if (failure.code === 'INTERNAL') ports.onFault(failure, c.get('requestId'));
    return problem(failureProblem(failure), c.res.headers);
  });
}

const strictHeaders = [
  ['Cache-Control', 'no-store'],
  ['Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'"],
  ['Cross-Origin-Resource-Policy', 'same-origin'],
  ['Referrer-Policy', 'no-referrer'],
  ['X-Content-Type-Options', 'nosniff'],
] as const;

function problem(document: ReturnType<typeof failureProblem>, headers: Headers): Response {
  const response = new Response(JSON.stringify(document), { status: document.status, headers });
  response.headers.set('Content-Type', problemType);
  if (document.status === 401) response.headers.set('WWW-Authenticate', 'Bearer realm="rhema"');
  const after = document.details['retryAfterSeconds'];
  if (typeof after === 'number') response.headers.set('Retry-After', String(after));
  return response;
}

const foreignHost = (): CoordinatorError =>
  new CoordinatorError(
    'FORBIDDEN',
    'this server does not answer to that Host: rhema serve --allow-host NAME lets it',
  );

const foreignOrigin = (): CoordinatorError =>
  new CoordinatorError('FORBIDDEN', 'this server does not answer pages of another origin');
