import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { rhema, rhemaJson, startRhema, type Envelope, type Running } from './support/cli.ts';
import { LogAudit } from './support/log-audit.ts';
import { Sandbox } from './support/sandbox.ts';
import { until } from './support/until.ts';

interface Got {
  readonly id: string;
  readonly type: string;
  readonly revision: number | null;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Whoever is called: what it has taken, and what it answers next. */
class Receiver {
  readonly got: Got[] = [];
  status = 204;
  secret = '';
  calls = 0;
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (part: string) => (body += part));
      request.on('end', () => {
        this.calls += 1;
        const headers = request.headers as Record<string, string>;
        if (this.status < 300) this.got.push(this.#read(body, headers));
        response.writeHead(this.status).end();
      });
    });
  }

  #read(body: string, headers: Readonly<Record<string, string>>): Got {
    const said = this.secret === '' ? JSON.parse(body) : new Webhook(this.secret).verify(body, headers);
    return { id: headers['webhook-id'] ?? '', ...(said as Omit<Got, 'id'>) };
  }

  async open(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  /** Each of what arrived twice once: it had arrived, and the server was killed before it knew. */
  agents(): unknown[] {
    const known = new Map(this.got.map((one) => [one.id, one.data['agent']]));
    return [...known.values()];
  }
}

let sandbox: Sandbox;
let receiver: Receiver;
let url: string;

beforeEach(async () => {
  sandbox = new Sandbox({ api: [] });
  receiver = new Receiver();
  url = await receiver.open();
});

afterEach(async () => {
  receiver.close();
  try {
    const audit = new LogAudit();
    await audit.readFrom(sandbox.paths.database);
    expect(audit.faults).toEqual([]);
  } finally {
    await sandbox.clear();
  }
});

async function done(...args: readonly string[]): Promise<Envelope> {
  const { exitCode, envelope } = await rhemaJson(sandbox, ...args);
  expect({ exitCode, message: envelope.message }).toEqual({ exitCode: 0 });
  return envelope;
}

async function served(): Promise<Running> {
  const server = startRhema(sandbox, 'serve', '--port', '0', '--json');
  await until('it serves', () => server.said.stdout.includes('"url"'));
  return server;
}

async function kill(server: Running): Promise<void> {
  server.child.kill('SIGKILL');
  await server.ended;
}

const join = (name: string): Promise<Envelope> => done('agent', 'join', name);

it('tells what happens, signed and in order, and goes on after the server was killed: none is lost, and what is told again has the id that it had', async () => {
  receiver.secret = String(
    (await done('webhook', 'create', 'chat', '--url', url, '--on', 'agent'))['secret'],
  );
  let server = await served();
  await join('ann');
  await until('it is told', () => receiver.got.length === 1);
  await kill(server);
  // Nobody serves: the log takes it all the same.
  await join('bob');
  await done('daemon', 'stop');
  receiver.status = 503;
  server = await served();
  await join('cat');
  await until('it is refused', () => receiver.calls > 1);
  await kill(server);
  receiver.status = 204;
  server = await served();
  await until('all are told', () => receiver.agents().length === 3);
  expect(receiver.agents()).toEqual(['ann', 'bob', 'cat']);
  const { deliveries } = await done('webhook', 'deliveries', 'chat');
  expect(deliveries).toMatchObject([
    { delivered: true, status: 204 },
    { delivered: true },
    { delivered: true },
  ]);
  server.child.kill('SIGTERM');
  expect((await server.ended).code).toBe(0);
  expect(server.said.stderr).not.toContain(receiver.secret);
});

it('a receiver that is gone is called no more, until a person says so; what was not told then is', async () => {
  const server = await served();
  await done('webhook', 'create', 'chat', '--url', url, '--on', 'agent.joined');
  receiver.status = 410;
  await join('ann');
  await until('it is off', async () => {
    const { webhooks } = await done('webhook', 'list');
    return (webhooks as { status: string; why: string | null }[])[0]?.status === 'off';
  });
  await join('bob');
  const listed = await rhema(sandbox, 'webhook', 'list');
  expect(listed.stdout).toContain('the receiver is gone (410)');
  expect(receiver.calls).toBe(1);
  receiver.status = 204;
  await done('webhook', 'enable', 'chat');
  await until('both are told', () => receiver.agents().length === 2);
  expect(receiver.agents()).toEqual(['ann', 'bob']);
  await done('webhook', 'delete', 'chat');
  expect((await done('webhook', 'list'))['webhooks']).toEqual([]);
  await kill(server);
});

it('a test is sent without a server, and says what came back', async () => {
  receiver.secret = String((await done('webhook', 'create', 'chat', '--url', url))['secret']);
  expect(await done('webhook', 'test', 'chat')).toMatchObject({ ok: true, status: 204 });
  expect(receiver.got).toMatchObject([{ type: 'webhook.test', revision: null, data: { webhook: 'chat' } }]);
  receiver.secret = String((await done('webhook', 'rotate', 'chat'))['secret']);
  await done('webhook', 'test', 'chat');
  expect(receiver.got).toHaveLength(2);
  receiver.close();
  expect(await rhemaJson(sandbox, 'webhook', 'test', 'chat')).toMatchObject({
    exitCode: 1,
    envelope: { code: 'WEBHOOK_NOT_DELIVERED', details: { status: null, problem: 'ECONNREFUSED' } },
  });
});
