import { createHash } from 'node:crypto';
import {
  deleteSession,
  readSession,
  statePaths,
  writeSession,
  type StatePaths,
} from '../../src/client/index.ts';
import type { AgentId, Command, CommandOf, ScopePath } from '../../src/core/index.ts';
import type { AgentSession, SessionKeeping } from '../../src/mcp/index.ts';
import { ClientFace, obstacleToClient } from './client-face.ts';
import type { Answer, Face, FaultName, Shown, Told, Wait, WaitEnd } from './face.ts';
import { callOf, type ToolCall } from './mcp-calls.ts';
import { McpConnection, type Era, type ToolAnswer } from './mcp-connection.ts';
import { asTold } from './mcp-text.ts';
import type { Stage } from './stage.ts';
import { ownSession } from './visible.ts';

/** An agent's place in the queue, and the call that waits in it; null between two calls. */
interface Place {
  readonly wait: Wait;
  readonly scopes: readonly ScopePath[];
  call: WaitingCall | null;
}

interface WaitingCall {
  readonly answer: Promise<ToolAnswer>;
  readonly abort: AbortController;
}

/** How a client and its server come to be. */
export type OpenConnection = typeof McpConnection.open;

interface McpFaceOptions {
  readonly stage: Stage;
  readonly openConnection: OpenConnection;
  readonly paths: StatePaths;
}

/**
 * The tools of MCP. Each agent has a client and a server of its own, and makes one call at a time. What there is no tool
 * for is said through the client library: by an operator, or by the agent's shell, which has the session from the same file.
 */
export class McpFace implements Face {
  readonly waits = new Set<Wait>();
  readonly #stage: Stage;
  readonly #openConnection: OpenConnection;
  readonly #observer: McpConnection;
  readonly #shell: ClientFace;
  readonly #paths: StatePaths;
  readonly #connections = new Map<AgentId, McpConnection>();
  readonly #cutOff = new Set<AgentId>();
  readonly #places = new Map<AgentId, Place>();
  #shown: Shown;
  #opened = 0;

  private constructor(options: McpFaceOptions, shell: ClientFace, observer: McpConnection, shown: Shown) {
    this.#stage = options.stage;
    this.#openConnection = options.openConnection;
    this.#paths = options.paths;
    this.#shell = shell;
    this.#observer = observer;
    this.#shown = shown;
  }

  static async open(stage: Stage, openConnection: OpenConnection = McpConnection.open): Promise<McpFace> {
    const paths = statePaths(stage.checkout.commonDir);
    const shell = await ClientFace.open(stage, (agent) => readSession(paths, agent));
    const observer = await openConnection(stage, 'legacy');
    return new McpFace({ stage, openConnection, paths }, shell, observer, await shell.look());
  }

  async perform(command: Command): Promise<Answer> {
    const speaker = this.#speakerOf(command);
    if (speaker === null) return this.#shell.perform(command);
    if (command.kind === 'CancelWait') return this.#cancel(speaker);
    const call = callOf(command, speaker);
    if (call === null) throw new Error(`no tool says ${command.kind}`);
    await this.#endCall(speaker);
    switch (command.kind) {
      case 'AgentJoin':
        return this.#join(command, call);
      case 'AgentLeave':
        return this.#leave(command, call);
      case 'Heartbeat':
        return command.session === ownSession ? this.#beat(command, call) : this.#forge(command, call);
      case 'AcquireLock':
        return this.#acquire(command, call);
      case 'ContextModify':
        return this.#record(command, call);
      default:
        return this.#call(speaker, call);
    }
  }

