import { createConnection, type Socket } from 'node:net';
import { until } from './until.ts';

type Message = Readonly<Record<string, unknown>>;

/** Whoever reaches the owner's socket without being a client of ours. */
export class RawPeer {
  readonly heard: Message[] = [];
  readonly #socket: Socket;
  #text = '';
  #isClosed = false;

  constructor(path: string) {
    this.#socket = createConnection(path);
    this.#socket.setEncoding('utf8').on('data', (text) => this.#hear(String(text)));
    // The owner may hang up on us while we still write.
    this.#socket.on('error', () => {});
    this.#socket.on('close', () => (this.#isClosed = true));
  }

  say(bytes: string | Uint8Array): void {
    this.#socket.write(bytes);
  }

  /** What is answered under a call's number. */
  answer(id: number): Promise<Message> {
    return until(`an answer under ${id}`, () => this.heard.find((message) => message['id'] === id));
  }

  async closed(): Promise<void> {
    await until('the owner hangs up', () => this.#isClosed);
  }

  end(): void {
    this.#socket.destroy();
  }

  #hear(text: string): void {
    const lines = (this.#text + text).split('\n');
    this.#text = lines.pop() ?? '';
    for (const line of lines) this.heard.push(JSON.parse(line) as Message);
  }
}
