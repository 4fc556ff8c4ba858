import type { Readable, Writable } from 'node:stream';
import type { JSONRPCMessage, Transport } from '@modelcontextprotocol/server';
import { isJSONRPCNotification, isJSONRPCRequest, isJSONRPCResponse } from '@modelcontextprotocol/server';
import { BoundedLines } from './bounded-lines.ts';

/** Longest message that is read, in bytes. The largest honest one names 64 scopes. */
export const messageBytesMax = 1_048_576;

const parseError = -32_700;
const invalidRequest = -32_600;

type MessageId = string | number | null;

/**
 * Messages as lines on two streams. Unlike the SDK's own transport it answers what is no message, and outlives a line
 * that is too long: a client must learn of its mistake, and its other agents must not lose their server by it.
 */
export class LineTransport implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: (message: JSONRPCMessage) => void;
  readonly #input: Readable;
  readonly #output: Writable;
  readonly #lines = new BoundedLines(messageBytesMax);
  /** Resolves when the client is gone, or the transport was closed. */
  readonly ended: Promise<void>;
  #resolveEnded: () => void = () => undefined;
  #closed = false;

  constructor(input: Readable, output: Writable) {
    this.#input = input;
    this.#output = output;
    this.ended = new Promise((resolve) => (this.#resolveEnded = resolve));
  }

  async start(): Promise<void> {
    this.#input.on('data', this.#receive);
    for (const event of ['end', 'close', 'error']) this.#input.on(event, this.#end);
    // Nobody reads any more: the client is gone.
    this.#output.on('error', this.#end);
  }

  send(message: JSONRPCMessage): Promise<void> {
    this.#write(message);
    return Promise.resolve();
  }

  async close(): Promise<void> {
    this.#end();
  }

  readonly #end = (): void => {
    if (this.#closed) return;
    this.#closed = true;
    this.#input.off('data', this.#receive);
    this.#input.pause();
    this.#resolveEnded();
    this.onclose?.();
  };

  readonly #receive = (chunk: Buffer): void => {
    for (const line of this.#lines.push(chunk)) {
      if (this.#closed) return;
      if (line.kind === 'tooLong')
        this.#refuse(line.id, invalidRequest, `the message is longer than ${messageBytesMax} bytes`);
      else if (line.text.trim() !== '') this.#accept(line.text);
    }
  };

  #accept(text: string): void {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      return this.#refuse(null, parseError, 'the message is not JSON');
    }
    if (isJSONRPCRequest(value) || isJSONRPCNotification(value) || isJSONRPCResponse(value))
      this.onmessage?.(value);
    else this.#refuse(idIn(value), invalidRequest, 'the message is no JSON-RPC 2.0 request or notification');
  }

  #refuse(id: MessageId, code: number, message: string): void {
    this.onerror?.(new Error(message));
    this.#write({ jsonrpc: '2.0', id, error: { code, message } });
  }

  #write(message: unknown): void {
    if (!this.#closed) this.#output.write(`${JSON.stringify(message)}\n`);
  }
}

/** The id of a value that is otherwise no message, so that its sender hears of it. */
function idIn(value: unknown): MessageId {
  if (typeof value !== 'object' || value === null || !('id' in value)) return null;
  return typeof value.id === 'string' || typeof value.id === 'number' ? value.id : null;
}
