/** For tests of the tools: a repository without files or processes, whose time moves only when the test moves it. */
import { Client, InMemoryTransport } from '@modelcontextprotocol/client';
import type { CallToolResult, Transport } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { parseScopePath, type AgentId, type ScopePath } from '../../../src/core/index.ts';
import { entryOutcome, kindWithEntries } from '../../../src/cli/mcp/mcp-contexts.ts';
import { nearestPath } from '../../../src/config/index.ts';
import { loadRequestParsers, type Coordinator, type RefreshReport } from '../../../src/protocol/index.ts';
import {
  defineScopes,
  openBench,
  settled,
  type Bench,
  type BenchWishes,
} from '../../../src/service/testing.ts';
import {
  createFace,
  createMcpServer,
  factsKey,
  type Face,
  type FaceOptions,
  type McpPorts,
  type Contexts,
  type Workspace,
} from '../../../src/mcp/index.ts';
import type { AgentSession, Occupant, Occupation, SessionKeeping } from '../../../src/participant/index.ts';

export type Era = 'legacy' | 'modern';
export const eras: readonly Era[] = ['legacy', 'modern'];
const versions = { legacy: '2025-11-25', modern: '2026-07-28' } as const;

/** The sessions of one user, as all processes of the machine see them. */
export class SharedSessions {
  readonly files = new Map<AgentId, AgentSession>();
  readonly occupants = new Map<AgentId, Occupant>();
  readonly living = new Set<number>();
}

const optionDefaults: FaceOptions = { waitMs: 45_000, collectMs: 120_000 };

/** A repository's coordinator, and the machine on which server processes come and go. */
export class Stage {
  readonly bench: Bench;
  readonly sessions = new SharedSessions();
  readonly digests = new Map<string, string>();
  /** What keeps every scope from being synced. */
  syncBlocked: string | null = null;
  /** Context files that are written by a tool. */
  readonly texts = new Map<string, string>();
  mergesForeign = false;
  /** What lies there beside the files of {@link digests}. */
  readonly folders = new Set<string>();
  /** Files that were changed lately, as the servers find them; null: they cannot tell. */
  changed: readonly { readonly path: string; readonly atMs: number }[] | null = null;
  /** How far the wall clock that the servers see is off: somebody has set it. */
  wallSkewMs = 0;
  /** What the coordinator's answers go through on their way to the servers. */
  coordinator: Coordinator;
  #pids = 100;

  constructor(bench: Bench) {
    this.bench = bench;
    this.coordinator = portOf(bench);
  }

  /** A new server process. */
  startServer(options: Partial<FaceOptions> = {}): ServerProcess {
    this.#pids += 1;
    return new ServerProcess(this, this.#pids, { ...optionDefaults, ...options });
  }

  /** A server process with one client connected to it. */
  async startClient(era: Era = 'modern', options: Partial<FaceOptions> = {}): Promise<TestClient> {
    return this.startServer(options).connect(era);
  }

  /** Lets time pass, in steps in which everything that is due takes its course. */
  async pass(ms: number): Promise<void> {
    const stepMs = ms <= 5_000 ? 250 : 1_000;
    for (let left = ms; left > 0; left -= stepMs) {
      await quiet();
      this.bench.timers.advance(Math.min(stepMs, left));
    }
    await quiet();
  }

  /** Kinds of the commands in the log, in order, without what the service itself says. */
  async commands(): Promise<string[]> {
    const query = { kind: 'history', filter: {}, limit: 10_000, before: null } as const;
    const { entries } = await this.coordinator.query(query);
    const own = new Set(['TakeOver', 'DefineScopes', 'Configure']);
    return entries
      .toReversed()
      .map((entry) => entry.kind)
      .filter((kind) => !own.has(kind));
  }
}

/** Withholds the answers to a kind of command, which take effect all the same, until the function it returns is called. */
export function withholdAnswers(stage: Stage, kind: string): () => void {
  const inner = stage.coordinator;
  let letGo = (): void => undefined;
  const gate = new Promise<void>((resolve) => (letGo = resolve));
  stage.coordinator = {
    ...inner,
    submit: async (request) => {
      const reply = await inner.submit(request);
      if (request.command.kind === kind) await gate;
      return reply;
    },
  };
  return () => {
    stage.coordinator = inner;
    letGo();
  };
}

/** Lets everything that is ready run: messages take several turns each way. */
export async function quiet(): Promise<void> {
  for (let turn = 0; turn < 30; turn += 1) await settled();
}

/** Another number each time: by its request ids the service tells apart what it says itself. */
function counting(): () => number {
  let count = 0;
  return () => (count += 1) / 1_000;
}

export async function openStage(
  scopes: readonly string[] = ['.', 'services/auth', 'services/web'],
  wishes: BenchWishes = {},
): Promise<Stage> {
  // Loaded beforehand: no manual time waits for a module.
  await Promise.all([loadRequestParsers(), import('../../../src/mcp/face.ts')]);
  const bench = await openBench({ ...wishes, options: { chance: counting(), ...wishes.options } });
  await defineScopes(bench.service, ...scopes);
  return new Stage(bench);
}

function portOf({ service }: Bench): Coordinator {
  return {
    submit: (request) => service.submit(request),
    awaitTicket: (ticket, signal) => service.awaitTicket(ticket, signal),
    query: (query) => service.query(query),
    watch: (from, signal) => service.watch(from, signal),
    refresh: () => Promise.reject<RefreshReport>(new Error('nothing to refresh here')),
    close: () => Promise.resolve(),
  };
}

/** One process of `rhema mcp`, without the process. */
export class ServerProcess {
  readonly stage: Stage;
  readonly pid: number;
  readonly reports: string[] = [];
  readonly #options: FaceOptions;
  #face: Promise<Face> | null = null;
  #secrets = 0;

