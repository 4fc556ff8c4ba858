import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { Client, type CallToolResult } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { factsKey } from '../../../src/mcp/index.ts';
import { cliMain } from '../../withstand/support/paths.ts';
import type { Sandbox } from '../../withstand/support/sandbox.ts';
import { until } from '../../withstand/support/until.ts';

export type Era = 'legacy' | 'modern';
export const eras: readonly Era[] = ['legacy', 'modern'];

/** What a tool call came to. */
export interface Told {
  readonly text: string;
  readonly isError: boolean;
  readonly facts: Readonly<Record<string, unknown>>;
}

/** A client of the SDK, with `rhema mcp` as a process of its own. */
export class McpClient {
  readonly client: Client;
  readonly #transport: StdioClientTransport;

  private constructor(client: Client, transport: StdioClientTransport) {
    this.client = client;
    this.#transport = transport;
  }

  static async start(sandbox: Sandbox, era: Era = 'modern', ...words: readonly string[]): Promise<McpClient> {
    const transport = new StdioClientTransport({
      command: process.execPath,
      args: [cliMain, 'mcp', ...words],
      cwd: sandbox.worktree,
      env: definedOnly(sandbox.env),
      stderr: 'pipe',
    });
    const mode = era === 'legacy' ? 'legacy' : { pin: '2026-07-28' };
    const client = new Client({ name: 'test-client', version: '1' }, { versionNegotiation: { mode } });
    await client.connect(transport);
    return new McpClient(client, transport);
  }

  /** Of the server. */
  get pid(): number {
    const { pid } = this.#transport;
    if (pid === null) throw new Error('the server has ended');
    return pid;
  }

  async call(
    name: string,
    args: Readonly<Record<string, unknown>>,
    options: { readonly signal?: AbortSignal } = {},
  ): Promise<Told> {
    const result = (await this.client.callTool({ name, arguments: { ...args } }, options)) as CallToolResult;
    const [content] = result.content;
    if (content?.type !== 'text') throw new Error('a tool answered without text');
    const facts = (result._meta?.[factsKey] ?? {}) as Told['facts'];
    return { text: content.text, isError: result.isError ?? false, facts };
  }

  /** Takes part, and fails when that is refused. */
  async join(agent: string, more: Readonly<Record<string, unknown>> = {}): Promise<Told> {
    const told = await this.call('agent_join', { agent, ...more });
    if (told.isError) throw new Error(told.text);
    return told;
  }

  acquire(agent: string, scope: string, more: Readonly<Record<string, unknown>> = {}): Promise<Told> {
    return this.call('lock_acquire', { agent, scopes: [scope], ...more });
  }

  /** Ends the server without a word, as a crash would. */
  kill(): void {
    process.kill(this.pid, 'SIGKILL');
  }

  close(): Promise<void> {
    return this.client.close();
  }
}

/** `rhema mcp`, spoken to in lines. */
export class RawServer {
  readonly child: ChildProcessWithoutNullStreams;
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  stdout = '';
  stderr = '';

  constructor(sandbox: Sandbox, ...words: readonly string[]) {
    this.child = spawn(process.execPath, [cliMain, 'mcp', ...words], {
      cwd: sandbox.worktree,
      env: sandbox.env,
    });
    this.child.stdout.setEncoding('utf8').on('data', (text: string) => (this.stdout += text));
    this.child.stderr.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
    this.child.stdin.on('error', () => undefined);
    this.ended = new Promise((resolve) => {
      this.child.once('close', (code, signal) => resolve({ code, signal }));
    });
  }

  send(line: string): void {
    this.child.stdin.write(`${line}\n`);
  }

  request(id: number | string, method: string, params: object = {}): void {
    this.send(JSON.stringify({ jsonrpc: '2.0', id, method, params }));
  }

  /** The answer to a request, which is waited for. */
  answer(id: number | string | null): Promise<Readonly<Record<string, unknown>>> {
    return until(`an answer to ${String(id)}`, () =>
      this.messages().find((message) => message['id'] === id && !('method' in message)),
    );
  }

  /** Everything said so far. Throws when a line is no JSON: standard output carries the protocol only. */
  messages(): Readonly<Record<string, unknown>>[] {
    const whole = this.stdout.slice(0, this.stdout.lastIndexOf('\n') + 1);
    return whole
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
  }

  /** Opens the conversation as clients did until 2025. */
  async initialize(protocolVersion = '2025-06-18'): Promise<Readonly<Record<string, unknown>>> {
    const clientInfo = { name: 'raw', version: '1' };
    this.request('init', 'initialize', { protocolVersion, capabilities: {}, clientInfo });
    const answer = await this.answer('init');
    this.send(JSON.stringify({ jsonrpc: '2.0', method: 'notifications/initialized' }));
    return answer;
  }

  /** Calls a tool, and answers the text of its result. */
  async tool(id: number, name: string, args: object): Promise<string> {
    this.request(id, 'tools/call', { name, arguments: args });
    const { result } = (await this.answer(id)) as { result: { content: { text: string }[] } };
    return result.content[0]?.text ?? '';
  }
}

function definedOnly(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
