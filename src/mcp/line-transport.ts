import type { Readable, Writable } from 'node:stream';
import type { JSONRPCMessage, Transport } from '@modelcontextprotocol/server';
import { isJSONRPCNotification, isJSONRPCRequest, isJSONRPCResponse } from '@modelcontextprotocol/server';
import { escapeUnclear } from '../core/index.ts';
import type { Timers } from '../time/index.ts';
import { BoundedLines, type Line } from './bounded-lines.ts';
import { withCallersErrors } from './callers-errors.ts';

/** Longest message that is read, in bytes. The largest honest one names 64 scopes. */
export const messageBytesMax = 1_048_576;

const parseError = -32_700;
const invalidRequest = -32_600;

type RequestId = string | number;

/** How long the answers to what was asked are waited for when the input is over, in milliseconds. */
export const lingerMs = 1_000;

/**
 * Messages as lines on two streams. Unlike the SDK's own transport it answers what is no message, and outlives a line
 * that is too long: a client must learn of its mistake, and its other agents must not lose their server by it. When the
 * input is over, what was asked before is answered, if that does not take long: a script may send its questions at once.
 */
export class LineTransport implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: (message: JSONRPCMessage) => void;
  readonly #input: Readable;
  readonly #output: Writable;
  readonly #schedule: Timers['schedule'];
  readonly #lines = new BoundedLines(messageBytesMax);
  /** Parameters of the requests that are not answered yet. */
  readonly #asked = new Map<RequestId, unknown>();
  #inputIsOver = false;
  /** Resolves when the client is gone, or the transport was closed. */
  readonly ended: Promise<void>;
  #resolveEnded: () => void = () => undefined;
  #closed = false;

  constructor(input: Readable, output: Writable, schedule: Timers['schedule']) {
    this.#input = input;
    this.#output = output;
    this.#schedule = schedule;
    this.ended = new Promise((resolve) => (this.#resolveEnded = resolve));
  }

  async start(): Promise<void> {
    this.#input.on('data', this.#receive);
    this.#input.on('end', this.#endWhenAnswered);
    this.#input.on('error', this.#end);
    this.#input.on('close', () => this.#inputIsOver || this.#end());
    // Nobody reads any more: the client is gone.
    this.#output.on('error', this.#end);
  }

  send(message: JSONRPCMessage): Promise<void> {
    if ('method' in message || message.id === undefined) this.#write(message);
    else {
      this.#write(withVisibleError(withCallersErrors(message, this.#asked.get(message.id))));
      this.#settle(message.id);
    }
    return Promise.resolve();
  }

  async close(): Promise<void> {
    this.#end();
  }

  readonly #endWhenAnswered = (): void => {
    this.#take(this.#lines.end());
    this.#inputIsOver = true;
    if (this.#asked.size === 0) this.#end();
    else this.#schedule(lingerMs, this.#end);
  };

  #settle(id: RequestId): void {
    this.#asked.delete(id);
    if (this.#inputIsOver && this.#asked.size === 0) this.#end();
  }

  readonly #end = (): void => {
    if (this.#closed) return;
    this.#closed = true;
    this.#input.off('data', this.#receive);
    this.#input.pause();
    this.#resolveEnded();
    this.onclose?.();
  };

  readonly #receive = (chunk: Buffer): void => this.#take(this.#lines.push(chunk));

  #take(lines: readonly Line[]): void {
    for (const line of lines) {
      if (this.#closed) return;
      if (line.kind === 'tooLong')
        this.#refuse(line.id, invalidRequest, `the message is longer than ${messageBytesMax} bytes`);
      else if (line.text.trim() !== '') this.#accept(line.text);
    }
  }

  #accept(text: string): void {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      return this.#refuse(null, parseError, 'the message is not JSON');
    }
    if (isJSONRPCRequest(value)) this.#asked.set(value.id, value.params);
    if (isCancellation(value)) this.#asked.delete(value.params.requestId);
    if (isJSONRPCRequest(value) || isJSONRPCNotification(value) || isJSONRPCResponse(value))
      this.onmessage?.(value);
    else this.#refuse(idIn(value), invalidRequest, 'the message is no JSON-RPC 2.0 request or notification');
  }

  #refuse(id: RequestId | null, code: number, message: string): void {
    this.onerror?.(new Error(message));
    this.#write({ jsonrpc: '2.0', id, error: { code, message } });
  }

  #write(message: unknown): void {
    if (!this.#closed) this.#output.write(`${JSON.stringify(message)}\n`);
  }
}

/** A request that is cancelled is not answered. */
function isCancellation(value: unknown): value is { readonly params: { readonly requestId: RequestId } } {
  return (
    isJSONRPCNotification(value) &&
    value.method === 'notifications/cancelled' &&
    value.params?.['requestId'] !== undefined
  );
}

/** The SDK repeats names as they came, of tools that there are not, say: what hides in them must not reach a model. */
function withVisibleError(message: JSONRPCMessage): JSONRPCMessage {
  if (!('error' in message)) return message;
  // Line by line: our own failures say what to do next on a line of its own.
  const lines = message.error.message.split('\n').map((line) => escapeUnclear(line));
  return { ...message, error: { ...message.error, message: lines.join('\n') } };
}

/** The id of a value that is otherwise no message, so that its sender hears of it. */
function idIn(value: unknown): RequestId | null {
  if (typeof value !== 'object' || value === null || !('id' in value)) return null;
  return typeof value.id === 'string' || typeof value.id === 'number' ? value.id : null;
}