  async befall(fault: FaultName, agent: AgentId): Promise<void> {
    if (fault === 'Partition') this.#cutOff.add(agent);
    else this.#cutOff.delete(agent);
    if (fault !== 'Crash') return;
    const place = this.#placeOf(agent);
    if (place !== null) this.waits.delete(place.wait);
    await this.#connections.get(agent)?.close();
    this.#connections.delete(agent);
    // The process of the model has nothing left; a server that finds the session goes on under it.
    deleteSession(this.#paths, agent);
  }

  async look(): Promise<Shown> {
    const [shown, { text }, scopes] = await Promise.all([
      this.#shell.look(),
      this.#observer.call('coordination_status', {}),
      this.#observer.read('rhema://scopes'),
    ]);
    this.#shown = asTold(shown, { status: text, scopes }, this.#stage.nowMs);
    return this.#shown;
  }

  inWords(command: Command): string {
    const speaker = this.#speakerOf(command);
    if (speaker === null) return this.#shell.inWords(command);
    if (command.kind === 'CancelWait') return `cancel the lock_acquire of ${speaker}, or lock_release`;
    const call = callOf(command, speaker);
    const by = 'session' in command && command.session !== ownSession ? ' from another session file' : '';
    return `${call?.tool} ${JSON.stringify(call?.args)}${by}`;
  }

  async end(): Promise<void> {
    for (const connection of [this.#observer, ...this.#connections.values()]) await connection.close();
    await this.#shell.end();
  }

  // Who says it, and whether a tool says just that.

  /** The agent by whose tool call a command can be said at this moment; null: the client library says it. */
  #speakerOf(command: Command): AgentId | null {
    switch (command.kind) {
      case 'RetrySync':
      case 'InvalidateSync':
        return this.#anyAgent();
      case 'CancelWait':
        return this.#placeOf(command.agent) === null ? null : command.agent;
      case 'ReleaseLock':
        return this.#releasesOnly(command) ? command.agent : null;
      case 'ContextModify':
        return this.#isSeen(command) ? command.agent : null;
      default:
        return callOf(command, '' as AgentId) !== null && 'agent' in command ? command.agent : null;
    }
  }

  /** One that is heard and does not wait. */
  #anyAgent(): AgentId | null {
    const free = [...this.#connections.keys()].filter(
      (agent) => this.#isPresent(agent) && !this.#cutOff.has(agent) && this.#placeOf(agent) === null,
    );
    return free[0] ?? null;
  }

  /** `lock_release` takes no token, and gives up a place for what it names. */
  #releasesOnly({ agent, scopes, token }: CommandOf<'ReleaseLock'>): boolean {
    const waited = this.#placeOf(agent)?.scopes ?? [];
    return token === null && !waited.some((scope) => scopes?.includes(scope) ?? true);
  }

