/** A client of MCP and the server process that it has started: both real, but in this process and without its clock. */
import { Client, InMemoryTransport, type CallToolResult } from '@modelcontextprotocol/client';
import type { Transport } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import type { SocketCoordinator } from '../../src/client/index.ts';
import { Call } from '../../src/cli/call.ts';
import { mcpPorts } from '../../src/cli/mcp/mcp-ports.ts';
import { createFace, createMcpServer, factsKey, type Face, type McpPorts } from '../../src/mcp/index.ts';
import type { Coordinator, Reply, TicketReply, TicketRequest } from '../../src/protocol/index.ts';
import { answerMaxMs } from '../../src/mcp/in-bounds.ts';
import { connectTo, isUnavailable } from './client-face.ts';
import { portsIn } from './shell.ts';
import { stageVersion, type Stage } from './stage.ts';

/** What a tool call came to. */
export interface ToolAnswer {
  readonly text: string;
  readonly isError: boolean;
  readonly facts: Readonly<Record<string, unknown>>;
}

export type CallTool = (
  name: string,
  args: Readonly<Record<string, unknown>>,
  signal?: AbortSignal,
) => Promise<ToolAnswer>;

/** The two ways in which clients open the conversation. */
export type Era = 'legacy' | 'modern';

/** Lengths that nothing else has, so that the server's timers can be told apart. */
const callWaitMs = 43_210;
const collectMs = 123_456;

/** Of timers that end a call: its wait, what it collects, and its bound with and without a wait. */
const callLengths = new Set([callWaitMs, collectMs, answerMaxMs, callWaitMs + answerMaxMs]);

/** What a call says that waits. */
export const callWaitSeconds = callWaitMs / 1_000;

const faceOptions = { waitMs: callWaitMs, collectMs };

/** A client's own limit must never end a call: the longest that a timer may have. */
const timeoutMs = 2 ** 31 - 1;

export class McpConnection {
  readonly #client: Client;
  readonly #face: Face;
  readonly #timers: HeldTimers;
  readonly #link: Link;

  private constructor(client: Client, face: Face, timers: HeldTimers, link: Link) {
    this.#client = client;
    this.#face = face;
    this.#timers = timers;
    this.#link = link;
  }

  static async open(stage: Stage, era: Era): Promise<McpConnection> {
    const timers = new HeldTimers();
    const link = new Link(await connectTo(stage));
    const face = await createFace(portsOf(stage, timers, link), faceOptions);
    const [clientEnd, serverEnd] = InMemoryTransport.createLinkedPair();
    const serverOptions = { version: stageVersion, face: () => Promise.resolve(face) };
    // The same interface, declared once for clients and once for servers.
    const transport = serverEnd as unknown as Transport;
    serveStdio(() => createMcpServer(serverOptions), { transport });
    const mode = era === 'legacy' ? 'legacy' : { pin: '2026-07-28' };
    const client = new Client({ name: 'walk', version: '1' }, { versionNegotiation: { mode } });
    await client.connect(clientEnd);
    return new McpConnection(client, face, timers, link);
  }

