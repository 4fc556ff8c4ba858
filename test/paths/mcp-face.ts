import { createHash } from 'node:crypto';
import { readSession, statePaths } from '../../src/client/index.ts';
import type { AgentId, Command, CommandOf, ScopePath } from '../../src/core/index.ts';
import type { LockView } from '../../src/protocol/index.ts';
import { ClientFace } from './client-face.ts';
import type { Answer, Face, FaultName, Shown, Wait } from './face.ts';
import { McpAgent } from './mcp-agent.ts';
import { callOf, type ToolCall } from './mcp-calls.ts';
import { McpConnection, type Era } from './mcp-connection.ts';
import { asTold } from './mcp-text.ts';
import type { Stage } from './stage.ts';
import { ownSession } from './visible.ts';

/** How a client and its server come to be. */
export type OpenConnection = typeof McpConnection.open;
const openReally: OpenConnection = (...options) => McpConnection.open(...options);

interface McpFaceOptions {
  readonly stage: Stage;
  readonly openConnection: OpenConnection;
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
  readonly #agents = new Map<AgentId, McpAgent>();
  readonly #cutOff = new Set<AgentId>();
  /** Locks that ended without a tool call of their holder, who has not got the scope again. */
  readonly #lost = new Set<string>();
  #lastSaid: { readonly kind: Command['kind']; readonly speaker: AgentId | null } | null = null;
  #shown: Shown;
  #opened = 0;

  private constructor(options: McpFaceOptions, shell: ClientFace, observer: McpConnection, shown: Shown) {
    this.#stage = options.stage;
    this.#openConnection = options.openConnection;
    this.#shell = shell;
    this.#observer = observer;
    this.#shown = shown;
  }

  static async open(stage: Stage, openConnection: OpenConnection = openReally): Promise<McpFace> {
    const paths = statePaths(stage.checkout.commonDir);
    const shell = await ClientFace.open(stage, (agent) => readSession(paths, agent));
    const observer = await openConnection(stage, 'legacy');
    return new McpFace({ stage, openConnection }, shell, observer, await shell.look());
  }

  async perform(command: Command): Promise<Answer> {
    const speaker = this.#speakerOf(command);
    this.#lastSaid = { kind: command.kind, speaker };
    if (speaker === null) return this.#shell.perform(command);
    if (command.kind === 'CancelWait')
      return this.#agentOf(speaker).cancel((scope) => this.#holds(speaker, scope));
    const call = callOf(command, speaker);
    if (call === null) throw new Error(`no tool says ${command.kind}`);
    switch (command.kind) {
      case 'AgentJoin':
        return this.#join(command, call);
      case 'AgentResume':
        return this.#resume(command, call);
      case 'AgentLeave':
        return this.#leave(command, call);
      case 'Heartbeat':
        return this.#agentOf(speaker).beat(call);
      case 'AcquireLock':
        return this.#agentOf(speaker).acquire(command.scopes, call);
      case 'ContextModify':
        return this.#record(command, call);
      default:
        return this.#agentOf(speaker).call(call);
    }
  }

  async befall(fault: FaultName, agent: AgentId): Promise<void> {
    if (fault === 'Partition') this.#cutOff.add(agent);
    else this.#cutOff.delete(agent);
    if (fault !== 'Crash') return;
    await this.#agents.get(agent)?.close();
    this.#agents.delete(agent);
  }

  async look(): Promise<Shown> {
    const [shown, { text }, scopes] = await Promise.all([
      this.#shell.look(),
      this.#observer.call('coordination_status', {}),
      this.#observer.read('rhema://scopes'),
    ]);
    const before = this.#shown;
    this.#shown = asTold(shown, { status: text, scopes }, this.#stage.nowMs);
    this.#noteLosses(before, this.#shown);
    return this.#shown;
  }

  inWords(command: Command): string {
    const speaker = this.#speakerOf(command);
    if (speaker === null) return this.#shell.inWords(command);
    if (command.kind === 'CancelWait') return `cancel the lock_acquire of ${speaker}, or lock_release`;
    const call = callOf(command, speaker);
    return `${call?.tool} ${JSON.stringify(call?.args)}`;
  }

  async end(): Promise<void> {
    for (const one of [this.#observer, ...this.#agents.values()]) await one.close();
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
        return this.#waitsFor(command.agent).length === 0 ? null : command.agent;
      case 'AgentJoin':
        // A join as one who takes part already is another agent, whatever it is called.
        return this.#isPresent(command.agent) ? null : command.agent;
      case 'AgentResume':
        // Where there is nobody to go on as, the tool makes an agent of that name, which would be a step more.
        return this.#isPresent(command.agent) ? command.agent : null;
      case 'Heartbeat':
        // Nobody goes on under a session that lies there, but by a command of its own.
        return command.session === ownSession ? command.agent : null;
      case 'ReleaseLock':
        return this.#releasesOnly(command) ? command.agent : null;
      case 'ContextModify':
        return this.#isSeen(command) && !this.#wouldHideLoss(command) ? command.agent : null;
      default:
        return callOf(command, '' as AgentId) !== null && 'agent' in command ? command.agent : null;
    }
  }

  /** One that is heard and does not wait. */
  #anyAgent(): AgentId | null {
    const isFree = (agent: AgentId): boolean =>
      this.#isPresent(agent) && !this.#cutOff.has(agent) && this.#waitsFor(agent).length === 0;
    return [...this.#agents.keys()].find(isFree) ?? null;
  }

  /** `lock_release` takes no token, shows those that the server knows of, and gives up a place for what it names. */
  #releasesOnly({ agent, scopes, token }: CommandOf<'ReleaseLock'>): boolean {
    const waited = this.#waitsFor(agent);
    const hidesLoss = scopes?.some((scope) => this.#lost.has(lossOf(agent, scope))) ?? false;
    return token === null && !hidesLoss && !waited.some((scope) => scopes?.includes(scope) ?? true);
  }

  /** `lock_check` shows what was recorded last, and only then it can be recorded over. */
  #isSeen({ scope, file, baseDigest }: CommandOf<'ContextModify'>): boolean {
    const view = this.#shown.scopes.scopes.find(({ path }) => path === scope);
    return (view?.contexts[file]?.digest ?? null) === baseDigest;
  }

