import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { lingerMs, LineTransport, messageBytesMax } from './line-transport.ts';

interface Wire {
  readonly input: PassThrough;
  readonly transport: LineTransport;
  /** Methods of the messages that came through. */
  readonly received: string[];
  /** What was answered, one value a line. */
  readonly answers: () => unknown[];
  /** Lets the time pass that the transport waits for. */
  readonly pass: () => void;
  /** How long it wanted to wait, in milliseconds. */
  readonly delays: readonly number[];
}

async function openWire(): Promise<Wire> {
  const [input, output] = [new PassThrough(), new PassThrough()];
  let text = '';
  output.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')));
  const delays: number[] = [];
  const transport = new LineTransport(input, output, (delayMs, callback) => {
    delays.push(delayMs);
    later = callback;
    return () => undefined;
  });
  let later = (): void => undefined;
  const received: string[] = [];
  transport.onmessage = (message) => received.push('method' in message ? message.method : 'response');
  await transport.start();
  const answers = (): unknown[] =>
    text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as unknown);
  return { input, transport, received, answers, pass: () => later(), delays };
}

/** Lets what was written arrive. */
const quiet = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

const request = (id: unknown, method = 'ping'): string =>
  `${JSON.stringify({ jsonrpc: '2.0', id, method })}\n`;

it('messages come through whole, however the stream is cut', async () => {
  const { input, received } = await openWire();
  const bytes = Buffer.from(request(1, 'eins/ä') + request(2, 'zwei'));
  for (const byte of bytes) input.write(Buffer.from([byte]));
  await quiet();
  expect(received).toEqual(['eins/ä', 'zwei']);
});

it('what is not JSON is answered, and what follows comes through', async () => {
  const { input, received, answers } = await openWire();
  input.write(`{"jsonrpc":\n\n${request(2)}`);
  await quiet();
  expect(answers()).toEqual([
    { jsonrpc: '2.0', id: null, error: { code: -32_700, message: 'the message is not JSON' } },
  ]);
  expect(received).toEqual(['ping']);
});

it.each([
  ['42', null],
  ['{"id":7,"method":"ping"}', 7],
  ['{"jsonrpc":"2.0","id":"x"}', 'x'],
  ['[{"jsonrpc":"2.0","id":1,"method":"ping"}]', null],
  ['{"jsonrpc":"2.0","id":{},"method":"ping"}', null],
])('JSON that is no message is refused to its sender: %s', async (line, id) => {
  const { input, received, answers } = await openWire();
  input.write(`${line}\n${request(2)}`);
  await quiet();
  expect(answers()).toMatchObject([{ id, error: { code: -32_600 } }]);
  expect(received).toEqual(['ping']);
});

it.each([
  ['first', (fill: string) => `{"jsonrpc":"2.0","id":7,"method":"ping","params":{"fill":"${fill}"}}`, 7],
  ['last', (fill: string) => `{"method":"ping","params":{"fill":"${fill}"},"jsonrpc":"2.0","id":"x"}`, 'x'],
  ['inside', (fill: string) => `{"method":"ping","params":{"fill":"${fill}","id":8}}`, null],
])('a message that is too long is refused, by its id where that stands %s', async (_, make, id) => {
  const { input, received, answers } = await openWire();
  input.write(`${make('x'.repeat(messageBytesMax))}\n${request(2)}`);
  await quiet();
  expect(answers()).toEqual([
    { jsonrpc: '2.0', id, error: { code: -32_600, message: 'the message is longer than 1048576 bytes' } },
  ]);
  expect(received).toEqual(['ping']);
});

it('a message of exactly the longest length comes through, one byte more does not', async () => {
  const { input, received } = await openWire();
  const rest = request(1).trimEnd().length - 'ping'.length;
  for (const bytes of [messageBytesMax, messageBytesMax + 1])
    input.write(request(1, 'x'.repeat(bytes - rest)));
  await quiet();
  expect(received.map((method) => method.length)).toEqual([messageBytesMax - rest]);
});

it.each(['end', 'destroy'] as const)('the transport closes once when its input is over (%s)', async (how) => {
  const { input, transport } = await openWire();
  let closed = 0;
  transport.onclose = () => (closed += 1);
  input[how]();
  await transport.ended;
  await transport.close();
  expect(closed).toBe(1);
});

it('a reader that goes away closes the transport', async () => {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const transport = new LineTransport(input, output, () => () => undefined);
  await transport.start();
  output.destroy(new Error('EPIPE'));
  await transport.ended;
  await transport.send({ jsonrpc: '2.0', method: 'late' });
});

it('what was asked before the input was over is answered', async () => {
  const { input, transport, answers, delays } = await openWire();
  input.end(request(1) + request(2));
  await quiet();
  for (const id of [1, 2]) await transport.send({ jsonrpc: '2.0', id, result: {} });
  await transport.ended;
  expect(answers()).toMatchObject([{ id: 1 }, { id: 2 }]);
  expect(delays).toEqual([lingerMs]);
});

it('a last message without an end of its own is answered, too', async () => {
  const { input, transport, received } = await openWire();
  input.end(request(1).trimEnd());
  await quiet();
  expect(received).toEqual(['ping']);
  await transport.send({ jsonrpc: '2.0', id: 1, result: {} });
  await transport.ended;
});

it('an answer that takes long is not waited for when the input is over, nor one that was cancelled', async () => {
  const slow = await openWire();
  slow.input.end(request(1));
  await quiet();
  slow.pass();
  await slow.transport.ended;
  const cancelled = await openWire();
  const cancel = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } };
  cancelled.input.end(`${request(1)}${JSON.stringify(cancel)}\n`);
  await cancelled.transport.ended;
  expect(cancelled.delays).toEqual([]);
});

it('what hides in the words of an error is shown as an escape', async () => {
  const { transport, answers } = await openWire();
  const error = { code: -32602, message: 'Tool lock\u202e_\u0430cquire not found' };
  await transport.send({ jsonrpc: '2.0', id: 1, error });
  expect(answers()).toEqual([
    { jsonrpc: '2.0', id: 1, error: { ...error, message: 'Tool lock\\u202e_\\u0430cquire not found' } },
  ]);
});

it('lines of an error stay lines', async () => {
  const { transport, answers } = await openWire();
  const error = { code: -32603, message: 'nobody answers\nNext: ask your user' };
  await transport.send({ jsonrpc: '2.0', id: 1, error });
  expect(answers()).toEqual([{ jsonrpc: '2.0', id: 1, error }]);
});
