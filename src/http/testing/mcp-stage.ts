/** For tests of MCP over HTTP: clients of the SDK in both eras, on an app in front of a real service, whose time a test moves. */
import { Client, StreamableHTTPClientTransport, type CallToolResult } from '@modelcontextprotocol/client';
import { defaultSettings, nameOf, parseScopePath, type Entry, type Settings } from '../../core/index.ts';
import {
  defaultMcpLimits,
  factsKey,
  openMcpHttp,
  type McpHttp,
  type McpHttpLimits,
  type TroubleFacts,
  type Workspace,
} from '../../mcp/index.ts';
import { MemorySessions, type SessionKeeping } from '../../participant/index.ts';
import { loadRequestParsers, type Coordinator } from '../../protocol/index.ts';
import { ManualTime } from '../../time/index.ts';
import { noTracing } from '../../observe/index.ts';
import type { HttpApp } from '../app.ts';
import { defaultLimits, type Limits } from '../ports.ts';
import { openStage, type Stage } from '../testing.ts';

export type Era = 'legacy' | 'modern';
export const eras: readonly Era[] = ['legacy', 'modern'];

/** What a tool call came to. */
export interface Told {
  readonly text: string;
  readonly isError: boolean;
  readonly facts: Readonly<Record<string, unknown>>;
}

export const handleOf = ({ facts }: Told): string => String(facts['handle']);

const limits: McpHttpLimits = { ...defaultMcpLimits, bodyBytesMax: defaultLimits.bodyBytesMax };
const url = 'http://localhost:7421/mcp';

/** What the server keeps on disk: it outlives the server. */
type Kept = Map<string, SessionKeeping>;

export class McpStage {
  readonly stage: Stage;
  readonly time: ManualTime;
  readonly #kept: Kept;
  /** What the server's log would have. */
  readonly troubles: readonly TroubleFacts[];
  #requests = 0;

  private constructor(stage: Stage, time: ManualTime, kept: Kept, troubles: readonly TroubleFacts[] = []) {
    this.troubles = troubles;
    this.stage = stage;
    this.time = time;
    this.#kept = kept;
  }

  static async open(
    changed: Partial<McpHttpLimits> = {},
    settings: Partial<Settings> = {},
    http: Limits = defaultLimits,
  ): Promise<McpStage> {
    // Loaded beforehand: no manual time waits for a module.
    await loadRequestParsers();
    const time = new ManualTime();
    const kept: Kept = new Map();
    const troubles: TroubleFacts[] = [];
    const mcp = await openServer(time, kept, { ...limits, ...changed }, troubles);
    const stage = await openStage({ mcp, limits: http }, time);
    const configured = { ...defaultSettings, maxLocksPerAgent: 4, ...settings };
    await stage.service.submitInternal({ kind: 'Configure', by: 'service', settings: configured });
    return new McpStage(stage, time, kept, troubles);
  }

  get app(): HttpApp {
    return this.stage.app;
  }

  get tokens(): Stage['tokens'] {
    return this.stage.tokens;
  }

  async connect(era: Era, token: string): Promise<McpClient> {
    return McpClient.connect(this, era, token);
  }

  /** The server is killed, and another one serves the same log, and what was kept on disk. */
  async restart(): Promise<McpStage> {
    const mcp = await openServer(this.time, this.#kept, limits);
    return new McpStage(await this.stage.served({ mcp }), this.time, this.#kept);
  }

  fetch(init: RequestInit, token: string): Promise<Response> {
    const headers = new Headers(init.headers);
    headers.set('host', 'localhost:7421');
    headers.set('authorization', `Bearer ${token}`);
    headers.set('x-request-id', `mcp-${(this.#requests += 1)}`);
    return Promise.resolve(this.stage.app.fetch(new Request(url, { ...init, headers }), {}));
  }

  /** Lets time pass, in steps in which everything that is due takes its course. */
  async pass(ms: number): Promise<void> {
    const stepMs = ms <= 5_000 ? 250 : 1_000;
    for (let left = ms; left > 0; left -= stepMs) {
      await quiet();
      this.time.advance(Math.min(stepMs, left));
    }
    await quiet();
  }

  async held(): Promise<readonly string[]> {
    const { locks } = await this.stage.service.query({ kind: 'status', at: null });
    return locks.map((lock) => `${lock.agent} ${nameOf(lock)}`).sort();
  }

  async presence(name: string): Promise<string | undefined> {
    const { agents } = await this.stage.service.query({ kind: 'status', at: null });
    return agents.find(({ agent }) => agent === name)?.presence;
  }

  async entries(): Promise<readonly Entry[]> {
    const query = { kind: 'history', filter: {}, limit: 10_000, before: null } as const;
    return (await this.stage.service.query(query)).entries.toReversed();
  }
}

function openServer(
  time: ManualTime,
  kept: Kept,
  changed: McpHttpLimits,
  troubles: TroubleFacts[] = [],
): Promise<McpHttp> {
  let secrets = 0;
  return openMcpHttp({
    version: '1.2.3',
    time,
    tracing: noTracing,
    options: { waitMs: 45_000, collectMs: 120_000 },
    limits: changed,
    newRequestId: () => crypto.randomUUID(),
    newSecret: () => `${(secrets += 1)}${crypto.randomUUID().replaceAll('-', '')}`.padStart(64, '0'),
    report: (_, facts) => void troubles.push(facts),
    workspace: async (coordinator, token) => workspaceOf(coordinator, sessionsOf(kept, token)),
  });
}

function sessionsOf(kept: Kept, token: string): SessionKeeping {
  const known = kept.get(token);
  if (known !== undefined) return known;
  const files = new MemorySessions();
  const sessions: SessionKeeping = {
    read: (agent) => files.read(agent),
    write: (session) => files.write(session),
    forget: (agent) => files.forget(agent),
    occupy: async () => ({ kind: 'ours' }),
    take: async () => undefined,
    occupant: async () => null,
    release: async () => undefined,
  };
  kept.set(token, sessions);
  return sessions;
}

function workspaceOf(coordinator: Coordinator, sessions: SessionKeeping): Workspace {
  const notHere = (): never => {
    throw new Error('nothing here is asked for files');
  };
  return {
    coordinator,
    sessions,
    about: {},
    scopePath: async (text) => parseScopePath(text),
    filePath: async (text) => (text === 'a bug' ? notHere() : parseScopePath(text)),
    changedSince: async () => null,
    syncBlocked: async () => null,
    liesAt: async () => 'nothing',
    nearestPath: () => Promise.resolve(null),
    filesThere: async () => [],
    digestOf: notHere,
    contexts: {
      files: notHere,
      overForeign: notHere,
      mustHaveEntries: notHere,
      change: notHere,
      known: async () => 'nothing is known',
    },
  };
}

/** What a client's requests go through. */
interface Line {
  breaking: AbortController | null;
}

/** What the server answers until the line breaks; then both sides see that. */
async function throughLine(line: Line, stage: McpStage, init: RequestInit, token: string): Promise<Response> {
  const { breaking } = line;
  if (breaking === null) return stage.fetch(init, token);
  const { signal } = breaking;
  const broken = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error('the connection broke')), { once: true });
  });
  const asked = stage.fetch({ ...init, signal }, token);
  const response = await Promise.race([asked, broken]);
  const [body] = [response.body?.getReader()];
  const given = new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      const read = await Promise.race([body?.read(), broken]).catch(async (error: unknown) => {
        await body?.cancel();
        throw error;
      });
      if (read === undefined || read.done) controller.close();
      else controller.enqueue(read.value);
    },
  });
  return new Response(given, response);
}

