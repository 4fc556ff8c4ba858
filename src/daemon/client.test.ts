import { existsSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ensurePrivateDirectory, socketAddress, statePaths } from '../client/index.ts';
import { temporaryFolder } from '../client/testing/folder.ts';
import { asRevision, type AgentId, type Entry, type Ticket } from '../core/index.ts';
import { protocolNumber, type CommandRequest } from '../protocol/index.ts';
import { shut } from './testing/served.ts';
import { heartbeat, Stage, until } from './testing/stage.ts';

const agent = 'alice' as AgentId;
const ticket = { agent, ticket: 5 as Ticket };

let folder: ReturnType<typeof temporaryFolder>;
let stage: Stage;
beforeEach(() => {
  folder = temporaryFolder();
  stage = new Stage(folder.path);
});
afterEach(async () => {
  vi.useRealTimers();
  await stage.end();
  folder.remove();
});

describe('calls', () => {
  it('answers many calls at once, each with its own answer', async () => {
    await stage.serving();
    const client = await stage.connected();
    const replies = await Promise.all(
      Array.from({ length: 100 }, (_, index) => client.submit(heartbeat(`r${index}`))),
    );
    expect(replies.map((reply) => reply.revision)).toEqual(
      Array.from({ length: 100 }, (_, index) => index + 1),
    );
  });

  it('answers a later call while an earlier one waits', async () => {
    await stage.serving();
    const client = await stage.connected();
    const waiting = client.awaitTicket(ticket);
    await until(() => stage.fake.awaited.length === 1);
    expect(await client.submit(heartbeat('r1'))).toMatchObject({ ok: true, revision: 1 });
    stage.fake.grant(5);
    expect(await waiting).toMatchObject({ kind: 'granted', revision: 1 });
  });

  it('passes queries and refreshes on', async () => {
    await stage.serving();
    const client = await stage.connected();
    expect(await client.query({ kind: 'scopes' })).toMatchObject({ asked: { kind: 'scopes' } });
    expect(await client.refresh()).toMatchObject({ accepted: true });
  });

  it('reports malformed input with its path, and goes on', async () => {
    await stage.serving();
    const client = await stage.connected();
    const request = { requestId: 'r', command: { ...heartbeat('r').command, agent: '../x' } };
    await expect(client.submit(request as CommandRequest)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      details: { path: 'request.command.agent' },
    });
    expect(await client.submit(heartbeat('r1'))).toMatchObject({ ok: true });
  });

  it('refuses a request beyond the line length without sending it', async () => {
    await stage.serving();
    const client = await stage.connected();
    await expect(client.submit(heartbeat('x'.repeat(1_100_000)))).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    });
    expect(stage.fake.submitted).toEqual([]);
  });

  it('fails with DEADLINE_EXCEEDED when the answer does not come in time', async () => {
    await stage.serving();
    stage.fake.beforeAnswer = () => new Promise(() => {});
    const client = await stage.connected({ callTimeoutMs: 60_000 });
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'hrtime'] });
    const reply = expect(client.submit(heartbeat('r1'))).rejects.toMatchObject({
      code: 'DEADLINE_EXCEEDED',
      retryable: true,
    });
    await until(() => stage.fake.submitted.length === 1);
    // In steps: to whoever asks whether it is still there, the owner answers.
    for (let second = 1; second <= 60; second += 1) {
      vi.advanceTimersByTime(1_000);
      for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    }
    await reply;
  });

  it('fails with CLOSED after close, and so do calls under way', async () => {
    await stage.serving();
    const client = await stage.connected();
    const waiting = client.awaitTicket(ticket);
    const failed = expect(waiting).rejects.toMatchObject({ code: 'CLOSED' });
    await until(() => stage.fake.awaited.length === 1);
    await client.close();
    await failed;
    await expect(client.submit(heartbeat('r1'))).rejects.toMatchObject({ code: 'CLOSED' });
  });
});