  constructor(stage: Stage, pid: number, options: FaceOptions) {
    this.stage = stage;
    this.pid = pid;
    this.#options = options;
    stage.sessions.living.add(pid);
  }

  get face(): Promise<Face> {
    return (this.#face ??= createFace(this.#ports(), this.#options));
  }

  /** Ends as a killed process does: nothing is said to anybody. */
  async kill(): Promise<void> {
    this.stage.sessions.living.delete(this.pid);
    (await this.#face)?.stop();
  }

  async connect(era: Era): Promise<TestClient> {
    const [clientEnd, serverEnd] = InMemoryTransport.createLinkedPair();
    const transport = serverEnd as unknown as Transport;
    serveStdio(() => createMcpServer({ version: '1.2.3', face: () => this.face, hidden }), { transport });
    const mode = era === 'legacy' ? 'legacy' : { pin: versions.modern };
    const client = new Client({ name: 'test-client', version: '1' }, { versionNegotiation: { mode } });
    await client.connect(clientEnd);
    return new TestClient(this, client);
  }

  #ports(): McpPorts {
    const { bench } = this.stage;
    return {
      open: async () => this.#workspace(),
      clock: {
        wallMs: () => bench.clock.wallMs() + this.stage.wallSkewMs,
        monotonicMs: () => bench.clock.monotonicMs(),
        schedule: (delayMs, callback) => bench.timers.schedule(delayMs, callback),
        soon: (callback) => bench.timers.soon(callback),
      },
      newRequestId: () => crypto.randomUUID(),
      newSecret: () => `${this.pid}${(this.#secrets += 1)}`.padStart(64, '0'),
      report: (event) => this.reports.push(event),
    };
  }

  #workspace(): Workspace {
    const { digests, folders } = this.stage;
    return {
      coordinator: throughStage(this.stage),
      sessions: keepingOf(this.stage, this.pid),
      about: { host: 'box', pid: this.pid },
      scopePath: async (text) => parseScopePath(text),
      filePath: async (text) => parseScopePath(text),
      changedSince: async () => this.stage.changed,
      liesAt: async (path: ScopePath) => {
        if (folders.has(path)) return 'folder';
        return digests.has(path) ? 'file' : 'nothing';
      },
      filesThere: async () => [...digests.keys()],
      nearestPath: async (path, candidates) => nearestPath(path, candidates),
      syncBlocked: async () => this.stage.syncBlocked,
      digestOf: async (path: ScopePath) => digests.get(path) ?? null,
      contexts: contextsOf(this.stage),
    };
  }
}

/** Context files in memory, with the product's own changes of entries. */
function contextsOf(stage: Stage): Contexts {
  const { texts } = stage;
  const staged = new Map<string, string>();
  return {
    files: () => ({
      realPath: async (path) => path,
      read: async (path) => texts.get(path) ?? null,
      stage: async (path, mark, text) => void staged.set(`${path} ${mark}`, text),
      staged: async (path, mark) => staged.get(`${path} ${mark}`) ?? null,
      marks: async (path) =>
        [...staged.keys()].flatMap((name) =>
          name.startsWith(`${path} `) ? [name.slice(path.length + 1)] : [],
        ),
      finish: async (path, mark) => void texts.set(path, staged.get(`${path} ${mark}`) ?? ''),
      discard: async (path, mark) => void staged.delete(`${path} ${mark}`),
      keep: async () => undefined,
      kept: async () => null,
    }),
    overForeign: async () => stage.mergesForeign,
    mustHaveEntries: async (file) => void (await kindWithEntries(file)),
    change: (path, text, wish) => entryOutcome(path, text, wish, stage.bench.clock.wallMs()),
    known: async (path, words) => `known near ${path ?? 'the top'}: ${words}`,
  };
}

/** Always the stage's current port, so that a test can put a faulty one in between. */
function throughStage(stage: Stage): Coordinator {
  return {
    submit: (request) => stage.coordinator.submit(request),
    awaitTicket: (ticket, signal) => stage.coordinator.awaitTicket(ticket, signal),
    query: (query) => stage.coordinator.query(query),
    watch: (from, signal) => stage.coordinator.watch(from, signal),
    refresh: () => stage.coordinator.refresh(),
    close: () => stage.coordinator.close(),
  };
}

function keepingOf({ sessions, bench }: Stage, pid: number): SessionKeeping {
  const release = async (agent: AgentId): Promise<void> => {
    if (sessions.occupants.get(agent)?.pid === pid) sessions.occupants.delete(agent);
  };
  return {
    occupy: async (agent): Promise<Occupation> => {
      const occupant = sessions.occupants.get(agent);
      if (occupant !== undefined && occupant.pid !== pid && sessions.living.has(occupant.pid))
        return { kind: 'taken', by: occupant };
      if (occupant?.pid !== pid) sessions.occupants.set(agent, { pid, sinceMs: bench.clock.wallMs() });
      return { kind: 'ours' };
    },
    take: async (agent) => void sessions.occupants.set(agent, { pid, sinceMs: bench.clock.wallMs() }),
    occupant: async (agent) => {
      const occupant = sessions.occupants.get(agent);
      return occupant !== undefined && occupant.pid !== pid && sessions.living.has(occupant.pid)
        ? occupant
        : null;
    },
    read: async (agent) => sessions.files.get(agent) ?? null,
    write: async (session) => void sessions.files.set(session.agent, session),
    release,
    forget: async (agent) => {
      sessions.files.delete(agent);
      await release(agent);
    },
  };
}

/** What a tool call came to. */
export interface Told {
  readonly text: string;
  readonly isError: boolean;
  readonly facts: Readonly<Record<string, unknown>>;
}

export class TestClient {
  readonly server: ServerProcess;
  readonly client: Client;

