import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rhemaJson, start, startRhema } from '../withstand/support/cli.ts';
import { cliMain, packageRoot } from '../withstand/support/paths.ts';
import { Sandbox } from '../withstand/support/sandbox.ts';
import { until } from '../withstand/support/until.ts';

/** What docs/operations.md tells whoever has such a proxy. */
const page = readFileSync(join(packageRoot, 'docs/operations.md'), 'utf8');
const told = (language: string): string =>
  new RegExp(`\`\`\`${language}\\n(?<text>[^]*?)\`\`\``).exec(page)?.groups?.['text'] ?? '';

interface Proxy {
  readonly name: string;
  readonly program: string;
  /** Its configuration, with the ports of the test in place of those of the page. */
  readonly configuration: (folder: string, port: number, behind: string) => string;
  readonly args: (file: string) => readonly string[];
}

const proxies: readonly Proxy[] = [
  {
    name: 'nginx',
    program: 'nginx',
    configuration: (folder, port, behind) => `daemon off; pid ${folder}/pid; error_log stderr;
events {}
http {
  access_log off;
  client_body_temp_path ${folder}; proxy_temp_path ${folder}; fastcgi_temp_path ${folder}; uwsgi_temp_path ${folder}; scgi_temp_path ${folder};
  server {
    listen 127.0.0.1:${port};
    ${told('nginx').replace('127.0.0.1:7421', behind)}
  }
}`,
    args: (file) => ['-e', 'stderr', '-c', file],
  },
  {
    name: 'Caddy',
    program: 'caddy',
    configuration: (_, port, behind) => `{
  admin off
  auto_https off
}
${told('caddyfile').replace('127.0.0.1:7421', behind).replace('rhema.example.org', `http://127.0.0.1:${port}`)}`,
    args: (file) => ['run', '--adapter', 'caddyfile', '--config', file],
  },
];

/** Continuous integration takes them from packages of Debian's. */
const isHere = ({ program }: Proxy): boolean => spawnSync(program, ['-v']).error === undefined;

let sandbox: Sandbox;
let proxy: ChildProcess | null;

beforeEach(() => {
  sandbox = new Sandbox({ api: [] });
  proxy = null;
});

afterEach(async () => {
  proxy?.kill('SIGKILL');
  await sandbox.clear();
});

/** The address of `rhema serve` behind a proxy, as clients have it. */
async function behind({ program, configuration, args }: Proxy): Promise<string> {
  const server = startRhema(
    sandbox,
    'serve',
    '--port',
    '0',
    '--behind-proxy',
    '--prefix',
    '/rhema',
    '--json',
  );
  const line = await until('it serves', () => /^(.+)\n/.exec(server.said.stdout)?.[1]);
  const { host } = new URL((JSON.parse(line) as { readonly url: string }).url);
  const folder = join(sandbox.folder, 'proxy');
  mkdirSync(folder);
  const port = await freePort();
  const file = join(folder, 'configuration');
  writeFileSync(file, configuration(folder, port, host));
  proxy = spawn(program, args(file), { cwd: folder, env: { ...process.env, HOME: folder }, stdio: 'ignore' });
  const url = `http://127.0.0.1:${port}/rhema`;
  await until('the proxy answers', () =>
    fetch(`${url}/healthz`).then(
      ({ ok }) => ok,
      () => false,
    ),
  );
  return url;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await until('a port is had', () => server.listening);
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function newToken(): Promise<string> {
  const { envelope } = await rhemaJson(sandbox, 'token', 'create', 'ci', '--role', 'agent');
  return String(envelope['token']);
}

describe.each(proxies)('behind $name, as the page tells', (which) => {
  it.runIf(isHere(which))('agents take part, by the command line and over MCP', async () => {
    const url = await behind(which);
    const token = await newToken();
    sandbox.write('token', token);
    const env = { HOME: join(sandbox.folder, 'home'), RHEMA_SERVER: url };
    const there = (...args: readonly string[]): Promise<{ readonly code: number | null }> =>
      start(sandbox, process.execPath, [cliMain, ...args], env).ended;
    for (const words of [
      ['login', url, '--token-file', join(sandbox.folder, 'token')],
      ['agent', 'join', 'alice'],
      ['lock', 'acquire', 'api', '--agent', 'alice'],
    ])
      expect(await there(...words)).toMatchObject({ code: 0, stderr: expect.any(String) });
    const client = new Client({ name: 'test-client', version: '1' });
    const requestInit = { headers: { authorization: `Bearer ${token}` } };
    await client.connect(new StreamableHTTPClientTransport(new URL(`${url}/mcp`), { requestInit }));
    const { content } = await client.callTool({ name: 'coordination_status', arguments: {} });
    expect(JSON.stringify(content)).toContain('alice');
    await client.close();
  });

  it.runIf(isHere(which))('events come as they happen', async () => {
    const url = await behind(which);
    const headers = { authorization: `Bearer ${await newToken()}` };
    const events = await fetch(`${url}/api/v1/events?from=1`, { headers });
    const reader = events.body?.pipeThrough(new TextDecoderStream()).getReader();
    let seen = '';
    const read = async (wanted: string): Promise<void> => {
      while (!seen.includes(wanted)) {
        const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
        if (done) throw new Error(`the stream has ended: ${seen}`);
        seen += value;
      }
    };
    await rhemaJson(sandbox, 'agent', 'join', 'bob');
    await read('"kind":"AgentJoin"');
    await rhemaJson(sandbox, 'lock', 'acquire', 'api', '--agent', 'bob');
    await read('"kind":"AcquireLock"');
    await reader?.cancel();
  });

  it.runIf(isHere(which))(
    'whoever guesses tokens is held off by its own address, whatever it calls itself',
    async () => {
      const url = await behind(which);
      const statuses = new Set<number>();
      for (let guess = 0; guess < 30; guess += 1) {
        const headers = { authorization: `Bearer guess-${guess}`, 'x-forwarded-for': `10.0.0.${guess}` };
        statuses.add((await fetch(`${url}/api/v1/whoami`, { headers })).status);
      }
      expect([...statuses]).toEqual([401, 429]);
    },
  );
});
