import { request } from 'node:http';
import { existsSync, readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { rhemaJson, start, type Running } from './support/cli.ts';
import { cliMain } from './support/paths.ts';
import { Sandbox } from './support/sandbox.ts';
import { until } from './support/until.ts';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = new Sandbox({ api: [] });
});
afterEach(() => sandbox.clear());

type Line = Readonly<Record<string, unknown>>;
const linesOf = (server: Running): Line[] =>
  server.said.stderr.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as Line] : []));
const eventsOf = (server: Running): unknown[] => linesOf(server).map(({ event }) => event);

const serve = (env: NodeJS.ProcessEnv, ...args: readonly string[]): Running =>
  start(
    sandbox,
    process.execPath,
    [cliMain, '-C', sandbox.worktree, 'serve', '--port', '0', '--json', ...args],
    env,
  );

async function urlOf(server: Running): Promise<string> {
  const line = await until(
    'it serves',
    () => server.said.stdout.split('\n')[0] || server.child.exitCode !== null,
  );
  if (typeof line !== 'string') throw new Error((await server.ended).stderr);
  return (JSON.parse(line) as { url: string }).url;
}

interface Sent {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Its status. */
function send(
  url: string,
  { method = 'GET', headers = {}, body = '' }: Sent = {},
): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode));
    });
    sent.on('error', reject).end(body);
  });
}

async function ended(server: Running): Promise<void> {
  server.child.kill('SIGTERM');
  await server.ended;
}

const secret = 'ab'.repeat(32);
const guessed = `rhema_${'0'.repeat(12)}_${'cd'.repeat(36)}`;
const marks = /MARK|abababab|cdcdcdcd/;

it('whatever secrets callers send, and wherever, none is in what a server writes', async () => {
  const { envelope } = await rhemaJson(sandbox, 'token', 'create', 'ci', '--role', 'agent');
  const token = envelope['token'] as string;
  const server = serve({}, '--log-level', 'debug');
  const url = await urlOf(server);
  const letIn = { authorization: `Bearer ${token}` };
  const join = { id: 'one', agent: 'ann', secret };
  const posted = { method: 'POST', headers: { ...letIn, 'content-type': 'application/json' } };
  const commands = `${url}/api/v1/commands`;
  await send(`${commands}/AgentJoin`, { ...posted, body: JSON.stringify(join) });
  await send(`${commands}/AgentJoin`, { ...posted, body: `{"secret":"${secret}` });
  await send(`${commands}/AgentJoin`, { ...posted, body: `{"secret":["MARK"],"agent":{"MARK":1}}` });
  await send(`${commands}/MARK?token=${token}&secret=${secret}`, { ...posted, body: secret });
  await send(`${url}/api/v1/${token}`, { headers: letIn });
  await send(`${url}/api/v1/events?from=MARK`, { headers: letIn });
  await send(`${url}/api/v1/whoami`, {
    headers: { authorization: `Bearer ${guessed}`, cookie: 'session=MARK' },
  });
  await send(`${url}/api/v1/whoami`, { headers: { authorization: 'Basic MARK' } });
  await send(`${url}/api/v1/whoami`, { headers: { ...letIn, 'x-request-id': `MARK ${token}` } });
  await send(`${url}/mcp`, {
    ...posted,
    body: `{"jsonrpc":"2.0","id":1,"method":"MARK","params":{"secret":"${secret}"}}`,
  });
  await send(`${url}/mcp`, { ...posted, body: `MARK ${secret}` });
  await until(
    'all are told of',
    () => linesOf(server).filter(({ event }) => event === 'request.answered').length === 11,
  );
  await ended(server);
  const { stdout, stderr } = server.said;
  const { log } = sandbox.paths;
  const file = existsSync(log) ? readFileSync(log, 'utf8') : '';
  for (const text of [stdout, stderr, file]) {
    expect(text).not.toMatch(marks);
    expect(text).not.toContain(token.slice(-72));
  }
});

it('at level debug each request is a line: its id, its pattern, who asked, and the revision; less by default', async () => {
  const { envelope } = await rhemaJson(sandbox, 'token', 'create', 'ci', '--role', 'agent');
  const headers = { authorization: `Bearer ${envelope['token'] as string}`, 'x-request-id': 'proxy-7' };
  const chatty = serve({ RHEMA_LOG_LEVEL: 'debug' });
  expect(await send(`${await urlOf(chatty)}/api/v1/tickets/1?agent=ann`, { headers })).toBe(200);
  const line = await until('it is told of', () =>
    linesOf(chatty).find(({ event }) => event === 'request.answered'),
  );
  expect(line).toMatchObject({
    level: 'debug',
    requestId: 'proxy-7',
    method: 'GET',
    route: '/api/v1/tickets/:ticket',
    status: 200,
    principal: 'ci',
    revision: expect.any(Number) as number,
    tookMs: expect.any(Number) as number,
  });
  await ended(chatty);
  const plain = serve({});
  await send(`${await urlOf(plain)}/api/v1/whoami`, { headers });
  await ended(plain);
  expect(eventsOf(plain)).toEqual(['owner.listening', 'owner.leaving']);
  const quiet = serve({ RHEMA_LOG_LEVEL: 'debug' }, '--log-level', 'silent');
  await send(`${await urlOf(quiet)}/api/v1/whoami`, { headers });
  await ended(quiet);
  expect(eventsOf(quiet)).toEqual([]);
});

it.each([
  [{ RHEMA_LOG_LEVEL: 'verbose' }, []],
  [{}, ['--log-level', 'verbose']],
] as const)('a level that there is not is refused, with those that there are: %j %j', async (env, args) => {
  const { code, stdout } = await serve(env, ...args).ended;
  expect(code).toBe(2);
  expect(stdout).toMatch(/silent, error, warn, info, debug/);
});

it('a coordinator in the background takes its level from the command that starts it', async () => {
  const { code } = await start(
    sandbox,
    process.execPath,
    [cliMain, '-C', sandbox.worktree, 'agent', 'join', 'ann'],
    {
      RHEMA_LOG_LEVEL: 'silent',
    },
  ).ended;
  expect([code, readFileSync(sandbox.paths.log, 'utf8')]).toEqual([0, '']);
});