  /** In place of no token a server shows the one of a lock that was lost, which is refused. */
  #wouldHideLoss({ agent, scope, token }: CommandOf<'ContextModify'>): boolean {
    return token === null && this.#lost.has(lossOf(agent, scope));
  }

  #noteLosses(before: Shown, now: Shown): void {
    const { kind, speaker } = this.#lastSaid ?? { kind: null, speaker: null };
    this.#lastSaid = null;
    for (const { agent, scope, token } of wholeOnes(before)) {
      const isOver = wholeOnes(now).every((lock) => lock.scope !== scope || lock.token !== token);
      const isOwnWill = speaker === agent && kind !== null && releasingKinds.has(kind);
      if (isOver && !isOwnWill) this.#lost.add(lossOf(agent, scope));
    }
    for (const { agent, scope } of wholeOnes(now)) this.#lost.delete(lossOf(agent, scope));
  }

  #waitsFor(agent: AgentId): readonly ScopePath[] {
    return this.#agents.get(agent)?.waitsFor ?? [];
  }

  #holds(agent: AgentId, scope: ScopePath): boolean {
    return this.#shown.status.locks.some((lock) => lock.scope === scope && lock.agent === agent);
  }

  #isPresent(agent: AgentId): boolean {
    return this.#shown.status.agents.some((view) => view.agent === agent && view.presence === 'present');
  }

  // Calls.

  #agentOf(name: AgentId): McpAgent {
    const agent = this.#agents.get(name);
    if (agent === undefined) throw new Error(`${name} has never joined`);
    return agent;
  }

  /** Clients of both eras take turns. */
  #open(): Promise<McpConnection> {
    const era: Era = (this.#opened += 1) % 2 === 0 ? 'legacy' : 'modern';
    return this.#openConnection(this.#stage, era);
  }

  /** To a server that has not heard that its agent is lost, another join would be another agent. */
  async #join({ agent }: CommandOf<'AgentJoin'>, { tool, args }: ToolCall): Promise<Answer> {
    const isKnown = this.#agents.has(agent);
    if (!isKnown) this.#agents.set(agent, new McpAgent(agent, await this.#open(), this.waits));
    return this.#agentOf(agent).call({ tool, args: isKnown ? { ...args, resume: true } : args });
  }

  /** By another client and server: those that spoke before have ended, for nobody goes on as an agent that lives in a client. */
  async #resume({ agent }: CommandOf<'AgentResume'>, call: ToolCall): Promise<Answer> {
    const former = this.#agents.get(agent);
    await former?.close();
    const waited = this.#shown.status.waiters.find((waiter) => waiter.agent === agent);
    const next = new McpAgent(agent, await this.#open(), this.waits);
    this.#agents.set(agent, next);
    this.#cutOff.delete(agent);
    const answer = await next.call(call);
    if (answer.code === null && waited !== undefined) next.waitOn(waited.scopes);
    return answer;
  }

  async #leave({ agent }: CommandOf<'AgentLeave'>, call: ToolCall): Promise<Answer> {
    const answer = await this.#agentOf(agent).call(call);
    if (answer.code === null) this.#agentOf(agent).forgetWait();
    return answer;
  }

  /**
   * The content is new to everybody. In place of no token a server shows that of the lock that it knows of, so it first
   * learns what was lost. In the model of context files no lease is longer for that.
   */
  async #record(command: CommandOf<'ContextModify'>, call: ToolCall): Promise<Answer> {
    const { agent, scope, file, token, digest: content } = command;
    this.#stage.checkout.writeFile(scope, file, content);
    const caller = this.#agentOf(agent);
    if (token === null) await caller.renew();
    await caller.call({ tool: 'lock_check', args: { agent, path: `${scope}/${file}` } });
    const answer = await caller.call(call);
    const digest = createHash('sha256').update(content).digest('hex');
    return answer.code === null ? { ...answer, told: { ...answer.told, digest } } : answer;
  }
}

const releasingKinds: ReadonlySet<Command['kind']> = new Set(['ReleaseLock', 'SetAgentStatus', 'AgentLeave']);
const lossOf = (agent: AgentId, scope: ScopePath): string => `${agent} ${scope}`;

/** The models that are walked with have locks on whole scopes only. */
const wholeOnes = ({ status }: Shown): Extract<LockView, { scope: ScopePath }>[] =>
  status.locks.filter((lock) => lock.scope !== undefined);
