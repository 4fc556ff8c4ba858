import { existsSync, statSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { asRevision, type AgentId, type Entry, type Ticket } from '../core/index.ts';
import type { CommandRequest } from '../protocol/index.ts';
import { FakeCoordinator } from '../daemon/testing/fake-coordinator.ts';
import { deepFolder, serve, shut, temporaryFolder } from '../daemon/testing/served.ts';
import type { CoordinatorServer } from '../daemon/server.ts';
import { connect, type ConnectOptions, type SocketCoordinator } from './coordinator.ts';
import { ensurePrivateDirectory, socketAddress, statePaths } from './paths.ts';

const agent = 'alice' as AgentId;
const ticket = { agent, ticket: 5 as Ticket };

function heartbeat(requestId: string): CommandRequest {
  return {
    requestId,
    command: { kind: 'Heartbeat', agent, epoch: asRevision(1), secret: 'ab'.repeat(16) },
  };
}

let folder: ReturnType<typeof temporaryFolder>;
let fake: FakeCoordinator;
const servers: CoordinatorServer[] = [];
const clients: SocketCoordinator[] = [];

beforeEach(() => {
  folder = temporaryFolder();
  fake = new FakeCoordinator();
});

afterEach(async () => {
  for (const client of clients.splice(0)) await client.close();
  for (const server of servers.splice(0)) shut(server);
  folder.remove();
});

async function serving(options: Parameters<typeof serve>[2] = {}): Promise<CoordinatorServer> {
  const server = await serve(folder.path, fake, options);
  servers.push(server);
  return server;
}

async function connected(options: Partial<ConnectOptions> = {}): Promise<SocketCoordinator> {
  const client = await connect({
    commonDir: folder.path,
    version: '1.0.0',
    startOwner: null,
    backoffMs: () => 1,
    ...options,
  });
  clients.push(client);
  return client;
}

/** Lets the event loop turn until the condition holds. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

/** As {@link connected}, retrying while nobody listens: stands in for an owner that can be started. */
const restartable = (): Promise<SocketCoordinator> =>
  connected({ startOwner: { file: process.execPath, args: ['-e', readyAtOnce] } });
const readyAtOnce = `require('fs').writeSync(3, '{"ready":true}\\n')`;

describe('calls', () => {
  it('answers many calls at once, each with its own answer', async () => {
    await serving();
    const client = await connected();
    const replies = await Promise.all(
      Array.from({ length: 100 }, (_, index) => client.submit(heartbeat(`r${index}`))),
    );
    expect(replies.map((reply) => reply.revision)).toEqual(
      Array.from({ length: 100 }, (_, index) => index + 1),
    );
  });

  it('answers a later call while an earlier one waits', async () => {
    await serving();
    const client = await connected();
    const waiting = client.awaitTicket(ticket);
    await until(() => fake.awaited.length === 1);
    expect(await client.submit(heartbeat('r1'))).toMatchObject({ ok: true, revision: 1 });
    fake.grant(5);
    expect(await waiting).toMatchObject({ kind: 'granted', revision: 1 });
  });

  it('passes queries and refreshes on', async () => {
    await serving();
    const client = await connected();
    expect(await client.query({ kind: 'scopes' })).toMatchObject({ asked: { kind: 'scopes' } });
    expect(await client.refresh()).toMatchObject({ accepted: true });
  });

  it('reports malformed input with its path, and goes on', async () => {
    await serving();
    const client = await connected();
    const request = { requestId: 'r', command: { ...heartbeat('r').command, agent: '../x' } };
    await expect(client.submit(request as CommandRequest)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      details: { path: 'request.command.agent' },
    });
    expect(await client.submit(heartbeat('r1'))).toMatchObject({ ok: true });
  });

  it('refuses a request beyond the line length without sending it', async () => {
    await serving();
    const client = await connected();
    await expect(client.submit(heartbeat('x'.repeat(1_100_000)))).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    });
    expect(fake.submitted).toEqual([]);
  });

  it('fails with DEADLINE_EXCEEDED when the answer does not come in time', async () => {
    await serving();
    fake.beforeAnswer = () => new Promise(() => {});
    const client = await connected({ callTimeoutMs: 30 });
    await expect(client.submit(heartbeat('r1'))).rejects.toMatchObject({
      code: 'DEADLINE_EXCEEDED',
      retryable: true,
    });
  });

  it('fails with CLOSED after close, and so do calls under way', async () => {
    await serving();
    const client = await connected();
    const waiting = client.awaitTicket(ticket);
    const failed = expect(waiting).rejects.toMatchObject({ code: 'CLOSED' });
    await until(() => fake.awaited.length === 1);
    await client.close();
    await failed;
    await expect(client.submit(heartbeat('r1'))).rejects.toMatchObject({ code: 'CLOSED' });
  });
});

