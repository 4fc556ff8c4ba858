import { connect, type Socket } from 'node:net';
import { once } from 'node:events';

export type RespReply = string | number | null | readonly RespReply[];

const lineEnd = '\r\n';

/** As much of the protocol of Redis as locks need, over its Unix socket: a command, and its reply in turn. */
export class RespConnection {
  readonly #socket: Socket;
  readonly #waiting: { resolve(reply: RespReply): void; reject(error: Error): void }[] = [];
  #unread = '';
  #failure: Error | null = null;
  /** Takes what was published on channels that this connection has subscribed to. */
  onMessage: () => void = () => {};

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => this.#read(text));
    socket.on('error', (error) => this.#fail(error));
    socket.on('close', () => this.#fail(new Error('the connection was lost')));
  }

  static async open(path: string): Promise<RespConnection> {
    const socket = connect(path);
    await once(socket, 'connect');
    return new RespConnection(socket);
  }

  /** Words of ASCII. Rejects once the connection is lost. */
  send(...words: readonly string[]): Promise<RespReply> {
    if (this.#failure !== null) return Promise.reject(this.#failure);
    let text = `*${words.length}${lineEnd}`;
    for (const word of words) text += `$${word.length}${lineEnd}${word}${lineEnd}`;
    this.#socket.write(text);
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  close(): void {
    this.#socket.destroy();
  }

  #read(text: string): void {
    this.#unread += text;
    let at = 0;
    for (let next = parse(this.#unread, at); next !== null; next = parse(this.#unread, at)) {
      at = next.end;
      this.#receive(next.reply);
    }
    this.#unread = this.#unread.slice(at);
  }

  #receive(reply: RespReply | Error): void {
    if (Array.isArray(reply) && reply[0] === 'message') return this.onMessage();
    const call = this.#waiting.shift();
    if (reply instanceof Error) call?.reject(reply);
    else call?.resolve(reply);
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const call of this.#waiting.splice(0)) call.reject(error);
  }
}

interface Parsed {
  readonly reply: RespReply | Error;
  readonly end: number;
}

/** The reply that begins at a place; null while it is not there as a whole. */
function parse(text: string, at: number): Parsed | null {
  const lineTo = text.indexOf(lineEnd, at);
  if (lineTo < 0) return null;
  const line = text.slice(at + 1, lineTo);
  const end = lineTo + lineEnd.length;
  switch (text[at]) {
    case '+':
      return { reply: line, end };
    case '-':
      return { reply: new Error(line), end };
    case ':':
      return { reply: Number(line), end };
    case '$':
      return parseText(text, end, Number(line));
    case '*':
      return parseList(text, end, Number(line));
    default:
      throw new Error(`not a reply of Redis: ${line}`);
  }
}

function parseText(text: string, at: number, length: number): Parsed | null {
  if (length < 0) return { reply: null, end: at };
  const end = at + length + lineEnd.length;
  return end > text.length ? null : { reply: text.slice(at, at + length), end };
}

function parseList(text: string, at: number, length: number): Parsed | null {
  const items: RespReply[] = [];
  let end = at;
  for (let index = 0; index < length; index += 1) {
    const item = parse(text, end);
    if (item === null) return null;
    if (item.reply instanceof Error) return item;
    items.push(item.reply);
    end = item.end;
  }
  return { reply: items, end };
}
