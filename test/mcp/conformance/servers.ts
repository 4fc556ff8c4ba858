/** The two servers that are asked. The suite has no token to give, so one is put on each of its requests on the way. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, request as ask } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createHttpApp, defaultLimits, HostNames, listen } from '../../../src/http/index.ts';
import { McpHttp } from '../../../src/mcp/http/mcp-http.ts';
import { defaultMcpLimits } from '../../../src/mcp/index.ts';
import { noTracing } from '../../../src/observe/index.ts';
import { loadRequestParsers } from '../../../src/protocol/index.ts';
import { systemTime } from '../../../src/time/index.ts';
import { fixtureServer } from './fixture.ts';

export interface Server {
  /** Of its /mcp, for whoever has no token. */
  readonly url: string;
  /** Of the server itself, and the token that it asks for. */
  readonly direct: { readonly url: string; readonly token: string };
  close(): Promise<void>;
}

const token = 'conformance';

/** Our HTTP stack, guards, access, limits and all, with the fixture where our tools are else. */
export async function serveFixture(): Promise<Server> {
  const nothing = (): never => {
    throw new Error('the fixture has no coordinator');
  };
  const app = createHttpApp({
    coordinator: { submit: nothing, awaitTicket: nothing, query: nothing, watch: nothing, refresh: nothing },
    parsers: await loadRequestParsers(),
    mcp: new McpHttp({
      time: systemTime,
      limits: { ...defaultMcpLimits, bodyBytesMax: defaultLimits.bodyBytesMax },
      newSecret: () => crypto.randomUUID(),
      openDesk: () => ({
        newServer: () => fixtureServer(),
        putAway: () => undefined,
        stop: () => undefined,
      }),
    }),
    admit: (text) => (text === token ? { name: 'conformance', role: 'operator', agents: [] } : 'unknown'),
    hosts: new HostNames([]),
    prefix: '',
    behindProxy: false,
    version: '0.0.0',
    newRequestId: () => crypto.randomUUID(),
    time: systemTime,
    onCutOff: () => undefined,
    onFault: (error) => process.stderr.write(`${error.stack}\n`),
    canWrite: async () => true,
    commit: async () => null,
    roots: async () => null,
    onAnswered: () => undefined,
    metrics: nothing,
    tracing: noTracing,
    limits: defaultLimits,
  });
  const server = await listen(app, { host: '127.0.0.1', port: 0, tls: null, connectionsMax: 1_000 });
  return withToken(server.url, token, () => server.close());
}

const cliMain = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url));

/** `rhema serve` itself, in a repository of its own. */
export async function serveProduct(folder: string): Promise<Server> {
  const repository = join(folder, 'repository');
  execFileSync('git', ['init', '--quiet', repository]);
  mkdirSync(join(repository, 'services/auth'), { recursive: true });
  writeFileSync(
    join(repository, 'services/auth/rhema.yaml'),
    'name: auth\nscope_type: service\nversion: 1.0.0\n',
  );
  const env = { ...process.env, HOME: folder, XDG_STATE_HOME: join(folder, 'state') };
  const words = ['token', 'create', 'conformance', '--role', 'operator', '--quiet'];
  const made = execFileSync(process.execPath, [cliMain, ...words], {
    cwd: repository,
    env,
    encoding: 'utf8',
  });
  const child = spawn(process.execPath, [cliMain, 'serve', '--port', '0', '--json'], {
    cwd: repository,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  const { url } = JSON.parse(line) as { readonly url: string };
  return withToken(url, made.trim(), async () => {
    child.kill();
    await once(child, 'close');
  });
}

/** A proxy that leaves everything as it is, but for the token that it adds. */
async function withToken(target: string, secret: string, closed: () => Promise<void>): Promise<Server> {
  const { hostname, port } = new URL(target);
  const proxy = createServer((incoming, outgoing) => {
    const headers = { ...incoming.headers, authorization: `Bearer ${secret}` };
    const passed = ask({ hostname, port, method: incoming.method, path: incoming.url, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      outgoing.flushHeaders();
      answer.pipe(outgoing);
    });
    passed.on('error', () => outgoing.destroy());
    outgoing.on('close', () => passed.destroy());
    incoming.pipe(passed);
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const { port: own } = proxy.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${own}/mcp`,
    direct: { url: `${target}/mcp`, token: secret },
    close: async () => {
      proxy.closeAllConnections();
      proxy.close();
      await closed();
    },
  };
}
