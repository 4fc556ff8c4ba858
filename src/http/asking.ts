import type { Context } from 'hono';
import { forbidden, mayBe, refusalOf } from '../access/index.ts';
import {
  CoordinatorError,
  type CallerCommand,
  type CommandRequest,
  type Principal,
} from '../protocol/index.ts';
import { jsonBody, numberIn } from './bodies.ts';
import type { HttpEnv, HttpPorts } from './ports.ts';
import { problemType, refusalProblem } from './problems.ts';

/** POST /commands/KIND: the body is the command without its kind; the Idempotency-Key is its request id. */
export async function command(c: Context<HttpEnv>, ports: HttpPorts): Promise<Response> {
  const principal = c.get('principal');
  const requestId = c.req.header('idempotency-key') ?? ports.newRequestId();
  const body = { ...(await jsonBody(c)), kind: c.req.param('kind') };
  const request = ofBody(() =>
    ports.parsers.parseCommandRequest({ requestId, command: saidBy(principal, body) }),
  );
  const refusal = refusalOf(principal, request.command);
  if (refusal !== null) throw refusal;
  const from = { name: principal.name, way: 'http' } as const;
  const reply = await ports.coordinator.submit(withoutProcess(request), from);
  c.header('Idempotency-Key', requestId);
  if (reply.ok) {
    const { ok: _, ...answer } = reply;
    return c.json(answer);
  }
  const problem = refusalProblem(reply);
  return c.body(JSON.stringify(problem), problem.status as 409, { 'Content-Type': problemType });
}

/** What an operator says is said in the name of its token, whatever it calls itself. */
function saidBy({ role, name }: Principal, body: Readonly<Record<string, unknown>>): object {
  return role === 'operator' && !('agent' in body) ? { ...body, by: name } : body;
}

/** A process of another machine cannot be seen from here: its agent would be taken for dead. It is kept by its renewals. */
function withoutProcess(request: CommandRequest): CommandRequest {
  if (!('process' in request.command)) return request;
  const { process: _, ...rest } = request.command;
  return { ...request, command: rest as CallerCommand };
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
    const problem = error.message.replace(/^command\.?(?=[^ ]*: )/, '');
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
  const { acceptNone } = await jsonBody(c);
  if (principal.role === 'observer') throw forbidden(principal, 'may only look, not refresh');
  if (acceptNone === true && principal.role !== 'operator')
    throw forbidden(principal, 'may not say that there are no scopes: that is an operator’s');
  return c.json(await ports.coordinator.refresh(acceptNone === true ? { acceptNone } : {}));
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
  if (!mayBe(principal, request.agent)) throw forbidden(principal, `may not wait as ${request.agent}`);
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
