import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { processFile } from '../harness/paths.ts';
import { linesIn, requestBytes } from './echo-lines.ts';
import type { Engine } from './engine.ts';
import { ServerProcess } from './server-process.ts';

/** No lock service: what Node's sockets take of the time, and what they and a sync take together. */
export const echo = echoEngine('Node echo', () => []);
export const syncedEcho = echoEngine('Node echo with a synced append', (folder) => [
  join(folder, 'echo.log'),
]);

function echoEngine(name: string, more: (folder: string) => readonly string[]): Engine {
  return {
    name,
    start: async (folder) => {
      const [socket, logFile] = [join(folder, 'socket'), join(folder, 'log')];
      const command = [process.execPath, processFile('echo-server'), socket, ...more(folder)] as const;
      const server = new ServerProcess(command, { logFile });
      const connections = [await server.reached(() => EchoConnection.open(socket))];
      return {
        connect: async () => {
          const connection = await EchoConnection.open(socket);
          connections.push(connection);
          return { acquire: () => connection.ask(), release: () => connection.ask() };
        },
        stop: async () => {
          for (const connection of connections) connection.close();
          await server.end();
        },
      };
    },
  };
}

const request = `${'q'.repeat(requestBytes - 1)}\n`;

export class EchoConnection {
  readonly #socket: Socket;
  readonly #waiting: { resolve(): void; reject(error: Error): void }[] = [];
  #failure: Error | null = null;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => {
      for (const call of this.#waiting.splice(0, linesIn(chunk))) call.resolve();
    });
    socket.on('error', (error) => this.#fail(error));
    socket.on('close', () => this.#fail(new Error('the connection was lost')));
  }

  static async open(path: string): Promise<EchoConnection> {
    const socket = connect(path);
    await once(socket, 'connect');
    return new EchoConnection(socket);
  }

  /** Rejects once the connection is lost. */
  ask(): Promise<void> {
    if (this.#failure !== null) return Promise.reject(this.#failure);
    this.#socket.write(request);
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  close(): void {
    this.#socket.destroy();
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const call of this.#waiting.splice(0)) call.reject(error);
  }
}
