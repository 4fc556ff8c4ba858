import { connect, type SocketCoordinator } from '../../src/client/index.ts';
import type {
  AgentId,
  Command,
  Entry,
  Result,
  ScopeDefinition,
  ScopePath,
  Settings,
} from '../../src/core/index.ts';
import {
  CoordinatorError,
  type CallerCommand,
  type Reply,
  type TicketRequest,
} from '../../src/protocol/index.ts';
import { configure } from './configuring.ts';
import type { Answer, Face, FaultName, Shown, Wait, WaitEnd } from './face.ts';
import { stageVersion, type Stage } from './stage.ts';
import { ownSession } from './visible.ts';

/** What a join has answered, and what proves who speaks. */
export interface Session {
  readonly epoch: number;
  readonly secret: string;
}

type SessionOf = (agent: AgentId) => Session | null;

/** History that is asked for at once; more than any path commits under a request id. */
const historyMax = 1_000;

/**
 * The client library: the `Coordinator` port over the owner's socket. Each agent has a connection of its own, as have the
 * operator and whoever looks.
 */
export class ClientFace implements Face {
  readonly waits = new Set<Wait>();
  readonly #stage: Stage;
  readonly #observer: SocketCoordinator;
  readonly #connections = new Map<AgentId, SocketCoordinator>();
  readonly #sessions = new Map<AgentId, Session>();
  /** What can be found out of an agent by whoever goes on as it, also after its process has ended. */
  readonly #written = new Map<AgentId, Session>();
  readonly #otherSession: SessionOf;
  /** Whether requests of the path carry ids, and the history must be read to see them. */
  #hasIds = false;
  readonly #tickets = new Set<number>();
  #requests = 0;
  #secrets = 0;

  private constructor(stage: Stage, observer: SocketCoordinator, otherSession: SessionOf) {
    this.#stage = stage;
    this.#observer = observer;
    this.#otherSession = otherSession;
  }

  /** `otherSession`: of an agent that has joined in another way than through this face. */
  static async open(stage: Stage, otherSession: SessionOf = () => null): Promise<ClientFace> {
    return new ClientFace(stage, await connectTo(stage), otherSession);
  }

  async perform(command: Command): Promise<Answer> {
    if (command.kind === 'Configure') return this.#configure(command.settings);
    if ('agent' in command && !this.#connections.has(command.agent))
      this.#connections.set(command.agent, await connectTo(this.#stage));
    const connection = 'agent' in command ? this.#connections.get(command.agent) : this.#observer;
    if (connection === undefined) throw new Error('there is no connection');
    const said = await this.#asCaller(command);
    if (command.requestId !== null) this.#hasIds = true;
    const requestId = command.requestId ?? `request ${(this.#requests += 1)}`;
    const reply = await connection.submit({ requestId, command: said });
    if (reply.ok) this.#noteResult(reply.result, said, connection);
    return toAnswer(reply);
  }

  async befall(fault: FaultName, agent: AgentId): Promise<void> {
    if (fault !== 'Crash') return;
    for (const wait of this.waits) if (wait.agent === agent) this.waits.delete(wait);
    await this.#connections.get(agent)?.close();
    this.#connections.delete(agent);
    this.#sessions.delete(agent);
  }

  async look(): Promise<Shown> {
    const [status, scopes, requests] = await Promise.all([
      this.#observer.query({ kind: 'status', at: null }),
      this.#observer.query({ kind: 'scopes' }),
      this.#hasIds ? this.#requestsInLog() : [],
    ]);
    return { status, scopes, requests };
  }

  inWords(command: Command): string {
    const { atMs: _, ...said } = command;
    return `submit ${JSON.stringify(said)}`;
  }

  async end(): Promise<void> {
    for (const connection of [this.#observer, ...this.#connections.values()]) await connection.close();
  }

  /** The settings are no command of a client: they are in a file, and it has the owner read that. */
  async #configure(settings: Settings): Promise<Answer> {
    return configure(this.#stage.checkout, settings, async () => {
      const { revision, problems } = await this.#observer.refresh();
      return { code: problems[0]?.code ?? null, revision, told: {} };
    });
  }

  /** The root is a scope of every checkout, but no scopes at all are a graph without it. */
  async #asCaller(command: Command): Promise<CallerCommand> {
    const said = this.#said(command);
    if (said.kind !== 'DefineScopes' || said.scopes.length > 1 || said.mayBeEmpty === true) return said;
    const { scopes } = await this.#observer.query({ kind: 'scopes' });
    const hasOthers = scopes.some(({ path, withdrawn }) => path !== rootScope.path && !withdrawn);
    return hasOthers ? { ...said, scopes: [] } : said;
  }

