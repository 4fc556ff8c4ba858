import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { cliMain, type Whereabouts } from './owner.ts';

/** What a tool has answered. */
export interface ToolAnswer {
  readonly text: string;
  readonly isError: boolean;
}

interface Message {
  readonly id?: number;
  readonly result?: {
    readonly content?: readonly { readonly text?: string }[];
    readonly isError?: boolean;
  };
  readonly error?: { readonly code: number; readonly message: string };
}

type Waiting = { readonly resolve: (message: Message) => void; readonly reject: (error: Error) => void };

/**
 * A `rhema mcp` of one's own, spoken to as coding agents do: by lines of JSON on its standard input and output. It ends
 * with the process that started it.
 */
export class McpServer {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, Waiting>();
  #calls = 0;

  private constructor({ worktree, served }: Whereabouts) {
    const remote = served === null ? {} : { RHEMA_SERVER: served.url, RHEMA_TOKEN_FILE: served.tokenFile };
    this.#child = spawn(process.execPath, [cliMain, '-C', worktree, 'mcp'], {
      env: { ...process.env, ...remote },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    if (this.#child.stdout !== null)
      createInterface({ input: this.#child.stdout }).on('line', (line) =>
        this.#hear(JSON.parse(line) as Message),
      );
    this.#child.once('close', (code) => this.#fail(new Error(`rhema mcp ended with ${code ?? 'a signal'}`)));
    this.#child.once('error', (error) => this.#fail(error));
  }

  static async start(whereabouts: Whereabouts): Promise<McpServer> {
    const server = new McpServer(whereabouts);
    await server.#request('initialize', {
      protocolVersion: '2025-11-25',
      capabilities: {},
      clientInfo: { name: 'rhema-demo', version: '1' },
    });
    server.#send({ method: 'notifications/initialized' });
    return server;
  }

  async call(tool: string, args: Readonly<Record<string, unknown>>): Promise<ToolAnswer> {
    const { result } = await this.#request('tools/call', { name: tool, arguments: args });
    const text = (result?.content ?? []).map((part) => part.text ?? '').join('\n');
    return { text, isError: result?.isError === true };
  }

  stop(): void {
    this.#child.stdin?.end();
  }

  #request(method: string, params: object): Promise<Message> {
    this.#calls += 1;
    const id = this.#calls;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#send({ id, method, params });
    });
  }

  #send(message: object): void {
    this.#child.stdin?.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  }

  /** Notifications and requests of the server are not for us. */
  #hear(message: Message): void {
    const waiting = this.#waiting.get(message.id ?? 0);
    if (waiting === undefined || (message.result === undefined && message.error === undefined)) return;
    this.#waiting.delete(message.id ?? 0);
    const { error } = message;
    if (error === undefined) waiting.resolve(message);
    else waiting.reject(new Error(`${error.code}: ${error.message}`));
  }

  #fail(error: Error): void {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}
