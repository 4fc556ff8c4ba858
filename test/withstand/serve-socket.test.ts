/** `rhema serve` as systemd starts it: with a socket that listens already. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { rhemaJson } from './support/cli.ts';
import { cliMain } from './support/paths.ts';
import { Sandbox } from './support/sandbox.ts';
import { until } from './support/until.ts';

let sandbox: Sandbox;

beforeEach(() => {
  sandbox = new Sandbox({ api: [] });
});
afterEach(() => sandbox.clear());

interface Activated {
  readonly said: { stdout: string; stderr: string };
  readonly ended: Promise<number | null>;
  readonly stop: () => boolean;
}

/** The shell becomes the program: only so is the number of its process known before it starts. */
const asSystemdStarts = 'LISTEN_PID=$(($$ + ${OFF_BY:-0})) exec "$@"';

function activated(socket: Server, env: NodeJS.ProcessEnv, ...options: readonly string[]): Activated {
  const { fd } = (socket as unknown as { _handle: { fd: number } })._handle;
  const words = [process.execPath, cliMain, 'serve', '--json', ...options];
  const child = spawn('sh', ['-c', asSystemdStarts, 'sh', ...words], {
    cwd: sandbox.worktree,
    env: { ...sandbox.env, LISTEN_FDS: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe', fd],
  });
  // From now on nobody but the child takes what comes.
  socket.close();
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name]?.setEncoding('utf8').on('data', (text: string) => (said[name] += text));
  const ended = once(child, 'close').then(([code]) => code as number | null);
  return { said, ended, stop: () => child.kill('SIGTERM') };
}

async function listening(where: object): Promise<Server> {
  const socket = createServer().listen(where);
  await once(socket, 'listening');
  return socket;
}

async function urlOf({ said }: Activated): Promise<string> {
  const line = await until('it serves', () => said.stdout.split('\n')[0] || null);
  return (JSON.parse(line) as { url: string }).url;
}

it('serves the socket that it is passed, also whoever has called before it was there', async () => {
  const { envelope } = await rhemaJson(sandbox, 'token', 'create', 'team', '--role', 'observer');
  const socket = await listening({ port: 0, host: '127.0.0.1' });
  const { port } = socket.address() as AddressInfo;
  const server = activated(socket, {});
  const early = fetch(`http://127.0.0.1:${port}/anything`);
  const url = await urlOf(server);
  expect(url).toBe(`http://127.0.0.1:${port}`);
  expect((await early).status).toBeGreaterThan(400);
  const headers = { Authorization: `Bearer ${envelope['token'] as string}` };
  expect((await fetch(`${url}/api/v1/whoami`, { headers })).status).toBe(200);
  server.stop();
  expect(await server.ended).toBe(0);
});

it('is bound to what others reach: it is refused without encryption, and served behind a proxy', async () => {
  const refused = activated(await listening({ port: 0, host: '0.0.0.0' }), {});
  expect([await refused.ended, refused.said.stdout]).toEqual([
    2,
    expect.stringContaining('the socket that was passed is bound to 0.0.0.0: others could read tokens'),
  ]);
  const server = activated(await listening({ port: 0, host: '0.0.0.0' }), {}, '--behind-proxy');
  expect(await urlOf(server)).toMatch(/^http:\/\/0\.0\.0\.0:\d+$/);
  server.stop();
  expect(await server.ended).toBe(0);
});

it('is refused beside another place to listen', async () => {
  const elsewhere = activated(await listening({ port: 0, host: '127.0.0.1' }), {}, '--port', '1');
  expect([await elsewhere.ended, elsewhere.said.stdout]).toEqual([
    2,
    expect.stringContaining('leave them out'),
  ]);
});

it('is refused more than one, and what is no TCP socket', async () => {
  const two = activated(await listening({ port: 0, host: '127.0.0.1' }), { LISTEN_FDS: '2' });
  expect([await two.ended, two.said.stdout]).toEqual([2, expect.stringContaining('2 sockets were passed')]);
  const inFiles = activated(await listening({ path: join(sandbox.folder, 's') }), {});
  expect([await inFiles.ended, inFiles.said.stdout]).toEqual([
    1,
    expect.stringContaining('cannot listen on the socket that was passed: it is no TCP socket'),
  ]);
});

it('takes nothing that was passed to another process', async () => {
  const socket = await listening({ port: 0, host: '127.0.0.1' });
  const { port } = socket.address() as AddressInfo;
  const server = activated(socket, { OFF_BY: '1' }, '--port', '0');
  expect(await urlOf(server)).not.toBe(`http://127.0.0.1:${port}`);
  server.stop();
  expect(await server.ended).toBe(0);
});
