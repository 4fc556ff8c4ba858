import { createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { asRevision, type AgentId } from '../core/index.ts';
import { protocolNumber } from '../protocol/index.ts';
import { ManualTime, type Time } from '../time/index.ts';
import { openConnection, type Connection } from './connection.ts';
import { SocketCoordinator } from './coordinator.ts';
import { ensurePrivateDirectory, statePaths } from './paths.ts';
import { silenceMaxMs, stillSilentMs, streamBeatMs } from './pulse.ts';
import { temporaryFolder } from './testing/folder.ts';

const pid = 4_711;
const hello = `${JSON.stringify({ op: 'hello', protocol: protocolNumber, version: '1.0.0', pid })}\n`;
const request = {
  requestId: 'r1',
  command: { kind: 'Heartbeat', agent: 'alice' as AgentId, epoch: asRevision(1), secret: 'ab'.repeat(16) },
} as const;

let folder: ReturnType<typeof temporaryFolder>;
let server: Server;
let accept: (socket: Socket) => void;
const sockets: Socket[] = [];
beforeEach(async () => {
  folder = temporaryFolder();
  ensurePrivateDirectory(statePaths(folder.path).directory);
  accept = (socket) => void socket.write(hello);
  server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    accept(socket);
  });
  server.listen(statePaths(folder.path).socket);
  await once(server, 'listening');
});
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  server.close();
  folder.remove();
});

const open = (options: { timeoutMs?: number; signal?: AbortSignal; time?: Time } = {}): Promise<Connection> =>
  openConnection(statePaths(folder.path).socket, '1.0.0', {
    timeoutMs: 60_000,
    ownerPid: () => pid,
    ...options,
  });

it.each([
  ['no message', 'HTTP/1.1 400 Bad Request\r\n'],
  ['an answer to nothing', '{"id":1,"ok":{}}\n'],
])('whoever greets with %s is called no coordinator, with the place that it has', async (_title, said) => {
  accept = (socket) => void socket.write(said);
  await expect(open()).rejects.toMatchObject({
    code: 'UNAVAILABLE',
    retryable: false,
    message: expect.stringContaining(
      `what answers at ${statePaths(folder.path).socket} does not speak`,
    ) as string,
  });
  accept = (socket) =>
    void socket.write('{"id":0,"error":{"code":"NEW","message":"m","retryable":false,"details":{}}}\n');
  await expect(open()).rejects.toMatchObject({ code: 'INTERNAL', message: 'NEW: m' });
});

it.each([
  ['a wait without a bound', null],
  ['a call with a longer bound of its own', 30_000],
])('%s ends, and names the process, when the owner falls silent', async (_title, timeoutMs) => {
  const time = new ManualTime();
  const connection = await open({ time });
  const ticket = { agent: 'alice' as AgentId, ticket: asRevision(1) };
  const waited = connection.call('awaitTicket', { ticket }, { timeoutMs });
  time.advance(silenceMaxMs);
  await expect(waited).rejects.toMatchObject({
    code: 'UNAVAILABLE',
    retryable: true,
    message: expect.stringMatching(
      /\(pid 4711\) has said nothing for 6 s.*kill -CONT 4711.*daemon stop/,
    ) as string,
  });
  expect(connection.isOpen).toBe(false);
});

it('a stream is beaten for less often, and ends as well', async () => {
  const time = new ManualTime();
  const connection = await open({ time });
  const options = { timeoutMs: null, onItem: () => {} };
  const watched = connection.call('watch', { fromRevision: asRevision(1) }, options);
  time.advance(silenceMaxMs);
  expect(connection.isOpen).toBe(true);
  time.advance(4 * streamBeatMs - silenceMaxMs);
  await expect(watched).rejects.toThrow(/has said nothing for 15 s/);
});

it('who takes the connection but says nothing is named, too', async () => {
  accept = () => {};
  await expect(open({ timeoutMs: 20 })).rejects.toThrow(/\(pid 4711\) has said nothing/);
});

it('an owner that says nothing from the beginning is not waited for longer than one that falls silent', async () => {
  const time = new ManualTime();
  accept = () => {};
  const opened = expect(open({ time })).rejects.toThrow(/has said nothing for 8 s/);
  await once(server, 'connection');
  time.advance(silenceMaxMs);
  await opened;
});

