import { connect, type Socket } from 'node:net';
import { once } from 'node:events';

/** The kinds that this client looks at; of others it knows only where they end. */
const messages = { failure: 'E', complete: 'C', ready: 'Z' } as const;
const protocolVersion = 196_608;

/**
 * As much of the protocol of PostgreSQL as locks need, over its Unix socket: prepared statements with parameters of text,
 * one after the other, each a transaction of its own.
 */
export class PostgresConnection {
  readonly #socket: Socket;
  #unread: Buffer = Buffer.alloc(0);
  #call: { resolve(tag: string): void; reject(error: Error): void } | null = null;
  #tag = '';
  #error: Error | null = null;
  #failure: Error | null = null;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
    socket.on('error', (error) => this.#fail(error));
    socket.on('close', () => this.#fail(new Error('the connection was lost')));
  }

  static async open(path: string, user: string): Promise<PostgresConnection> {
    const socket = connect(path);
    await once(socket, 'connect');
    const connection = new PostgresConnection(socket);
    const parameters = ['user', user, 'database', 'postgres', ''].map(text);
    await connection.#ask(message('', int32(protocolVersion), ...parameters));
    return connection;
  }

  async prepare(name: string, sql: string): Promise<void> {
    await this.#ask(message('P', text(name), text(sql), int16(0)), message('S'));
  }

  /** Returns what was done, like `INSERT 0 1`. Rejects once the connection is lost. */
  execute(name: string, ...values: readonly string[]): Promise<string> {
    const parameters = values.map((value) =>
      Buffer.concat([int32(value.length), Buffer.from(value, 'latin1')]),
    );
    const bind = message('B', text(''), text(name), int16(0), int16(values.length), ...parameters, int16(0));
    return this.#ask(bind, message('E', text(''), int32(0)), message('S'));
  }

  close(): void {
    this.#socket.destroy();
  }

  #ask(...sent: readonly Buffer[]): Promise<string> {
    if (this.#failure !== null) return Promise.reject(this.#failure);
    this.#socket.write(Buffer.concat(sent));
    return new Promise((resolve, reject) => (this.#call = { resolve, reject }));
  }

  #read(chunk: Buffer): void {
    const bytes = this.#unread.length === 0 ? chunk : Buffer.concat([this.#unread, chunk]);
    let at = 0;
    while (bytes.length - at >= 5) {
      const end = at + 1 + bytes.readInt32BE(at + 1);
      if (end > bytes.length) break;
      this.#receive(String.fromCharCode(bytes[at] ?? 0), bytes.subarray(at + 5, end));
      at = end;
    }
    this.#unread = bytes.subarray(at);
  }

  #receive(kind: string, body: Buffer): void {
    if (kind === messages.complete) this.#tag = body.toString('latin1', 0, body.length - 1);
    else if (kind === messages.failure) this.#error = new Error(body.toString('utf8').replaceAll('\0', ' '));
    else if (kind === messages.ready) this.#settle();
  }

  #settle(): void {
    const [call, error] = [this.#call, this.#error];
    this.#call = this.#error = null;
    if (error === null) call?.resolve(this.#tag);
    else call?.reject(error);
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#error = error;
    this.#settle();
  }
}

/** A message with its kind, but the first of a connection has none. */
function message(kind: string, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from(kind, 'latin1'), int32(body.length + 4), body]);
}

function text(value: string): Buffer {
  return Buffer.from(`${value}\0`, 'latin1');
}

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}
