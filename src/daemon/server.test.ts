import { createConnection, Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { socketAddress, statePaths } from '../client/index.ts';
import { LineSplitter, protocolNumber, requestLineBytesMax } from '../protocol/index.ts';
import { FakeCoordinator } from './testing/fake-coordinator.ts';
import { temporaryFolder } from '../client/testing/folder.ts';
import { serve, shut, type ServeOptions } from './testing/served.ts';
import type { CoordinatorServer } from './server.ts';

const hello = `{"op":"hello","protocol":${protocolNumber},"version":"1.0.0","pid":1}\n`;
const submit = (id: number, requestId = `r${id}`, agent = 'alice'): string =>
  `${JSON.stringify({
    id,
    op: 'submit',
    request: {
      requestId,
      command: {
        kind: 'SetAgentStatus',
        agent,
        epoch: 1,
        secret: 'ab'.repeat(16),
        status: 'blocked',
        reason: 'π',
      },
    },
  })}\n`;

const query = (id: number): string => `${JSON.stringify({ id, op: 'query', query: { kind: 'health' } })}\n`;

let folder: ReturnType<typeof temporaryFolder>;
let fake: FakeCoordinator;
let server: CoordinatorServer;
const peers: RawPeer[] = [];

beforeEach(async () => {
  folder = temporaryFolder();
  fake = new FakeCoordinator();
  server = await serve(folder.path, fake, { slowReaderMs: 20 });
});
afterEach(() => {
  for (const peer of peers.splice(0)) peer.socket.destroy();
  shut(server);
  folder.remove();
});

/** A client that says whatever the test wants and keeps what it hears. */
class RawPeer {
  readonly socket: Socket;
  readonly heard: Record<string, unknown>[] = [];
  isClosed = false;

  constructor() {
    this.socket = createConnection(socketAddress(statePaths(folder.path)));
    const splitter = new LineSplitter(1e9);
    this.socket.on('data', (chunk: Buffer) => {
      for (const line of splitter.push(chunk)) this.heard.push(JSON.parse(line) as Record<string, unknown>);
    });
    this.socket.on('error', () => {});
    this.socket.on('close', () => (this.isClosed = true));
    peers.push(this);
  }

  say(text: string | Buffer): void {
    this.socket.write(text);
  }

  /** What is said under a call's number. */
  answer(id: number): Record<string, unknown> | undefined {
    return this.heard.find((message) => message['id'] === id);
  }
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

it('says hello first, with its protocol, version and process', async () => {
  const peer = new RawPeer();
  await until(() => peer.heard.length > 0);
  expect(peer.heard[0]).toEqual({
    op: 'hello',
    protocol: protocolNumber,
    version: '1.0.0',
    pid: process.pid,
  });
});

it('reads a request that arrives byte by byte, characters split', async () => {
  const peer = new RawPeer();
  const bytes = Buffer.from(hello + submit(1));
  for (let index = 0; index < bytes.length; index += 1) {
    peer.say(bytes.subarray(index, index + 1));
    await new Promise((resolve) => setImmediate(resolve));
  }
  await until(() => peer.answer(1) !== undefined);
  expect(fake.submitted[0]?.command).toMatchObject({ reason: 'π' });
});

it('reads many requests that arrive at once and answers them in one write', async () => {
  const peer = new RawPeer();
  await until(() => peer.heard.length > 0);
  let chunks = 0;
  peer.socket.on('data', () => (chunks += 1));
  peer.say(hello + Array.from({ length: 64 }, (_, index) => submit(index + 1)).join(''));
  await until(() => peer.heard.length === 65);
  expect(chunks).toBe(1);
});

it('lets connections work side by side', async () => {
  const [first, second] = [new RawPeer(), new RawPeer()];
  first.say(hello + submit(1, 'a'));
  second.say(hello + submit(1, 'b'));
  await until(() => first.answer(1) !== undefined && second.answer(1) !== undefined);
  expect(fake.entries).toHaveLength(2);
});

it.each([
  ['nonsense', 'nonsense\n'],
  ['a message that is not an object', '[1,2]\n'],
  ['a call without hello whose number is unreadable', '{"id":-1,"op":"refresh"}\n'],
  ['bytes that are not text', Buffer.from([0xff, 0xfe, 0x00, 0x0a])],
  ['a line that never ends', Buffer.alloc(requestLineBytesMax + 1, 'x')],
])('refuses a connection that sends %s, and serves the others', async (_, garbage) => {
  const bad = new RawPeer();
  const good = new RawPeer();
  bad.say(garbage);
  await until(() => bad.isClosed);
  expect(bad.answer(0)).toMatchObject({ error: { code: 'INVALID_INPUT' } });
  good.say(hello + submit(1));
  await until(() => good.answer(1) !== undefined);
  expect(good.answer(1)).toMatchObject({ ok: { ok: true } });
});

it('answers an unknown operation and malformed input with an error, and goes on', async () => {
  const peer = new RawPeer();
  peer.say(hello + '{"id":1,"op":"explode"}\n' + submit(2, 'r', '../x') + submit(3));
  await until(() => peer.answer(3) !== undefined);
  expect(peer.answer(1)).toMatchObject({ error: { code: 'INVALID_INPUT', details: { path: 'op' } } });
  expect(peer.answer(2)).toMatchObject({ error: { details: { path: 'request.command.agent' } } });
  expect(peer.answer(3)).toMatchObject({ ok: { ok: true } });
});

it('wants a hello before the first call', async () => {
  const peer = new RawPeer();
  peer.say(submit(1));
  await until(() => peer.answer(1) !== undefined);
  expect(peer.answer(1)).toMatchObject({ error: { code: 'INVALID_INPUT' } });
});

it('lets a client of another protocol ask it to leave, and nothing else', async () => {
  fake.isIdle = false;
  const peer = new RawPeer();
  peer.say(
    hello.replace(`"protocol":${protocolNumber}`, '"protocol":9') +
      submit(1) +
      '{"id":2,"op":"stop","when":"idle"}\n',
  );
  await until(() => peer.answer(2) !== undefined);
  expect(peer.answer(1)).toMatchObject({ error: { code: 'VERSION_MISMATCH' } });
  expect(peer.answer(2)).toEqual({ id: 2, ok: { stopping: false } });
});

it('refuses a second call under a number that is under way', async () => {
  const peer = new RawPeer();
  const wait = '{"id":1,"op":"awaitTicket","ticket":{"agent":"alice","ticket":5}}\n';
  peer.say(hello + wait + wait);
  await until(() => peer.answer(1) !== undefined);
  expect(peer.answer(1)).toMatchObject({ error: { details: { path: 'id' } } });
  expect(fake.awaited).toHaveLength(1);
});

it('gives a cancelled wait up without an answer', async () => {
  const peer = new RawPeer();
  peer.say(`${hello}{"id":1,"op":"awaitTicket","ticket":{"agent":"alice","ticket":5}}\n`);
  await until(() => fake.awaited.length === 1);
  peer.say('{"op":"cancel","id":1}\n');
  await until(() => fake.awaited.length === 0);
  peer.say(submit(2));
  await until(() => peer.answer(2) !== undefined);
  expect(peer.answer(1)).toBeUndefined();
});

it('ignores the cancelling of a call it does not know', async () => {
  const peer = new RawPeer();
  peer.say(`${hello}{"op":"cancel","id":77}\n${submit(2)}`);
  await until(() => peer.answer(2) !== undefined);
});

it('gives the waits of a vanished client up', async () => {
  const peer = new RawPeer();
  peer.say(`${hello}{"id":1,"op":"awaitTicket","ticket":{"agent":"alice","ticket":5}}\n`);
  await until(() => fake.awaited.length === 1);
  peer.socket.destroy();
  await until(() => fake.awaited.length === 0 && server.connections === 0);
});

it('answers a bug in the coordinator with INTERNAL', async () => {
  fake.beforeAnswer = () => Promise.reject(new TypeError('x is undefined'));
  const peer = new RawPeer();
  peer.say(hello + submit(1));
  await until(() => peer.answer(1) !== undefined);
  expect(peer.answer(1)).toMatchObject({ error: { code: 'INTERNAL', retryable: false } });
});

/** How many streams have ended so far. */
function countStopped(): () => number {
  let stopped = 0;
  const watch = fake.watch.bind(fake);
  fake.watch = async function* (from, signal) {
    try {
      yield* watch(from, signal);
    } finally {
      stopped += 1;
    }
  };
  return () => stopped;
}

it('drops the stream of a slow reader with the reason, once it reads again', async () => {
  for (let index = 0; index < 20_000; index += 1) fake.append();
  const peer = new RawPeer();
  await until(() => peer.heard.length === 1);
  peer.socket.pause();
  const stopped = countStopped();
  peer.say(`${hello}{"id":1,"op":"watch","fromRevision":1}\n`);
  await until(() => stopped() === 1);
  peer.socket.resume();
  await until(() => peer.heard.some((message) => 'error' in message));
  expect(peer.heard.at(-1)).toMatchObject({ id: 1, error: { code: 'SLOW_READER', retryable: true } });
  expect(peer.heard.length).toBeLessThan(20_000);
});

describe('the listeners of one connection', () => {
  const warnings: string[] = [];
  const note = ({ name }: Error): number => warnings.push(name);
  beforeEach(() => {
    warnings.length = 0;
    process.on('warning', note);
  });
  afterEach(() => process.off('warning', note));

  it('do not grow with the nonsense that it says, of which only the first is answered', async () => {
    const peer = new RawPeer();
    peer.say('nonsense\n'.repeat(100));
    await until(() => peer.isClosed);
    expect(peer.heard.filter((message) => 'error' in message)).toHaveLength(1);
    expect(warnings).toEqual([]);
  });

  it('do not grow with the streams on it that wait for their reader', async () => {
    for (let index = 0; index < 2_000; index += 1) fake.append();
    const peer = new RawPeer();
    await until(() => peer.heard.length === 1);
    peer.socket.pause();
    const stopped = countStopped();
    const ids = Array.from({ length: 40 }, (_, index) => index + 1);
    peer.say(hello + ids.map((id) => `{"id":${id},"op":"watch","fromRevision":1}\n`).join(''));
    const failed = (): unknown[] => peer.heard.filter((message) => 'error' in message);
    await until(() => stopped() === ids.length);
    peer.socket.resume();
    await until(() => failed().length === ids.length);
    expect(warnings).toEqual([]);
  });
});

it('stays when asked to leave if idle while a call is under way', async () => {
  let answer: () => void = () => {};
  fake.beforeAnswer = () => new Promise((resolve) => (answer = resolve));
  const peer = new RawPeer();
  peer.say(hello + submit(1) + '{"id":2,"op":"stop","when":"idle"}\n');
  await until(() => peer.answer(2) !== undefined);
  expect(peer.answer(2)).toEqual({ id: 2, ok: { stopping: false } });
  answer();
});

it('leaves when asked while idle, and at any rate when told to', async () => {
  const peer = new RawPeer();
  peer.say(`${hello}{"id":1,"op":"stop","when":"idle"}\n`);
  await until(() => peer.isClosed);
  expect(peer.answer(1)).toEqual({ id: 1, ok: { stopping: true } });
});

it('hangs up on a client that reads nothing, and refuses what others ask, once it leaves', async () => {
  const [deaf, other] = [new RawPeer(), new RawPeer()];
  await until(() => deaf.heard.length > 0 && other.heard.length > 0);
  other.say(hello);
  deaf.socket.pause();
  // More than the system takes for somebody who does not read.
  fake.answerBytes = 20_000;
  deaf.say(hello + Array.from({ length: 200 }, (_, index) => query(index + 1)).join(''));
  await until(() => fake.queries === 200);
  server.stopListening();
  other.say(query(1));
  await until(() => other.answer(1) !== undefined);
  expect(other.answer(1)).toMatchObject({ error: { code: 'UNAVAILABLE', retryable: true } });
  server.hangUp();
  await until(() => server.connections === 0);
});

describe('who may be connected', () => {
  const serveAnew = async (options: ServeOptions): Promise<void> => {
    shut(server);
    server = await serve(folder.path, fake, options);
  };

  it('whoever says no hello is hung up on, whoever has said it stays', async () => {
    await serveAnew({ greetingMaxMs: 20 });
    const [silent, polite] = [new RawPeer(), new RawPeer()];
    polite.say(hello);
    await until(() => silent.isClosed);
    expect(polite.isClosed).toBe(false);
    expect(server.connections).toBe(1);
  });

  it('one too many is told why it is turned away, and makes room for the next', async () => {
    await serveAnew({ connectionsMax: 1 });
    const first = new RawPeer();
    await until(() => first.heard.length > 0);
    const second = new RawPeer();
    await until(() => second.isClosed);
    expect(second.answer(0)).toMatchObject({
      error: {
        code: 'UNAVAILABLE',
        retryable: true,
        message: expect.stringContaining('ulimit -n') as string,
      },
    });
    first.socket.destroy();
    await until(() => server.connections === 0);
    const third = new RawPeer();
    third.say(hello + query(1));
    await until(() => third.answer(1) !== undefined);
  });

  it('that nobody can be let in is told, and ends the listening instead of the process', async () => {
    const listen = vi.spyOn(Server.prototype, 'listen');
    onTestFinished(() => listen.mockRestore());
    const failures: string[] = [];
    await serveAnew({ onFailure: ({ message }) => failures.push(message) });
    const [listening] = listen.mock.contexts as Server[];
    // As Node tells of it where the system cannot accept a connection.
    listening?.emit('error', new Error('accept ENFILE'));
    expect([failures, listening?.listening]).toEqual([['accept ENFILE'], false]);
  });
});