  /** `context_record` itself looks what was recorded last. */
  #isSeen({ scope, file, baseDigest }: CommandOf<'ContextModify'>): boolean {
    const view = this.#shown.scopes.scopes.find(({ path }) => path === scope);
    return (view?.contexts[file]?.digest ?? null) === baseDigest;
  }

  #isPresent(agent: AgentId): boolean {
    return this.#shown.status.agents.some((view) => view.agent === agent && view.presence === 'present');
  }

  // Calls.

  async #call(speaker: AgentId, { tool, args }: ToolCall): Promise<Answer> {
    return toAnswer(await this.#connectionOf(speaker).call(tool, args));
  }

  #connectionOf(agent: AgentId): McpConnection {
    const connection = this.#connections.get(agent);
    if (connection === undefined) throw new Error(`${agent} has no connection`);
    return connection;
  }

  /** Clients of both eras take turns. */
  #open(sessions: SessionKeeping | null = null): Promise<McpConnection> {
    const era: Era = (this.#opened += 1) % 2 === 0 ? 'legacy' : 'modern';
    return this.#openConnection(this.#stage, era, sessions);
  }

  /** Who takes part already is asked for by another user's client; to the agent's own it would be a heartbeat. */
  async #join({ agent }: CommandOf<'AgentJoin'>, call: ToolCall): Promise<Answer> {
    if (this.#isPresent(agent)) return this.#callAsStranger(null, call);
    if (!this.#connections.has(agent)) this.#connections.set(agent, await this.#open());
    return this.#call(agent, call);
  }

  /** A refused leave of a lost agent drops the session; the process of the model still has it, and tries again. */
  async #leave({ agent }: CommandOf<'AgentLeave'>, call: ToolCall): Promise<Answer> {
    const session = readSession(this.#paths, agent);
    const answer = await this.#call(agent, call);
    if (answer.code !== null && session !== null) writeSession(this.#paths, session);
    const place = this.#placeOf(agent);
    // Whoever has left is told so by the answer.
    if (answer.code === null && place !== null) this.waits.delete(place.wait);
    return answer;
  }

  /** Servers renew by themselves; what came of it is told with the next call. */
  async #beat({ agent }: CommandOf<'Heartbeat'>, call: ToolCall): Promise<Answer> {
    await this.#connectionOf(agent).beat();
    return this.#call(agent, call);
  }

  /** The server of somebody who has written a session file of his own: it goes on under it with a heartbeat. */
  #forge({ agent, epoch }: CommandOf<'Heartbeat'>, call: ToolCall): Promise<Answer> {
    return this.#callAsStranger({ agent, epoch, secret: forgedSecret }, call);
  }

  async #callAsStranger(session: AgentSession | null, { tool, args }: ToolCall): Promise<Answer> {
    const connection = await this.#open(keepingOnly(session));
    try {
      return toAnswer(await connection.call(tool, args));
    } finally {
      await connection.close();
    }
  }

  /**
   * The content is new to everybody. A server that does not know that it has lost a lock shows the token of that in
   * place of none, so it learns of it before.
   */
  async #record(command: CommandOf<'ContextModify'>, call: ToolCall): Promise<Answer> {
    const { agent, scope, file, token, digest: content } = command;
    this.#stage.checkout.writeFile(scope, file, content);
    const holds = this.#shown.status.locks.some((lock) => lock.scope === scope && lock.agent === agent);
    if (token === null && !holds) await this.#connectionOf(agent).beat();
    const answer = await this.#call(agent, call);
    const digest = createHash('sha256').update(content).digest('hex');
    return answer.code === null ? { ...answer, told: { ...answer.told, digest } } : answer;
  }

  // Waiting.

  #placeOf(agent: AgentId): Place | null {
    const place = this.#places.get(agent);
    return place !== undefined && this.waits.has(place.wait) ? place : null;
  }

  /** A call that waits goes on waiting while others are made. */
  async #acquire({ agent, scopes }: CommandOf<'AcquireLock'>, { tool, args }: ToolCall): Promise<Answer> {
    const connection = this.#connectionOf(agent);
    const waiting = connection.nextWait();
    const abort = new AbortController();
    const answer = connection.call(tool, args, abort.signal);
    // Nobody hears it where the call is cancelled, or the connection breaks.
    answer.catch(() => undefined);
    const first = await Promise.race([answer, waiting]);
    if (first !== undefined) return toAnswer(first);
    this.#noteWaiting(agent, scopes, { answer, abort });
    return { code: null, revision: null, told: {} };
  }

  #noteWaiting(agent: AgentId, scopes: readonly ScopePath[], call: WaitingCall): void {
    const known = this.#placeOf(agent);
    if (known !== null) {
      known.call = call;
      return;
    }
    const wait: Wait = { agent, end: () => this.#endOf(agent, place) };
    const place: Place = { wait, scopes, call };
    this.#places.set(agent, place);
    this.waits.add(wait);
  }

  /** An agent that says something else waits in no call any more: the time of its call is over, and its place is kept. */
  async #endCall(agent: AgentId): Promise<void> {
    const place = this.#placeOf(agent);
    if (place === null || place.call === null) return;
    this.#connectionOf(agent).endWait();
    const { text, facts } = await place.call.answer;
    // Where something that it named was lost meanwhile, the ticket is for the rest only.
    if (facts['status'] !== 'waiting' && facts['code'] !== 'ALREADY_WAITING')
      throw new Error(`${agent} waits, but is told: ${text}`);
    place.call = null;
  }

  /** The call that waits is cancelled; between two calls `lock_release` gives the place up. */
  async #cancel(agent: AgentId): Promise<Answer> {
    const place = this.#placeOf(agent);
    if (place === null) throw new Error(`${agent} does not wait`);
    this.waits.delete(place.wait);
    if (place.call === null) return this.#giveUp(agent, place);
    const replied = this.#connectionOf(agent).nextReply();
    place.call.abort.abort('the user wants something else');
    await replied;
    return { code: null, revision: null, told: {} };
  }

  #giveUp(agent: AgentId, { scopes }: Place): Promise<Answer> {
    const isHeld = (scope: ScopePath): boolean =>
      this.#shown.status.locks.some((lock) => lock.scope === scope && lock.agent === agent);
    const args = { agent, scopes: scopes.filter((scope) => !isHeld(scope)) };
    return this.#call(agent, { tool: 'lock_release', args });
  }

  /** Told by the call that waits; between two calls, by whichever comes next. */
  async #endOf(agent: AgentId, { call }: Place): Promise<WaitEnd> {
    if (call !== null) return waitEndOf(await call.answer);
    const connection = this.#connectionOf(agent);
    await connection.ticketEnded();
    return noticedEnd(await connection.call('coordination_status', { agent }));
  }
}

