import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  rhema,
  rhemaJson,
  start,
  startRhema,
  type Ended,
  type Envelope,
  type Running,
} from './support/cli.ts';
import { LogAudit } from './support/log-audit.ts';
import { cliMain } from './support/paths.ts';
import { ownersOf } from './support/processes.ts';
import { Sandbox } from './support/sandbox.ts';
import { until } from './support/until.ts';

/** The repository that is served, and a clone of it that stands for another machine: it has a home of its own. */
let sandbox: Sandbox;
let clone: string;
let url: string;

beforeEach(async () => {
  sandbox = new Sandbox({ api: [], web: ['api'] });
  clone = join(sandbox.folder, 'elsewhere');
  sandbox.git('clone', '--quiet', sandbox.worktree, clone);
});

afterEach(async () => {
  try {
    const audit = new LogAudit();
    await audit.readFrom(sandbox.paths.database);
    expect(audit.faults).toEqual([]);
  } finally {
    await sandbox.clear();
  }
});

/** A server that listens. */
async function served(...args: readonly string[]): Promise<Running> {
  const server = startRhema(sandbox, 'serve', '--json', ...args);
  const line = await until(
    'it serves',
    () => server.said.stdout.split('\n')[0] || server.child.exitCode !== null,
  );
  if (typeof line !== 'string') throw new Error((await server.ended).stderr);
  url = (JSON.parse(line) as { url: string }).url;
  return server;
}

async function tokenFor(...wish: readonly string[]): Promise<string> {
  return (await done('token', 'create', ...wish))['token'] as string;
}

async function done(...args: readonly string[]): Promise<Envelope> {
  const { exitCode, envelope } = await rhemaJson(sandbox, ...args);
  expect({ exitCode, message: envelope.message }).toEqual({ exitCode: 0 });
  return envelope;
}

const elsewhere = (): NodeJS.ProcessEnv => ({ HOME: join(sandbox.folder, 'home'), RHEMA_SERVER: url });

/** A command on the other machine. */
const startThere = (...args: readonly string[]): Running =>
  start(sandbox, process.execPath, [cliMain, '-C', clone, ...args], elsewhere());
const there = (...args: readonly string[]): Promise<Ended> => startThere(...args).ended;

async function doneThere(...args: readonly string[]): Promise<Envelope> {
  const { code, stdout, stderr } = await there(...args, '--json');
  expect({ code, stdout: code === 0 ? '' : stdout, stderr }).toEqual({ code: 0, stdout: '', stderr: '' });
  return JSON.parse(stdout) as Envelope;
}

async function loggedIn(...wish: readonly string[]): Promise<void> {
  sandbox.write('token', `${await tokenFor(...wish)}\n`);
  await doneThere('login', url, '--token-file', join(sandbox.folder, 'token'));
}

it('agents of another machine take part by the command line, beside those of this one', async () => {
  await served('--port', '0');
  await loggedIn('laptop', '--role', 'agent');
  await doneThere('agent', 'join', 'alice');
  await doneThere('lock', 'acquire', 'api', '--agent', 'alice');
  await done('agent', 'join', 'bob');
  const { exitCode, envelope } = await rhemaJson(sandbox, 'lock', 'acquire', 'api', '--agent', 'bob');
  expect([exitCode, envelope.code]).toEqual([3, 'LOCK_HELD']);
  const waiting = startRhema(sandbox, 'lock', 'acquire', 'api', '--agent', 'bob', '--wait', '60s', '--json');
  await until('bob waits', async () => ((await done('status'))['waiters'] as object[]).length > 0);
  await doneThere('lock', 'release', 'api', '--agent', 'alice');
  expect((await waiting.ended).code).toBe(0);
  const { entries } = (await done('log')) as unknown as {
    entries: { kind: string; agent: string; principal?: object }[];
  };
  expect(entries.map(({ principal }) => principal)).toContainEqual({ name: 'laptop', way: 'http' });
  const bobsJoin = entries.find(({ kind, agent }) => kind === 'AgentJoin' && agent === 'bob');
  expect(bobsJoin).not.toHaveProperty('principal');
  // The other machine has neither log nor coordinator of its own: it knows its sessions and its server.
  const kept = readdirSync(join(clone, '.git/rhema')).filter((name) => !name.startsWith('sessions-'));
  expect(kept).toEqual(['server']);
  expect(ownersOf(clone)).toEqual([]);
});

it('hooks of clients on another machine hold each other off by the server', async () => {
  await served('--port', '0');
  await loggedIn('laptop', '--role', 'agent');
  const edit = (session: string): { readonly status: number | null; readonly stderr: string } => {
    const input = JSON.stringify({
      session_id: session,
      cwd: clone,
      hook_event_name: 'PreToolUse',
      tool_name: 'Edit',
      tool_use_id: session,
      tool_input: { file_path: join(clone, 'api/rhema.yaml'), old_string: 'a', new_string: 'b' },
    });
    const env = { ...sandbox.env, ...elsewhere() };
    return spawnSync(process.execPath, [cliMain, 'hook', 'claude'], {
      cwd: clone,
      env,
      input,
      encoding: 'utf8',
    });
  };
  expect(edit('one').status).toBe(0);
  const refused = edit('two');
  expect([refused.status, refused.stderr]).toEqual([2, expect.stringContaining('api/rhema.yaml is held by')]);
  expect((await done('status'))['locks']).toMatchObject([{ file: 'api/rhema.yaml' }]);
});

