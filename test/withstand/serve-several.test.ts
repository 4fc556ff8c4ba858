import { afterEach, beforeEach, expect, it } from 'vitest';
import { rhemaJson, startRhema, type Running } from './support/cli.ts';
import { LogAudit } from './support/log-audit.ts';
import { ownersOf } from './support/processes.ts';
import { Sandbox } from './support/sandbox.ts';
import { until } from './support/until.ts';

let shop: Sandbox;
let backend: Sandbox;

beforeEach(() => {
  shop = new Sandbox({ cart: [] });
  backend = new Sandbox({ orders: [], mail: [] });
});

afterEach(async () => {
  for (const sandbox of [shop, backend])
    try {
      const audit = new LogAudit();
      await audit.readFrom(sandbox.paths.database);
      expect(audit.faults).toEqual([]);
    } finally {
      await sandbox.clear();
    }
});

interface Serving {
  readonly server: Running;
  readonly urls: readonly string[];
  readonly top: string;
}

/** Both of them at one address. */
async function serving(port = '0'): Promise<Serving> {
  const server = startRhema(
    shop,
    'serve',
    shop.worktree,
    `backend=${backend.worktree}`,
    '--port',
    port,
    '--json',
  );
  const line = await until(
    'it serves',
    () => server.said.stdout.split('\n')[0] || server.child.exitCode !== null,
  );
  if (typeof line !== 'string') throw new Error((await server.ended).stderr);
  const { repositories, message } = JSON.parse(line) as {
    repositories?: { url: string }[];
    message?: string;
  };
  if (repositories === undefined) throw new Error(message);
  const urls = repositories.map(({ url }) => url);
  return { server, urls, top: new URL(urls[0] ?? '').origin };
}

async function tokenOf(sandbox: Sandbox): Promise<string> {
  // Of the server's user, whoever works there otherwise.
  const words = ['-C', sandbox.worktree, 'token', 'create', 'ci', '--role', 'agent'];
  const { envelope } = await rhemaJson(shop, ...words);
  return envelope['token'] as string;
}

const ask = (url: string, token: string): Promise<Response> =>
  fetch(`${url}/api/v1/queries/scopes`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: '{}',
  });

const healthOf = async (sandbox: Sandbox): Promise<unknown> =>
  (await rhemaJson(sandbox, 'daemon', 'status')).envelope;

it('serves each repository below its name, to those whom its own tokens let in', async () => {
  const { urls, top } = await serving();
  expect(urls.map((url) => new URL(url).pathname)).toEqual(['/repository', '/backend']);
  const tokens = [await tokenOf(shop), await tokenOf(backend)];
  const statuses = [];
  for (const url of urls) for (const token of tokens) statuses.push((await ask(url, token)).status);
  expect(statuses).toEqual([200, 401, 401, 200]);
  expect(await (await ask(urls[0] ?? '', tokens[0] ?? '')).text()).toContain('cart');
  expect(await (await ask(urls[1] ?? '', tokens[1] ?? '')).text()).toContain('orders');
  expect((await fetch(`${top}/readyz`)).status).toBe(200);
});

it('the command line of each repository finds its own coordinator there', async () => {
  const { server, urls } = await serving();
  const healths = [await healthOf(shop), await healthOf(backend)];
  expect(healths).toMatchObject(urls.map((url) => ({ url, pid: server.child.pid })));
  const lines = server.said.stderr.split('\n').filter((line) => line.includes('owner.listening'));
  expect(lines.map((line) => (JSON.parse(line) as { served: string }).served).sort()).toEqual([
    '/backend',
    '/repository',
  ]);
});

it('goes on with the others when one is ended, and ends with the last', async () => {
  const { server, urls, top } = await serving();
  await rhemaJson(shop, 'daemon', 'stop');
  await until('it is gone', async () => (await fetch(`${urls[0]}/healthz`)).status === 503);
  expect((await fetch(`${urls[1]}/readyz`)).status).toBe(200);
  expect((await fetch(`${top}/readyz`)).status).toBe(503);
  // Its clients start one of their own, as they do wherever none runs.
  expect((await rhemaJson(shop, 'agent', 'join', 'alice')).exitCode).toBe(0);
  expect(ownersOf(shop.folder)).not.toContain(server.child.pid);
  await rhemaJson(backend, 'daemon', 'stop');
  expect(await server.ended).toMatchObject({ code: 0, signal: null });
});

it('serves none where one of them cannot be served', async () => {
  const other = startRhema(backend, 'serve', '--port', '0', '--json');
  await until('it serves', () => other.said.stdout !== '');
  await expect(serving()).rejects.toThrow(/served already, by process/);
  expect(await healthOf(shop)).not.toMatchObject({ mode: 'serve' });
});

it('loses nothing when it is killed, and ends at a signal', async () => {
  const first = await serving();
  for (const [sandbox, scope] of [
    [shop, 'cart'],
    [backend, 'orders'],
  ] as const) {
    await rhemaJson(sandbox, 'agent', 'join', 'alice');
    expect((await rhemaJson(sandbox, 'lock', 'acquire', scope, '--agent', 'alice')).exitCode).toBe(0);
  }
  first.server.child.kill('SIGKILL');
  await first.server.ended;
  const { server, top } = await serving(new URL(first.top).port);
  expect((await fetch(`${top}/readyz`)).status).toBe(200);
  for (const sandbox of [shop, backend])
    expect((await rhemaJson(sandbox, 'status')).envelope['locks']).toHaveLength(1);
  server.child.kill('SIGTERM');
  expect(await server.ended).toMatchObject({ code: 0, signal: null });
});
