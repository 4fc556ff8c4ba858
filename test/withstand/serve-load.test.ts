import { get as httpGet, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { connectOverHttp, newRequestId, newSecret } from '../../src/client/index.ts';
import type { AgentId, Epoch, ScopePath } from '../../src/core/index.ts';
import { requestIdOf } from '../../src/http/idempotency.ts';
import type { CallerCommand, Coordinator } from '../../src/protocol/index.ts';
import { rhemaJson, startRhema, type Running } from './support/cli.ts';
import { LogAudit } from './support/log-audit.ts';
import { Sandbox } from './support/sandbox.ts';
import { until } from './support/until.ts';

const callers = 40;
const scopes = Array.from({ length: callers }, (_, index) => `part-${index}` as ScopePath);

let sandbox: Sandbox;
let server: Running;
let url: string;
let token: string;
/** What was told to have been done: the id of each request in the log, and the revision that it got. */
let told: Map<string, number>;

beforeEach(async () => {
  const graph = Object.fromEntries(scopes.map((scope) => [scope, []]));
  sandbox = new Sandbox(graph, { max_concurrent_agents: callers });
  told = new Map();
  const { envelope } = await rhemaJson(sandbox, 'token', 'create', 'team', '--role', 'operator');
  token = envelope['token'] as string;
  await serve('0');
});

afterEach(async () => {
  try {
    const audit = new LogAudit();
    await audit.readFrom(sandbox.paths.database);
    expect(audit.faults).toEqual([]);
    const revisions = new Map<unknown, number>(
      audit.entries.map(({ requestId, revision }) => [requestId, revision]),
    );
    for (const [requestId, revision] of told) expect(revisions.get(requestId)).toBe(revision);
  } finally {
    await sandbox.clear();
  }
});

async function serve(port: string): Promise<void> {
  const started = startRhema(sandbox, 'serve', '--json', '--port', port, '--rate', '100000');
  const line = await until(
    'it serves',
    () => started.said.stdout.split('\n')[0] || started.child.exitCode !== null,
  );
  if (typeof line !== 'string') throw new Error((await started.ended).stderr);
  url = (JSON.parse(line) as { url: string }).url;
  server = started;
}

/** Takes and gives back its scope for as long as it goes on. */
class Caller {
  readonly #coordinator: Coordinator;
  readonly #agent: AgentId;
  readonly #secret = newSecret();
  #epoch = 0 as Epoch;

  constructor(coordinator: Coordinator, name: string) {
    this.#coordinator = coordinator;
    this.#agent = name as AgentId;
  }

  async join(): Promise<void> {
    const metadata = {};
    const join = { kind: 'AgentJoin', agent: this.#agent, secret: this.#secret, metadata } as CallerCommand;
    this.#epoch = ((await this.#say(join)) as { readonly epoch: Epoch }).epoch;
  }

  async cycle(scope: ScopePath): Promise<void> {
    const proof = { agent: this.#agent, epoch: this.#epoch, secret: this.#secret };
    const wish = { scopes: [scope], ttlMs: null, wait: { kind: 'none' }, reason: null };
    await this.#say({ kind: 'AcquireLock', ...proof, ...wish } as CallerCommand);
    await this.#say({ kind: 'ReleaseLock', ...proof, scopes: [scope], token: null } as CallerCommand);
  }

  async #say(command: CallerCommand): Promise<unknown> {
    const requestId = newRequestId();
    const reply = await this.#coordinator.submit({ requestId, command });
    if (!reply.ok) throw new Error(`${command.kind}: ${reply.rejection.message}`);
    told.set(requestIdOf('team', requestId), reply.revision);
    return reply.result;
  }
}

async function joinedCallers(): Promise<readonly Caller[]> {
  const made = scopes.map(
    async (_, index) => new Caller(await connectOverHttp({ server: url, token }), `caller-${index}`),
  );
  const all = await Promise.all(made);
  await Promise.all(all.map((caller) => caller.join()));
  return all;
}

it('a server that is killed under load loses nothing that it told, and its callers go on with the next one', async () => {
  const warnings: string[] = [];
  const note = ({ message }: Error): void => void warnings.push(message);
  process.on('warning', note);
  const all = await joinedCallers();
  let isOver = false;
  const work = all.map(async (caller, index) => {
    while (!isOver) await caller.cycle(scopes[index] as ScopePath);
  });
  for (const more of [200, 200, 200]) {
    const before = told.size;
    await until('they have worked', () => told.size >= before + more);
    server.child.kill('SIGKILL');
    await server.ended;
    await serve(new URL(url).port);
  }
  const before = told.size;
  await until('they go on', () => told.size >= before + 200);
  isOver = true;
  await Promise.all(work);
  process.off('warning', note);
  expect(warnings).toEqual([]);
});

/** One that reads the events as a browser does. */
class Watcher {
  readonly ids: number[] = [];
  #rest = '';
  readonly #response: IncomingMessage;

  constructor(response: IncomingMessage) {
    this.#response = response;
    response.setEncoding('utf8').on('data', (text: string) => this.#read(text));
  }

  static open(): Promise<Watcher> {
    const headers = { Authorization: `Bearer ${token}` };
    return new Promise((resolve, reject) => {
      const request = httpGet(`${url}/api/v1/events?from=1`, { headers, agent: false }, (response) =>
        resolve(new Watcher(response)),
      );
      request.on('error', reject);
    });
  }

  leave(): void {
    this.#response.on('error', () => undefined).destroy();
  }

  #read(text: string): void {
    const items = (this.#rest + text).split('\n\n');
    this.#rest = items.pop() ?? '';
    for (const item of items) {
      const [, id, data] = /^id: (\d+)\nevent: entry\ndata: (.*)$/.exec(item) ?? [];
      if (id !== undefined && data?.startsWith(`{"revision":${id},`)) this.ids.push(Number(id));
      else if (item !== ': here') throw new Error(`no event: ${item}`);
    }
  }
}

it('a thousand who watch get every revision, in order', async () => {
  const watchers = await Promise.all(Array.from({ length: 1_000 }, () => Watcher.open()));
  const all = await joinedCallers();
  await Promise.all(all.map((caller, index) => caller.cycle(scopes[index] as ScopePath)));
  const last = Math.max(...told.values());
  await until('all have seen the last one', () => watchers.every(({ ids }) => (ids.at(-1) ?? 0) >= last));
  const expected = Array.from({ length: last }, (_, index) => index + 1);
  for (const { ids } of watchers) expect(ids).toEqual(expected);
  for (const watcher of watchers) watcher.leave();
});

const isWell = async (): Promise<boolean> => (await fetch(`${url}/healthz`)).status === 200;

it('ten thousand who connect and say nothing keep nobody out for long', async () => {
  const { port, hostname } = new URL(url);
  const idle: Socket[] = [];
  for (let batch = 0; batch < 20; batch += 1) {
    const some = Array.from({ length: 500 }, () => connect(Number(port), hostname));
    await Promise.all(
      some.map(
        (socket) =>
          new Promise((resolve) =>
            socket.once('connect', resolve).once('error', resolve).once('close', resolve),
          ),
      ),
    );
    idle.push(...some);
  }
  // By the socket, meanwhile, as ever.
  expect((await rhemaJson(sandbox, 'status')).exitCode).toBe(0);
  await until('it answers', () => isWell().catch(() => false));
  for (const socket of idle) socket.destroy();
});

it('who guesses tokens as fast as possible is held off, and those who have one are served', async () => {
  const statuses = new Map<number, number>();
  const guess = async (text: string): Promise<void> => {
    const { status } = await fetch(`${url}/api/v1/whoami`, { headers: { Authorization: `Bearer ${text}` } });
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
  };
  const forged = (): string => `rhema_${newRequestId().slice(0, 12)}_${'0'.repeat(72)}`;
  const guesses = Array.from({ length: 50 }, async () => {
    for (let times = 0; times < 40; times += 1) await guess(forged());
  });
  const [one] = await joinedCallers();
  await one?.cycle(scopes[0] as ScopePath);
  await Promise.all(guesses);
  expect(new Set(statuses.keys())).toEqual(new Set([401, 429]));
  expect(statuses.get(429)).toBeGreaterThan(1_900);
});

/** What a server answers to bytes: all of it, up to where it hangs up. */
function answerTo(bytes: string): Promise<string> {
  const { port, hostname } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname);
    let said = '';
    socket.setEncoding('latin1').on('data', (text: string) => (said += text));
    socket.on('error', () => undefined).once('close', () => resolve(said));
    socket.end(bytes);
  });
}

