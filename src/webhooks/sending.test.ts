import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { afterEach, expect, it } from 'vitest';
import { ManualTime, systemTime } from '../time/index.ts';
import { newWebhookSecret, testMessage } from './message.ts';
import { sendOver, type Answer } from './sending.ts';

const secret = newWebhookSecret();
let server: Server | null = null;
afterEach(
  () =>
    new Promise<void>((resolve) => {
      server?.closeAllConnections();
      if (server === null) resolve();
      else server.close(() => resolve());
    }),
);

async function listening(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<string> {
  const made = createServer(answer);
  server = made;
  await new Promise<void>((resolve) => made.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(made.address() as AddressInfo).port}/hook?key=1`;
}

const never = new AbortController().signal;
const message = testMessage('chat', Date.now());
const sendTo = (url: string, time = systemTime): Promise<Answer> =>
  sendOver(fetch, time, 'rhema/1')({ url, secrets: [secret] }, message, never);

interface Awaited<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
}

function awaited<T>(): Awaited<T> {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((settle) => (resolve = settle));
  return { promise, resolve };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const part of request.setEncoding('utf8')) text += String(part);
  return text;
}

it('arrives as it was signed', async () => {
  const got = awaited<{ request: IncomingMessage; body: string }>();
  const url = await listening((request, response) => {
    void bodyOf(request).then((body) => got.resolve({ request, body }));
    response.writeHead(202, { 'retry-after': '7' }).end('thank you');
  });
  expect(await sendTo(url)).toMatchObject({ status: 202, problem: null, waitMs: 7_000, text: 'thank you' });
  const { request, body } = await got.promise;
  expect(request).toMatchObject({ method: 'POST', url: '/hook?key=1' });
  expect(request.headers).toMatchObject({ 'content-type': 'application/json', 'user-agent': 'rhema/1' });
  expect(new Webhook(secret).verify(body, request.headers as Record<string, string>)).toMatchObject({
    type: 'webhook.test',
    revision: null,
    data: { webhook: 'chat' },
  });
});

it('does not go where it is sent on to', async () => {
  let calls = 0;
  const url = await listening((_request, response) => {
    calls += 1;
    response.writeHead(307, { location: '/elsewhere' }).end();
  });
  expect(await sendTo(url)).toMatchObject({ status: 307 });
  expect(calls).toBe(1);
});

it('reads the beginning of an answer that never ends', async () => {
  const url = await listening((_request, response) => {
    response.writeHead(200);
    const write = (): void => {
      while (!response.destroyed && response.write('x'.repeat(1_000)));
    };
    response.on('drain', write);
    write();
  });
  expect((await sendTo(url)).text).toHaveLength(4_096);
});

it('counts what was answered before the connection broke', async () => {
  const url = await listening((_request, response) => {
    response.writeHead(200, { 'content-length': '100' });
    response.write('half', () => response.destroy());
  });
  expect(await sendTo(url)).toMatchObject({ status: 200, problem: null });
});

it('waits 15 s for an answer', async () => {
  const time = new ManualTime();
  const reached = awaited<void>();
  const url = await listening(() => reached.resolve());
  const answer = sendTo(url, time);
  await reached.promise;
  time.advance(14_999);
  expect(time.size).toBe(1);
  time.advance(1);
  expect(await answer).toMatchObject({ status: null, problem: 'TIMED_OUT', tookMs: 15_000 });
});

it('says in a word why there is no answer', async () => {
  const url = await listening(() => undefined);
  await new Promise<void>((resolve) => server?.close(() => resolve()));
  server = null;
  expect(await sendTo(url)).toMatchObject({ status: null, problem: 'ECONNREFUSED', text: '' });
  const failing = (error: unknown): Promise<Answer> =>
    sendOver(async () => Promise.reject(error as Error), systemTime, 'rhema/1')(
      { url, secrets: [secret] },
      message,
      never,
    );
  const worded = new TypeError('x', { cause: { code: 'to https://hidden' } });
  expect(await failing(worded)).toMatchObject({ status: null, problem: 'NO_ANSWER' });
});