describe('an owner that says nothing', () => {
  /** How often it was tried to reach it until the call was given up, each time for as long as one waits for a hello. */
  async function triesOf(call: (coordinator: SocketCoordinator) => Promise<unknown>): Promise<number> {
    const time = new ManualTime();
    let tries = 0;
    accept = () => {
      tries += 1;
      setImmediate(() => {
        time.advance(silenceMaxMs);
        setImmediate(() => time.advance(1));
      });
    };
    const backoffMs = (): number => 1;
    const options = { commonDir: folder.path, version: '1.0.0', startOwner: null, backoffMs, time };
    const coordinator = new SocketCoordinator(options);
    await expect(call(coordinator)).rejects.toThrow('said nothing');
    await coordinator.close();
    return tries;
  }

  it('is not asked once more for an answer', async () => {
    expect(await triesOf((coordinator) => coordinator.submit(request))).toBe(1);
    expect(await triesOf((coordinator) => coordinator.query({ kind: 'health' }))).toBe(1);
  });

  it('is asked only shortly by who has just waited for it, and as long as ever a while later', async () => {
    const time = new ManualTime();
    const coordinator = new SocketCoordinator({
      commonDir: folder.path,
      version: '1.0.0',
      startOwner: null,
      time,
    });
    accept = () => {};
    const asked = async (waitedMs: number): Promise<string> => {
      const answer = coordinator.query({ kind: 'health' }).then(String, String);
      const count = sockets.length;
      while (sockets.length === count) await new Promise((resolve) => setImmediate(resolve));
      time.advance(waitedMs);
      return answer;
    };
    expect(await asked(silenceMaxMs)).toMatch('has said nothing for 8 s');
    expect(await asked(stillSilentMs)).toMatch('has said nothing for 9 s');
    time.advance(60_000);
    expect(await asked(silenceMaxMs)).toMatch('has said nothing for 8 s');
    await coordinator.close();
  });

  it('is asked again by who has come to wait', async () => {
    const ticket = { agent: 'alice' as AgentId, ticket: asRevision(1) };
    expect(await triesOf((coordinator) => coordinator.awaitTicket(ticket))).toBeGreaterThan(2);
  });
});

it('a connection that is being opened is given up when its caller has closed', async () => {
  accept = () => {};
  const closing = new AbortController();
  const opened = open({ signal: closing.signal });
  await once(server, 'connection');
  closing.abort(new Error('closed'));
  await expect(opened).rejects.toThrow('closed');
});

it('a coordinator that is closed while it looks for an owner ends at once', async () => {
  accept = () => {};
  const coordinator = new SocketCoordinator({ commonDir: folder.path, version: '1.0.0', startOwner: null });
  const asked = coordinator.query({ kind: 'health' });
  await once(server, 'connection');
  await coordinator.close();
  await expect(asked).rejects.toMatchObject({ code: 'CLOSED' });
});

/** Answers the first submit on each connection with the next of these; `null` hangs up instead. */
function answering(...answers: (object | null)[]): void {
  accept = (socket) => {
    socket.write(hello);
    socket.on('data', (chunk: Buffer) => {
      const line = chunk
        .toString()
        .split('\n')
        .find((text) => text.includes('"submit"'));
      if (line === undefined) return;
      const answer = answers.shift();
      if (answer === null || answer === undefined) return void socket.destroy();
      const { id } = JSON.parse(line) as { id: number };
      socket.write(`${JSON.stringify({ id, error: answer })}\n`);
    });
  };
}

const full = {
  code: 'STORE_FAILURE',
  message: 'the disk is full; nothing was written',
  retryable: false,
  details: { outcome: 'nothing' },
};

async function submitted(): Promise<unknown> {
  const coordinator = new SocketCoordinator({
    commonDir: folder.path,
    version: '1.0.0',
    startOwner: null,
    backoffMs: () => 0,
  });
  try {
    return await coordinator.submit(request).catch((error: unknown) => error);
  } finally {
    await coordinator.close();
  }
}

it('a request of which nothing was written is told as that', async () => {
  answering(full);
  expect(await submitted()).toMatchObject({ code: 'STORE_FAILURE', message: full.message });
});

it('after a try without an answer no later failure says that nothing was written', async () => {
  answering(null, full);
  expect(await submitted()).toMatchObject({
    code: 'STORE_FAILURE',
    message: expect.stringMatching(/^the disk is full; the request may still have taken effect/) as string,
    details: { outcome: 'unknown' },
  });
});

it('a wait ends beside an owner that fails again and again', async () => {
  accept = (socket) => {
    socket.write(hello);
    socket.on('data', (chunk: Buffer) => {
      for (const [, id] of chunk.toString().matchAll(/"id":(\d+),"op":"awaitTicket"/g)) {
        const error = {
          code: 'UNAVAILABLE',
          message: 'the log could not be written',
          retryable: true,
          details: {},
        };
        socket.write(`${JSON.stringify({ id: Number(id), error })}\n`);
      }
    });
  };
  const coordinator = new SocketCoordinator({
    commonDir: folder.path,
    version: '1.0.0',
    startOwner: null,
    callTimeoutMs: 200,
    backoffMs: () => 20,
  });
  const ticket = { agent: 'alice' as AgentId, ticket: asRevision(1) };
  await expect(coordinator.awaitTicket(ticket)).rejects.toThrow('the log could not be written');
  await coordinator.close();
});
