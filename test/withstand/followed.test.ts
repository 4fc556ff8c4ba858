/** A receiver of OpenTelemetry, and a call that goes through two of our processes. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { RawServer } from '../mcp/support/mcp-process.ts';
import { rhema, rhemaJson, start } from './support/cli.ts';
import { cliMain } from './support/paths.ts';
import { Sandbox } from './support/sandbox.ts';
import { until } from './support/until.ts';

interface Span {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly service: string;
}

let sandbox: Sandbox;
let receiver: Server;
let spans: Span[];
let endpoint: string;

beforeEach(async () => {
  sandbox = new Sandbox({ api: [] });
  spans = [];
  receiver = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => {
      if (request.url === '/v1/traces') spans.push(...spansIn(body));
      response.writeHead(200, { 'Content-Type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  endpoint = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
});

afterEach(async () => {
  await sandbox.clear();
  receiver.closeAllConnections();
  await new Promise((resolve) => receiver.close(resolve));
});

interface Export {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly { key: string; value: { stringValue?: string } }[] };
    readonly scopeSpans: readonly { readonly spans: readonly Span[] }[];
  }[];
}

function spansIn(body: string): Span[] {
  return (JSON.parse(body) as Export).resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const service = resource.attributes.find(({ key }) => key === 'service.name')?.value.stringValue ?? '';
    return scopeSpans.flatMap((scope) => scope.spans.map((span) => ({ ...span, service })));
  });
}

it('one trace leads from the call of a tool to the append, through rhema mcp and rhema serve', async () => {
  const followed = (service: string): NodeJS.ProcessEnv => ({
    OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
    OTEL_SERVICE_NAME: service,
    OTEL_BSP_SCHEDULE_DELAY: '50',
  });
  const { envelope } = await rhemaJson(sandbox, 'token', 'create', 'team', '--role', 'agent');
  const tokenFile = sandbox.write('token', envelope['token'] as string);
  const serving = [cliMain, 'serve', '--port', '0', '--json'];
  const server = start(sandbox, process.execPath, serving, followed('coordinator'));
  const line = await until('it serves', () => server.said.stdout.split('\n')[0] || null);
  const { url } = JSON.parse(line) as { url: string };

  const remote = { ...followed('agent'), RHEMA_SERVER: url, RHEMA_TOKEN_FILE: tokenFile };
  const there = Object.create(sandbox, { env: { value: { ...sandbox.env, ...remote } } }) as Sandbox;
  const client = new RawServer(there);
  await client.initialize('2025-11-25');
  const traceId = '0af7651916cd43dd8448eb211c80319c';
  client.request(1, 'tools/call', { name: 'agent_join', arguments: { agent: 'alice' } });
  await client.answer(1);
  client.request(2, 'tools/call', {
    name: 'lock_acquire',
    arguments: { agent: 'alice', scopes: ['api'] },
    _meta: { traceparent: `00-${traceId}-b7ad6b7169203331-01` },
  });
  const ofTrace = await until('all of it has been sent', () => {
    const some = spans.filter((span) => span.traceId === traceId);
    return some.some(({ name }) => name.startsWith('tools/call')) && some;
  });
  const above = (span: Span | undefined): Span | undefined =>
    ofTrace.find(({ spanId }) => spanId === span?.parentSpanId);
  const way: string[] = [];
  const append = ofTrace.findLast(({ name }) => name === 'append');
  for (let span = append; span !== undefined; span = above(span)) way.push(`${span.service}: ${span.name}`);
  expect(way).toEqual([
    'coordinator: append',
    'coordinator: submit AcquireLock',
    'coordinator: POST /api/v1/commands/:kind',
    'agent: tools/call lock_acquire',
  ]);
  expect(JSON.stringify(spans)).not.toMatch(/alice|Bearer|rhema_[0-9a-f]{12}/);
  client.child.stdin.end();
  server.child.kill('SIGTERM');
  expect((await server.ended).code).toBe(0);
});

it('a protocol that is not spoken is refused before anything is served', async () => {
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' };
  const refused = await start(sandbox, process.execPath, [cliMain, 'serve', '--port', '0'], env).ended;
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('http/json')]);
  expect((await rhema(sandbox, 'status')).code).toBe(0);
});

it('a receiver that never answers keeps nobody waiting', async () => {
  receiver.removeAllListeners('request');
  const env = {
    OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
    OTEL_EXPORTER_OTLP_TIMEOUT: '3600000',
    OTEL_BSP_EXPORT_TIMEOUT: '3600000',
    OTEL_BSP_SCHEDULE_DELAY: '50',
  };
  const followed = Object.create(sandbox, { env: { value: { ...sandbox.env, ...env } } }) as Sandbox;
  const client = new RawServer(followed);
  await client.initialize('2025-11-25');
  client.request(1, 'tools/call', { name: 'agent_join', arguments: { agent: 'alice' } });
  await client.answer(1);
  const ended = once(client.child, 'exit');
  client.child.stdin.end();
  expect(await ended).toEqual([0, null]);
});