describe('waiting', () => {
  it('gives the wait up on the owner when the signal aborts', async () => {
    await serving();
    const client = await connected();
    const abort = new AbortController();
    const waiting = client.awaitTicket(ticket, abort.signal);
    await until(() => fake.awaited.length === 1);
    abort.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    await until(() => fake.awaited.length === 0);
  });

  it('is given up when the client vanishes', async () => {
    const server = await serving();
    const client = await connected();
    client.awaitTicket(ticket).catch(() => {});
    await until(() => fake.awaited.length === 1);
    await client.close();
    await until(() => fake.awaited.length === 0 && server.connections === 0);
  });

  it('is asked again of the next owner', async () => {
    const first = await serving();
    const client = await restartable();
    const waiting = client.awaitTicket(ticket);
    await until(() => fake.awaited.length === 1);
    shut(first);
    await until(() => fake.awaited.length === 0);
    await serving();
    await until(() => fake.awaited.length === 1);
    fake.grant(5);
    expect(await waiting).toMatchObject({ kind: 'granted' });
  });
});

describe('a connection that dies in mid-call', () => {
  it('leads to the same request id being sent again, so that the first answer comes back', async () => {
    const first = await serving();
    fake.beforeAnswer = () => {
      fake.beforeAnswer = () => Promise.resolve();
      first.stopListening();
      first.hangUp();
      return new Promise(() => {});
    };
    const client = await restartable();
    const reply = client.submit(heartbeat('r1'));
    await until(() => fake.submitted.length === 1);
    await serving();
    expect(await reply).toMatchObject({ ok: true, revision: 1 });
    expect(fake.submitted.map((request) => request.requestId)).toEqual(['r1', 'r1']);
    expect(fake.entries).toHaveLength(1);
  });

  it('is reported as UNAVAILABLE when no owner may be started', async () => {
    const server = await serving();
    const client = await connected();
    shut(server);
    await until(() => !existsSync(statePaths(folder.path).socket) && server.connections === 0);
    await expect(client.submit(heartbeat('r1'))).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });
});

describe('watching', () => {
  async function take(entries: AsyncIterator<Entry>, count: number): Promise<number[]> {
    const revisions: number[] = [];
    while (revisions.length < count) {
      const { value, done } = await entries.next();
      if (done === true) break;
      revisions.push((value as Entry).revision);
    }
    return revisions;
  }

  it('gives what is there and what comes, in order', async () => {
    await serving();
    const client = await connected();
    fake.append();
    fake.append();
    const entries = client.watch(asRevision(1), new AbortController().signal)[Symbol.asyncIterator]();
    expect(await take(entries, 2)).toEqual([1, 2]);
    fake.append();
    expect(await take(entries, 1)).toEqual([3]);
    await entries.return?.();
  });

  it('resumes after the last entry when the owner changes', async () => {
    const first = await serving();
    const client = await restartable();
    fake.append();
    const entries = client.watch(asRevision(1), new AbortController().signal)[Symbol.asyncIterator]();
    expect(await take(entries, 1)).toEqual([1]);
    shut(first);
    fake.append();
    await serving();
    fake.append();
    expect(await take(entries, 2)).toEqual([2, 3]);
    await entries.return?.();
  });

  it('ends when the signal aborts', async () => {
    await serving();
    const client = await connected();
    const abort = new AbortController();
    const entries = client.watch(asRevision(1), abort.signal)[Symbol.asyncIterator]();
    const next = entries.next();
    abort.abort();
    expect(await next).toMatchObject({ done: true });
  });

  it('stops the stream on the owner when the reader leaves the loop', async () => {
    const server = await serving();
    const client = await connected();
    fake.append();
    let stopped = false;
    const watch = fake.watch.bind(fake);
    fake.watch = (from, signal) => {
      signal.addEventListener('abort', () => (stopped = true));
      return watch(from, signal);
    };
    for await (const entry of client.watch(asRevision(1), new AbortController().signal)) {
      expect(entry.revision).toBe(1);
      break;
    }
    await until(() => stopped);
    expect(server.connections).toBe(1);
  });
});

describe('a stream with faults', () => {
  let owner: Server;
  afterEach(() => owner.close());

  /** An owner that answers each watch with the next of the given series of revisions, then hangs up. */
  async function scripted(series: number[][]): Promise<void> {
    const paths = statePaths(folder.path);
    ensurePrivateDirectory(paths.directory);
    owner = createServer((socket: Socket) => {
      socket.write('{"op":"hello","protocol":1,"version":"1.0.0","pid":1}\n');
      socket.on('error', () => {});
      socket.on('data', (chunk: Buffer) => {
        const asked = /"id":(\d+),"op":"watch"/.exec(chunk.toString());
        if (asked === null) return;
        const lines = (series.shift() ?? []).map(
          (revision) => `{"id":${asked[1]},"item":{"revision":${revision}}}\n`,
        );
        socket.end(lines.join(''));
      });
    });
    await new Promise<void>((resolve) => owner.listen(socketAddress(paths), resolve));
  }

  it('drops what it has seen and asks again at a gap', async () => {
    await scripted([
      [1, 2],
      [1, 2, 3, 5],
      [4, 5],
    ]);
    const client = await restartable();
    const revisions: number[] = [];
    for await (const entry of client.watch(asRevision(1), new AbortController().signal)) {
      revisions.push(entry.revision);
      if (entry.revision === 5) break;
    }
    expect(revisions).toEqual([1, 2, 3, 4, 5]);
  });
});