  /** With what proves who speaks in place of the core's session; nobody else's word is proved. */
  #said(command: Command): CallerCommand {
    const { atMs: _atMs, requestId: _requestId, ...rest } = command;
    if (rest.kind === 'DefineScopes') return { ...rest, scopes: [...rest.scopes, rootScope] };
    if (!('session' in rest)) return rest as CallerCommand;
    const { session, ...said } = rest;
    if (rest.kind === 'AgentJoin') return { ...said, secret: this.#newSecret() } as CallerCommand;
    if ('newSession' in said) {
      const { newSession: _newSession, ...resumed } = said;
      const { epoch, secret } = this.#written.get(rest.agent) ??
        this.#otherSession(rest.agent) ?? {
          epoch: rest.epoch,
          secret: this.#newSecret(),
        };
      return { ...resumed, epoch: epoch as typeof rest.epoch, secret, newSecret: this.#newSecret() };
    }
    const own = session === ownSession ? this.#sessionOf(rest.agent) : null;
    const proof = own === null ? { secret: this.#newSecret() } : { epoch: own.epoch, secret: own.secret };
    return { ...said, ...proof } as CallerCommand;
  }

  #sessionOf(agent: AgentId): Session | null {
    return this.#sessions.get(agent) ?? this.#otherSession(agent);
  }

  #noteResult(result: Result, said: CallerCommand, connection: SocketCoordinator): void {
    if (said.kind === 'AgentJoin' && result.kind === 'joined')
      this.#noteSession(said.agent, { epoch: result.epoch, secret: said.secret });
    if (said.kind === 'AgentResume' && result.kind === 'resumed')
      this.#noteSession(said.agent, { epoch: result.epoch, secret: said.newSecret });
    if (said.kind === 'AcquireLock' && result.kind === 'queued')
      this.#awaitTicket(connection, { agent: said.agent, ticket: result.ticket });
  }

  #noteSession(agent: AgentId, session: Session): void {
    this.#sessions.set(agent, session);
    this.#written.set(agent, session);
  }

  /** Each ticket is waited for once, whoever is told of it again. */
  #awaitTicket(connection: SocketCoordinator, ticket: TicketRequest): void {
    if (this.#tickets.has(ticket.ticket)) return;
    this.#tickets.add(ticket.ticket);
    const first = connection.awaitTicket(ticket);
    // Where the connection is lost meanwhile, the answer is asked for again, or not at all.
    first.catch(() => undefined);
    const end = async (): Promise<WaitEnd> => {
      const { revision: _, ...told } = await first.catch((error: unknown) => {
        if (!isUnavailable(error)) throw error;
        return connection.awaitTicket(ticket);
      });
      return { isGranted: told.kind === 'granted', told: { ...told } };
    };
    this.waits.add({ agent: ticket.agent, end });
  }

  async #requestsInLog(): Promise<Entry[]> {
    const query = { kind: 'history', filter: {}, limit: historyMax, before: null } as const;
    const { entries } = await this.#observer.query(query);
    return entries
      .filter(({ requestId }) => requestId?.startsWith('r') && !requestId.includes(' '))
      .toReversed();
  }

  #newSecret(): string {
    return (this.#secrets += 1).toString(16).padStart(32, '0');
  }
}

/** Where the settings are. It is on disk and no part of any model, so a new graph has it as well. */
const rootScope: ScopeDefinition = {
  path: '.' as ScopePath,
  name: 'root',
  type: 'library',
  dependencies: [],
};

/** To the stage's owner. It never starts one, for there is one. */
export function connectTo(stage: Stage): Promise<SocketCoordinator> {
  const { commonDir } = stage.checkout;
  return connect({ commonDir, version: stageVersion, startOwner: null, backoffMs: () => 1 });
}

/** The owner was restarted. A client that may start one would have gone on by itself. */
export function isUnavailable(error: unknown): boolean {
  return error instanceof CoordinatorError && error.code === 'UNAVAILABLE';
}

function toAnswer(reply: Reply): Answer {
  const { revision } = reply;
  return reply.ok
    ? { code: null, revision, told: { ...reply.result } }
    : { code: reply.rejection.code, revision, told: {} };
}