  call: CallTool = async (name, args, signal) => {
    const options = { timeout: timeoutMs, ...(signal === undefined ? {} : { signal }) };
    const result = (await this.#client.callTool({ name, arguments: { ...args } }, options)) as CallToolResult;
    const [content] = result.content;
    if (content?.type !== 'text') throw new Error(`${name} answered without text`);
    const facts = (result._meta?.[factsKey] ?? {}) as ToolAnswer['facts'];
    return { text: content.text, isError: result.isError ?? false, facts };
  };

  /** The text of a resource. */
  async read(uri: string): Promise<string> {
    const { contents } = await this.#client.readResource({ uri });
    const [content] = contents;
    if (content === undefined || !('text' in content)) throw new Error(`${uri} has no text`);
    return content.text;
  }

  /** Resolves when a call begins to wait. */
  nextWait(): Promise<void> {
    return this.#timers.nextWait();
  }

  /** The time of the call that waits is over. */
  endWait(): void {
    this.#timers.run((delayMs) => delayMs === callWaitMs);
  }

  /** The server renews what it keeps; the answer is the owner's, or null where it keeps nothing any more. */
  async beat(): Promise<Reply | null> {
    const reply = this.nextReply();
    const count = this.#timers.run((delayMs) => !callLengths.has(delayMs));
    return count > 0 ? reply : null;
  }

  /** What the owner answers to the next command of this server. */
  nextReply(): Promise<Reply> {
    return this.#link.nextReply();
  }

  /** Resolves when the server knows how the ticket ended that it watches. */
  ticketEnded(): Promise<unknown> {
    return this.#link.ticketEnd;
  }

  /** Both ends stop at once, as when the client's process is killed. */
  async close(): Promise<void> {
    this.#face.stop();
    await this.#client.close();
    await this.#link.close();
  }
}

/** The ports of the real process. */
function portsOf(stage: Stage, timers: HeldTimers, link: Link): McpPorts {
  const ports = portsIn(stage, () => Promise.resolve(link));
  const clock = { ...ports.clock, schedule: timers.after };
  return {
    ...mcpPorts(new Call({ ...ports, clock }, {}, ports.cwd)),
    report: (event, facts) => {
      throw new Error(`${event}: ${JSON.stringify(facts)}`);
    },
  };
}

interface Timer {
  readonly delayMs: number;
  readonly callback: () => void;
}

/** Timers that do not run by themselves. */
class HeldTimers {
  readonly #timers = new Set<Timer>();
  readonly #onWait = new Set<() => void>();

  readonly after = (delayMs: number, callback: () => void): (() => void) => {
    const timer = { delayMs, callback };
    this.#timers.add(timer);
    if (delayMs === callWaitMs) {
      for (const wake of this.#onWait) wake();
      this.#onWait.clear();
    }
    return () => void this.#timers.delete(timer);
  };

  nextWait(): Promise<void> {
    return new Promise((resolve) => void this.#onWait.add(resolve));
  }

  /** Runs the timers of these lengths; answers how many. */
  run(isMeant: (delayMs: number) => boolean): number {
    const meant = [...this.#timers].filter(({ delayMs }) => isMeant(delayMs));
    for (const timer of meant) {
      this.#timers.delete(timer);
      timer.callback();
    }
    return meant.length;
  }
}

/** The server's way to the owner, on which can be heard what has come back. */
class Link implements Coordinator {
  readonly #socket: SocketCoordinator;
  readonly #onReply = new Set<(reply: Reply) => void>();
  #closed = false;
  ticketEnd: Promise<unknown> = Promise.resolve();

  constructor(socket: SocketCoordinator) {
    this.#socket = socket;
  }

  readonly query: Coordinator['query'] = (query) => this.#socket.query(query);
  readonly watch: Coordinator['watch'] = (from, signal) => this.#socket.watch(from, signal);
  readonly refresh: Coordinator['refresh'] = () => this.#socket.refresh();

  readonly submit: Coordinator['submit'] = async (request) => {
    const reply = await this.#socket.submit(request);
    for (const wake of this.#onReply) wake(reply);
    this.#onReply.clear();
    return reply;
  };

  readonly awaitTicket: Coordinator['awaitTicket'] = (ticket, signal) => {
    const reply = this.#awaitTicket(ticket, signal);
    this.ticketEnd = reply.catch(() => undefined);
    return reply;
  };

  nextReply(): Promise<Reply> {
    return new Promise((resolve) => void this.#onReply.add(resolve));
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#socket.close();
  }

  /** Where the owner is another meanwhile, it is asked again, as by a client that may start one. */
  async #awaitTicket(ticket: TicketRequest, signal?: AbortSignal): Promise<TicketReply> {
    for (;;)
      try {
        return await this.#socket.awaitTicket(ticket, signal);
      } catch (error) {
        if (this.#closed || signal?.aborted === true || !isUnavailable(error)) throw error;
        await new Promise((resolve) => void setImmediate(resolve));
      }
  }
}