describe('the version handshake', () => {
  const newer = { version: '1.1.0', startOwner: { file: process.execPath, args: ['-e', readyAtOnce] } };

  it('replaces an older owner that is idle', async () => {
    const leaving = { asked: false };
    const older: CoordinatorServer = await serving({
      version: '1.0.0',
      onStop: () => {
        leaving.asked = true;
        older.stopListening();
        void serving({ version: '1.1.0' }).then(() => older.hangUp());
      },
    });
    const client = await connected(newer);
    expect(leaving.asked).toBe(true);
    expect(older.connections).toBe(0);
    expect(await client.submit(heartbeat('r1'))).toMatchObject({ ok: true });
  });

  it('talks to an older owner that is busy', async () => {
    fake.isIdle = false;
    const older = await serving({ version: '1.0.0' });
    const client = await connected(newer);
    expect(await client.submit(heartbeat('r1'))).toMatchObject({ ok: true });
    expect(older.connections).toBe(1);
  });

  it.each(['1.0.0', '1.2.0'])('leaves an owner %s alone when it may not start another', async (version) => {
    const server = await serving({ version });
    await connected({ version: '1.1.0' });
    expect(server.connections).toBe(1);
  });

  it('leaves a newer owner alone', async () => {
    const server = await serving({ version: '1.2.0' });
    await connected(newer);
    expect(server.connections).toBe(1);
  });

  it.each([
    [0, /older and busy/],
    [2, /update this rhema/],
  ])('refuses an owner of protocol %d and says what to do', async (protocol, remedy) => {
    const paths = statePaths(folder.path);
    ensurePrivateDirectory(paths.directory);
    const owner = createServer((socket) => {
      socket.on('error', () => {});
      socket.write(`{"op":"hello","protocol":${protocol},"version":"9.0.0","pid":1}\n`);
    });
    await new Promise<void>((resolve) => owner.listen(paths.socket, resolve));
    await expect(connected()).rejects.toMatchObject({
      code: 'VERSION_MISMATCH',
      message: expect.stringMatching(remedy) as string,
    });
    owner.close();
  });
});

describe('reaching the owner', () => {
  it('fails with UNAVAILABLE when nobody is there and none may be started', async () => {
    await expect(connected()).rejects.toMatchObject({ code: 'UNAVAILABLE', retryable: false });
  });

  it('gives up when a stopped owner says nothing', async () => {
    const paths = statePaths(folder.path);
    ensurePrivateDirectory(paths.directory);
    const silent = createServer((socket) => socket.on('error', () => {}));
    await new Promise<void>((resolve) => silent.listen(paths.socket, resolve));
    await expect(connected({ callTimeoutMs: 30 })).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringContaining('said nothing') as string,
    });
    silent.close();
  });

  it('throws what the started owner says keeps it from running', async () => {
    const error = { code: 'DISABLED', message: 'switched off', retryable: false, details: {} };
    const script = `require('fs').writeSync(3, ${JSON.stringify(`${JSON.stringify({ error })}\n`)})`;
    await expect(
      connected({ startOwner: { file: process.execPath, args: ['-e', script] } }),
    ).rejects.toMatchObject({ code: 'DISABLED', message: 'switched off' });
  });

  it('names the log when the started owner dies unsaid', async () => {
    const startOwner = { file: process.execPath, args: ['-e', 'throw new Error("boom")'] };
    await expect(connected({ startOwner, callTimeoutMs: 500, backoffMs: () => 1_000 })).rejects.toMatchObject(
      {
        code: 'UNAVAILABLE',
        message: expect.stringContaining('coordinator.log') as string,
      },
    );
    expect(statSync(statePaths(folder.path).log).mode & 0o777).toBe(0o600);
  });

  it('says so when the owner cannot be started at all', async () => {
    const startOwner = { file: '/nonexistent/node', args: [] };
    await expect(connected({ startOwner })).rejects.toMatchObject({ code: 'UNAVAILABLE', retryable: false });
  });

  it('works in a folder whose path is longer than a socket may have', async () => {
    const deep = deepFolder(folder.path);
    servers.push(await serve(deep, fake));
    const client = await connected({ commonDir: deep });
    expect(await client.submit(heartbeat('r1'))).toMatchObject({ ok: true });
    expect(statSync(statePaths(deep).socket).isSocket()).toBe(true);
  });
});