/** A client of the SDK. It listens only when a test says so. */
export class McpClient {
  readonly #stage: McpStage;
  readonly #token: string;
  readonly #client: Client;
  readonly #transport: StreamableHTTPClientTransport;
  readonly #line: Line;
  #stop: (() => Promise<void>) | null = null;

  private constructor(
    stage: McpStage,
    token: string,
    client: Client,
    transport: StreamableHTTPClientTransport,
    line: Line,
  ) {
    this.#line = line;
    this.#stage = stage;
    this.#token = token;
    this.#client = client;
    this.#transport = transport;
  }

  static async connect(stage: McpStage, era: Era, token: string): Promise<McpClient> {
    const line: Line = { breaking: null };
    const fetch = async (_: unknown, init: RequestInit = {}): Promise<Response> =>
      init.method === 'GET' ? new Response(null, { status: 405 }) : throughLine(line, stage, init, token);
    const mode = era === 'legacy' ? 'legacy' : { pin: '2026-07-28' };
    const client = new Client({ name: 'test-client', version: '1' }, { versionNegotiation: { mode } });
    const transport = new StreamableHTTPClientTransport(new URL(url), { fetch });
    await client.connect(transport);
    return new McpClient(stage, token, client, transport, line);
  }

  get sessionId(): string | undefined {
    return this.#transport.sessionId;
  }

  async call(
    name: string,
    args: Readonly<Record<string, unknown>>,
    options: { readonly signal?: AbortSignal } = {},
  ): Promise<Told> {
    const result = (await this.#client.callTool({ name, arguments: { ...args } }, options)) as CallToolResult;
    const [content] = result.content;
    if (content?.type !== 'text') throw new Error('a tool answered without text');
    const facts = (result._meta?.[factsKey] ?? {}) as Told['facts'];
    return { text: content.text, isError: result.isError ?? false, facts };
  }

  async tools(): Promise<readonly string[]> {
    return (await this.#client.listTools()).tools.map(({ name }) => name);
  }

  /** By the stream of its session, or by a subscription. */
  async listen(): Promise<void> {
    const { sessionId } = this;
    if (sessionId === undefined) {
      const subscription = await this.#client.listen({ resourcesListChanged: true });
      this.#stop = () => subscription.close();
      return;
    }
    const gone = new AbortController();
    const headers = { accept: 'text/event-stream', 'mcp-session-id': sessionId };
    const response = await this.#stage.fetch({ headers, signal: gone.signal }, this.#token);
    if (response.status !== 200) throw new Error(`refused to listen: ${response.status}`);
    this.#stop = async () => response.body?.cancel();
  }

  /** The connection of the next request is one that may break. */
  breakNext(): void {
    this.#line.breaking = new AbortController();
  }

  breakNow(): void {
    this.#line.breaking?.abort(new Error('the connection broke'));
    this.#line.breaking = null;
  }

  async stopListening(): Promise<void> {
    const open = this.#stage.app.streams();
    await this.#stop?.();
    this.#stop = null;
    // The server sees it some turns later, where it has not ended the stream already.
    while (open > 0 && this.#stage.app.streams() === open) await quiet();
  }

  close(): Promise<void> {
    return this.#client.close();
  }
}

/** Lets everything that is ready run: messages take several turns each way. */
export async function quiet(): Promise<void> {
  for (let turn = 0; turn < 30; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