const forgedSecret = 'f'.repeat(32);

/** The sessions of another user, who has this one, or none. */
function keepingOnly(session: AgentSession | null): SessionKeeping {
  return {
    claim: async () => ({ kind: 'kept' }),
    read: async () => session,
    write: async () => undefined,
    release: async () => undefined,
    forget: async () => undefined,
  };
}

/** Why a step cannot be taken through MCP, by what the labels of such steps have in common. */
const mcpObstacles: readonly (readonly [RegExp, string])[] = [
  [/,r\d+\)/, 'no argument gives a command its request id'],
  [/^ContextModify.*!SCOPE_NOT_FOUND$/, 'a file that is in no other scope is in the root scope'],
];

export function obstacleToMcp(label: string, target: string): string | null {
  const found = mcpObstacles.find(([pattern]) => pattern.test(label));
  return found?.[1] ?? obstacleToWaits(target) ?? obstacleToClient(label);
}

/** Of a wait and a block the earlier end is shown: where blocks end, no wait of a model ends before. */
function obstacleToWaits(target: string): string | null {
  const [agents = '', , , queue = ''] = target.split('|');
  const hasEnd = (part: string): boolean => /\.\d+(;|$)/.test(part);
  return hasEnd(queue) && !hasEnd(agents) ? 'no argument ends a wait' : null;
}

// What a tool has answered.

function toAnswer({ text, isError, facts }: ToolAnswer): Answer {
  const { code: told, revision, ...rest } = facts;
  if (!isError)
    return { code: null, revision: typeof revision === 'number' ? revision : null, told: toldBy(rest) };
  const code = String(told);
  const isAgreed = text.startsWith(`${code}: `);
  return { code: isAgreed ? (codes[code] ?? code) : `${code} in the text ${text}`, revision: null, told: {} };
}

/** Codes of MCP's own for a refusal of the core. */
const codes: Readonly<Record<string, string>> = { NAME_IN_USE: 'AGENT_ALREADY_JOINED' };

/** Under the names of the protocol. */
function toldBy({ status, held, ...facts }: ToolAnswer['facts']): Told {
  return {
    ...facts,
    ...(held === undefined ? {} : { leases: held }),
    ...(status === 'waiting' ? { kind: 'queued' } : {}),
  };
}

function waitEndOf({ text, isError, facts }: ToolAnswer): WaitEnd {
  if (!isError && facts['status'] === 'granted') return { isGranted: true, told: toldBy(facts) };
  if (facts['code'] === 'WAITED_IN_VAIN') return { isGranted: false, told: {} };
  throw new Error(`a wait ended with: ${text}`);
}

function noticedEnd({ text }: ToolAnswer): WaitEnd {
  const granted = /^GRANTED while you did not wait: (.*)\. It is yours now\.$/m.exec(text)?.[1];
  if (granted !== undefined) {
    const locks = [...granted.matchAll(/"([^"]+)" \(token (\d+)\)/g)];
    return {
      isGranted: true,
      told: { locks: locks.map(([, scope, token]) => ({ scope, token: Number(token) })) },
    };
  }
  if (/^(WAIT ENDED for|AGENT_LOST:)/m.test(text)) return { isGranted: false, told: {} };
  throw new Error(`nothing is told of a wait that ended: ${text}`);
}