  constructor(server: ServerProcess, client: Client) {
    this.server = server;
    this.client = client;
  }

  /** Calls a tool and waits for its answer. */
  async call(
    name: string,
    args: Readonly<Record<string, unknown>>,
    options: { readonly signal?: AbortSignal; readonly onprogress?: (progress: unknown) => void } = {},
  ): Promise<Told> {
    const result = await this.client.callTool(
      { name, arguments: { ...args } },
      { timeout: 2 ** 31 - 1, ...options },
    );
    return toldBy(result as CallToolResult);
  }

  /** Joins under a name, or goes on under it, and fails the test if that is refused. */
  async join(agent: string, more: Readonly<Record<string, unknown>> = {}): Promise<Told> {
    const joined = await this.call('agent_join', { agent, ...more });
    if (joined.isError) throw new Error(joined.text);
    return joined;
  }

  acquire(agent: string, scope: string, more: Readonly<Record<string, unknown>> = {}): Promise<Told> {
    return this.call('lock_acquire', { agent, scopes: [scope], ...more });
  }
}

export function toldBy(result: CallToolResult): Told {
  const [content] = result.content;
  if (content?.type !== 'text') throw new Error('a tool answered without text');
  return {
    text: content.text,
    isError: result.isError ?? false,
    facts: (result._meta?.[factsKey] ?? {}) as Told['facts'],
  };
}

/** Says what it was asked, as a hook may repeat what an agent has written. */
const hidden = {
  name: 'client_hook',
  answer: async (args: unknown): Promise<string> => JSON.stringify(args),
};