it('whoever waits over HTTP outlasts the server’s death: nothing that was told is lost', async () => {
  const first = await served('--port', '0');
  await loggedIn('laptop', '--role', 'agent');
  await doneThere('agent', 'join', 'alice');
  await doneThere('lock', 'acquire', 'api', '--agent', 'alice');
  await doneThere('agent', 'join', 'bob');
  const waiting = startThere('lock', 'acquire', 'api', '--agent', 'bob', '--wait', '60s', '--json');
  const waits = async (): Promise<boolean> => ((await doneThere('status'))['waiters'] as object[]).length > 0;
  await until('bob waits', waits);
  first.child.kill('SIGKILL');
  await first.ended;
  const second = await served('--port', new URL(url).port);
  expect(await waits()).toBe(true);
  await doneThere('lock', 'release', 'api', '--agent', 'alice');
  expect((await waiting.ended).code).toBe(0);
  second.child.kill('SIGTERM');
  expect(await second.ended).toMatchObject({ code: 0, signal: null });
});

it('what runs in the background gives way with all that it holds; a second server is told of the first', async () => {
  await done('agent', 'join', 'alice');
  await done('lock', 'acquire', 'api', '--agent', 'alice');
  const background = ownersOf(sandbox.folder);
  expect(background).toHaveLength(1);
  const server = await served('--port', '0');
  expect(ownersOf(sandbox.folder)).toEqual([]);
  expect((await done('status'))['locks']).toHaveLength(1);
  const again = await rhema(sandbox, 'serve', '--port', '0');
  expect(again.code).toBe(1);
  expect(again.stderr).toContain(`served already, by process ${server.child.pid} at ${url}`);
  await done('daemon', 'stop');
  expect(await server.ended).toMatchObject({ code: 0 });
});

it('a port that is taken, and files that are none, are told before anything is given up', async () => {
  await served('--port', '0');
  const other = new Sandbox({ api: [] });
  try {
    const taken = await rhema(other, 'serve', '--port', new URL(url).port);
    expect([taken.code, taken.stderr]).toEqual([1, expect.stringContaining('another program has that port')]);
    const missing = await rhema(other, 'serve', '--tls-cert', '/nowhere', '--tls-key', '/nowhere');
    expect([missing.code, missing.stderr]).toEqual([2, expect.stringContaining('/nowhere cannot be read')]);
  } finally {
    await other.clear();
  }
});

it('a token that was revoked lets nobody in from then on, and stands in no file', async () => {
  await served('--port', '0');
  const token = await tokenFor('laptop', '--role', 'observer');
  const ask = async (): Promise<number> =>
    (await fetch(`${url}/api/v1/whoami`, { headers: { Authorization: `Bearer ${token}` } })).status;
  expect(await ask()).toBe(200);
  const kept = join(sandbox.folder, '.local/state/rhema/tokens');
  const files = readdirSync(kept, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.json'),
  );
  expect(files).toHaveLength(1);
  for (const name of files) expect(readFileSync(join(kept, name), 'utf8')).not.toContain(token);
  // An archive that brings a Git folder along brings nobody in.
  expect(existsSync(join(sandbox.commonDir, 'rhema/tokens'))).toBe(false);
  await done('token', 'revoke', 'laptop');
  expect(await ask()).toBe(401);
});

it('who sends the head of a request drop by drop is hung up on, and others are served meanwhile', async () => {
  const server = await served('--port', '0');
  const { port, hostname } = new URL(url);
  const closed = await Promise.all(
    Array.from({ length: 50 }, async () => {
      const socket: Socket = connect(Number(port), hostname);
      await new Promise((resolve) => socket.once('connect', resolve));
      socket.on('error', () => undefined).write('GET /healthz HTTP/1.1\r\nHost: local');
      return [new Promise((resolve) => socket.once('close', resolve).resume())] as const;
    }),
  );
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  await Promise.all(closed.map(([end]) => end));
  server.child.kill('SIGINT');
  expect((await server.ended).code).toBe(0);
});

it('over TLS it answers to the names of this machine and those that it was given', async () => {
  const [cert, key] = [join(sandbox.folder, 'cert.pem'), join(sandbox.folder, 'key.pem')];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  execFileSync(
    'openssl',
    ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', cert, '-days', '1', ...subject],
    {
      stdio: 'ignore',
    },
  );
  await served('--port', '0', '--tls-cert', cert, '--tls-key', key);
  expect(url).toMatch(/^https:/);
  sandbox.write('token', await tokenFor('laptop', '--role', 'observer'));
  const login = ['-C', clone, 'login', url, '--token-file', join(sandbox.folder, 'token')];
  const distrusting = start(sandbox, process.execPath, [cliMain, ...login]);
  expect(await distrusting.ended).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('cannot be reached'),
  });
  const trusting = start(sandbox, process.execPath, [cliMain, ...login], { NODE_EXTRA_CA_CERTS: cert });
  expect(await trusting.ended).toMatchObject({ code: 0 });
});