const request = (line: string, ...headers: readonly string[]): string =>
  [line, 'Host: localhost', `Authorization: Bearer ${token}`, 'Connection: close', ...headers, '', ''].join(
    '\r\n',
  );
const posting = (body: string, ...headers: readonly string[]): string =>
  request('POST /api/v1/queries/status HTTP/1.1', `Content-Length: ${body.length}`, ...headers) + body;
const json = 'Content-Type: application/json';

it('what no honest client sends gets an error, and neither a file nor a line of a log', async () => {
  const odd: readonly string[] = [
    request('GET /api/v1/../../../../etc/passwd HTTP/1.1'),
    request('GET /api/v1/%2e%2e/%2e%2e/%2e%2e/etc/passwd HTTP/1.1'),
    request('GET //etc/passwd HTTP/1.1'),
    request('GET /api/v1/queries/..%2f..%2fetc%2fpasswd HTTP/1.1'),
    request('POST /api/v1/commands/__proto__ HTTP/1.1', json, 'Content-Length: 2') + '{}',
    request('POST /api/v1/queries/constructor HTTP/1.1', json, 'Content-Length: 2') + '{}',
    request('GET /api/v1/events?from=%0d%0aSet-Cookie:%20a=b HTTP/1.1'),
    request('GET /api/v1/tickets/1?agent=%0d%0aX-A:%20b HTTP/1.1'),
    request('GET /api/v1/whoami HTTP/1.1', 'X-A: b\rSet-Cookie: a=b'),
    request('GET /api/v1/whoami HTTP/1.1', 'Transfer-Encoding: chunked', 'Content-Length: 4'),
    request('GET /\u0000\u001b[31m HTTP/1.1'),
    posting('[', json),
    posting('['.repeat(100_000), json),
    posting('{"a":'.repeat(100_000), json),
    posting('{"__proto__":{"at":1}}', json),
    posting('\u001f\u008b\u0008', json, 'Content-Encoding: gzip'),
    posting('kind=status', 'Content-Type: application/x-www-form-urlencoded'),
    posting(`{"at":"${'x'.repeat(2_000_000)}"}`, json),
    'GET / HTTP/1.1\r\nHost: localhost\r\nX: ' + 'x'.repeat(20_000) + '\r\n\r\n',
    'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    '\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001',
  ];
  for (const bytes of odd) {
    const answer = await answerTo(bytes);
    expect([bytes.slice(0, 80), answer]).toEqual([
      bytes.slice(0, 80),
      expect.stringMatching(/^HTTP\/1\.1 4\d\d /),
    ]);
    expect(answer).not.toMatch(/root:|^(set-cookie|x-a):/im);
    expect(await isWell()).toBe(true);
  }
  // oxlint-disable-next-line no-control-regex
  expect(server.said.stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
  expect(server.said.stderr + server.said.stdout).not.toContain(token);
});