describe('waiting', () => {
  it('gives the wait up on the owner when the signal aborts', async () => {
    await stage.serving();
    const client = await stage.connected();
    const abort = new AbortController();
    const waiting = client.awaitTicket(ticket, abort.signal);
    await until(() => stage.fake.awaited.length === 1);
    abort.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    await until(() => stage.fake.awaited.length === 0);
  });

  it('is given up when the client vanishes', async () => {
    const server = await stage.serving();
    const client = await stage.connected();
    client.awaitTicket(ticket).catch(() => {});
    await until(() => stage.fake.awaited.length === 1);
    await client.close();
    await until(() => stage.fake.awaited.length === 0 && server.connections === 0);
  });

  it('is asked again of the next owner', async () => {
    const first = await stage.serving();
    const client = await stage.restartable();
    const waiting = client.awaitTicket(ticket);
    await until(() => stage.fake.awaited.length === 1);
    shut(first);
    await until(() => stage.fake.awaited.length === 0);
    await stage.serving();
    await until(() => stage.fake.awaited.length === 1);
    stage.fake.grant(5);
    expect(await waiting).toMatchObject({ kind: 'granted' });
  });
});

describe('a connection that dies in mid-call', () => {
  it('leads to the same request id being sent again, so that the first answer comes back', async () => {
    const first = await stage.serving();
    stage.fake.beforeAnswer = () => {
      stage.fake.beforeAnswer = () => Promise.resolve();
      first.stopListening();
      first.hangUp();
      return new Promise(() => {});
    };
    const client = await stage.restartable();
    const reply = client.submit(heartbeat('r1'));
    await until(() => stage.fake.submitted.length === 1);
    await stage.serving();
    expect(await reply).toMatchObject({ ok: true, revision: 1 });
    expect(stage.fake.submitted.map((request) => request.requestId)).toEqual(['r1', 'r1']);
    expect(stage.fake.entries).toHaveLength(1);
  });

  it('is reported as UNAVAILABLE when no owner may be started', async () => {
    const server = await stage.serving();
    const client = await stage.connected();
    shut(server);
    await until(() => !existsSync(statePaths(stage.commonDir).socket) && server.connections === 0);
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
    await stage.serving();
    const client = await stage.connected();
    stage.fake.append();
    stage.fake.append();
    const entries = client.watch(asRevision(1), new AbortController().signal)[Symbol.asyncIterator]();
    expect(await take(entries, 2)).toEqual([1, 2]);
    stage.fake.append();
    expect(await take(entries, 1)).toEqual([3]);
    await entries.return?.();
  });

  it('resumes after the last entry when the owner changes', async () => {
    const first = await stage.serving();
    const client = await stage.restartable();
    stage.fake.append();
    const entries = client.watch(asRevision(1), new AbortController().signal)[Symbol.asyncIterator]();
    expect(await take(entries, 1)).toEqual([1]);
    shut(first);
    stage.fake.append();
    await stage.serving();
    stage.fake.append();
    expect(await take(entries, 2)).toEqual([2, 3]);
    await entries.return?.();
  });

  it('ends when the signal aborts', async () => {
    await stage.serving();
    const client = await stage.connected();
    const abort = new AbortController();
    const entries = client.watch(asRevision(1), abort.signal)[Symbol.asyncIterator]();
    const next = entries.next();
    abort.abort();
    expect(await next).toMatchObject({ done: true });
  });

  it('stops the stream on the owner when the reader leaves the loop', async () => {
    const server = await stage.serving();
    const client = await stage.connected();
    stage.fake.append();
    let stopped = false;
    const watch = stage.fake.watch.bind(stage.fake);
    stage.fake.watch = (from, signal) => {
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
    const paths = statePaths(stage.commonDir);
    ensurePrivateDirectory(paths.directory);
    owner = createServer((socket: Socket) => {
      socket.write(`{"op":"hello","protocol":${protocolNumber},"version":"1.0.0","pid":1}\n`);
      socket.on('error', () => {});
      socket.on('data', (chunk: Buffer) => {
        const asked = /"id":(\d+),"op":"watch"/.exec(chunk.toString());
        // The client may ask once more before it sees that this connection has ended.
        if (asked === null || !socket.writable) return;
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
    const client = await stage.restartable();
    const revisions: number[] = [];
    for await (const entry of client.watch(asRevision(1), new AbortController().signal)) {
      revisions.push(entry.revision);
      if (entry.revision === 5) break;
    }
    expect(revisions).toEqual([1, 2, 3, 4, 5]);
  });
});
