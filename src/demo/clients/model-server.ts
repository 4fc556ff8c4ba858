import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { anthropicMessages } from './anthropic-messages.ts';
import type { ModelApi } from './model-api.ts';
import { geminiContent } from './gemini-content.ts';
import { openaiChat } from './openai-chat.ts';
import { openaiResponses } from './openai-responses.ts';
import type { Move, Script, ToolResult } from './script.ts';

const apis: readonly ModelApi[] = [anthropicMessages, openaiResponses, openaiChat, geminiContent];
const bodyBytesMax = 16 * 1024 * 1024;

/** Plays models on loopback: each client has a path of its own, and behind it a script of its own. */
export class ModelServer {
  readonly #scripts = new Map<string, Script>();
  readonly #heard = new Map<string, readonly ToolResult[]>();
  readonly #server: Server;
  #moves = 0;

  private constructor() {
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch((error: unknown) => {
        response.destroy(error instanceof Error ? error : new Error(String(error)));
      });
    });
  }

  static async start(): Promise<ModelServer> {
    const models = new ModelServer();
    await new Promise<void>((resolve) => models.#server.listen(0, '127.0.0.1', resolve));
    return models;
  }

  /** Where the client of this name finds its model. */
  play(name: string, script: Script): string {
    this.#scripts.set(name, script);
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}/${name}`;
  }

  /** What the tools have answered to a client so far, as its model was shown it. */
  heardBy(name: string): readonly ToolResult[] {
    return this.#heard.get(name) ?? [];
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    const name = path.split('/')[1] ?? '';
    const api = apis.find((known) => path.endsWith(known.path));
    const script = this.#scripts.get(name);
    if (request.method !== 'POST' || api === undefined || script === undefined) {
      response.writeHead(404).end();
      return;
    }
    const body: unknown = JSON.parse(await textOf(request));
    const move = api.hasTools(body) ? await this.#moveOf(name, script, api, body) : aside;
    this.#moves += 1;
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const event of api.eventsOf(move, this.#moves, body))
      response.write(
        `${event.type === undefined ? '' : `event: ${event.type}\n`}data: ${JSON.stringify(event)}\n\n`,
      );
    response.end();
  }

  async #moveOf(name: string, script: Script, api: ModelApi, body: unknown): Promise<Move> {
    const results = api.resultsIn(body);
    this.#heard.set(name, results);
    return script(results, api.lastWordIn(body));
  }
}

const aside: Move = { kind: 'say', text: 'ok' };

async function textOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > bodyBytesMax) throw new Error('the conversation is too long');
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}
