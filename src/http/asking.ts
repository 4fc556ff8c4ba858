import type { Context } from 'hono';
import { CoordinatorError } from '../protocol/index.ts';
import { refuseRefresh, refuseWaitAs, saidBy, submitAs } from './as-principal.ts';
import { jsonBody, numberIn } from './bodies.ts';
import { idempotencyKey, requestIdOf } from './idempotency.ts';
import type { HttpEnv, HttpPorts } from './ports.ts';
import { problemType, refusalProblem } from './problems.ts';

/** POST /commands/KIND: the body is the command without its kind; a repeat under its Idempotency-Key gets the first answer. */
export async function command(c: Context<HttpEnv>, ports: HttpPorts): Promise<Response> {
  const principal = c.get('principal');
  const key = idempotencyKey(c, ports);
  const requestId = requestIdOf(principal.name, key);
  const body: object = { ...(await jsonBody(c)), kind: c.req.param('kind') };
  const request = ofBody(() =>
    ports.parsers.parseCommandRequest({ requestId, command: saidBy(principal, body) }),
  );
  const reply = await submitAs(ports.coordinator, principal, request, 'http');
  c.header('Idempotency-Key', key);
  if (reply.ok) {
    const { ok: _, ...answer } = reply;
    return c.json(answer);
  }
  const refused = refusalProblem(reply);
  // Its caller knows the key alone.
  const problem = { ...refused, detail: refused.detail.replace(requestId, () => key) };
  return c.body(JSON.stringify(problem), problem.status as 409, { 'Content-Type': problemType });
}

/** POST /queries/KIND: the body is the query without its kind. */
export async function query(c: Context<HttpEnv>, ports: HttpPorts): Promise<Response> {
  const body = { ...(await jsonBody(c)), kind: c.req.param('kind') };
  return c.json(await ports.coordinator.query(ofBody(() => ports.parsers.parseQuery(body))));
}

/** What is wrong stands in the body, and the kind in the address: both are named as the caller has written them. */
function ofBody<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof CoordinatorError)) throw error;
    const path = String(error.details['path']).replace(/^command\.?/, '');
    if (path === 'kind') throw unknownKind();
    const problem = error.message.replace(/^(command\.|command: |: )/, '');
    throw new CoordinatorError(error.code, problem, { details: { ...error.details, path } });
  }
}

const unknownKind = (): CoordinatorError =>
  new CoordinatorError(
    'INVALID_INPUT',
    'nothing of that kind can be asked: GET /api/v1/openapi.json lists what can',
    { details: { path: '', status: 404 } },
  );

/** POST /refresh: the scope files of the server's working tree are read again. */
export async function refresh(c: Context<HttpEnv>, ports: HttpPorts): Promise<Response> {
  const principal = c.get('principal');
  const wish = (await jsonBody(c))['acceptNone'] === true ? { acceptNone: true } : {};
  refuseRefresh(principal, wish);
  return c.json(await ports.coordinator.refresh(wish));
}

/** How long one question for a ticket is kept open. */
const pollDefaultMs = 30_000;
const pollMaxMs = 60_000;

/** GET /tickets/TICKET?agent=NAME: 200 with how it ended, or 204 where it still waits after `waitMs`. */
export async function ticket(c: Context<HttpEnv>, ports: HttpPorts): Promise<Response> {
  const principal = c.get('principal');
  const request = ports.parsers.parseTicketRequest({
    agent: c.req.query('agent'),
    ticket: Number(c.req.param('ticket')),
  });
  refuseWaitAs(principal, request.agent);
  const given = new AbortController();
  const stopClock = ports.time.schedule(numberIn(c, 'waitMs', pollDefaultMs, pollMaxMs), () => given.abort());
  const gone = c.req.raw.signal;
  try {
    return c.json(await ports.coordinator.awaitTicket(request, AbortSignal.any([given.signal, gone])));
  } catch (error) {
    if (given.signal.aborted || gone.aborted) return c.body(null, 204);
    throw error;
  } finally {
    stopClock();
  }
}
