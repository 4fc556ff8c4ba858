import { parseAgentId } from '../core/index.ts';
import type { AgentId, AgentMetadata, Rejection } from '../core/index.ts';
import { CoordinatorError, invalidInput } from '../protocol/index.ts';
import type { Reply } from '../protocol/index.ts';
import { KeptAgent } from './kept-agent.ts';
import { lossesOf } from './losses.ts';
import type { AgentSession, Keeper, McpPorts, Workspace } from './ports.ts';
import type { Speaker } from './speaker.ts';

/** Who asks, as this process finds it. */
export type Found =
  | { readonly kind: 'kept'; readonly agent: KeptAgent }
  /** Another live process of this user acts under the name. */
  | { readonly kind: 'taken'; readonly name: AgentId; readonly by: Keeper }
  | { readonly kind: 'refused'; readonly name: AgentId; readonly rejection: Rejection };

export type Joined =
  | {
      readonly kind: 'joined';
      readonly agent: KeptAgent;
      /** `new`: just joined; `resumed`: from a process that has ended, or from a shell; `known`: here already. */
      readonly how: 'new' | 'resumed' | 'known';
    }
  | Exclude<Found, { kind: 'kept' }>;

/** A client that reconnects may start the new process before the old one is quite gone. */
const looksAgain = 4;
const lookAgainMs = 250;

/**
 * The agents that this process keeps, by name. Who asks is always said by the call itself: one client may speak for
 * several agents, and one agent may come back over another connection.
 */
export class AgentDesk {
  readonly #workspace: Workspace;
  readonly #speaker: Speaker;
  readonly #ports: McpPorts;
  readonly #collectMs: number;
  readonly #kept = new Map<AgentId, KeptAgent>();
  /** Calls that come at once for a new name must not join twice. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(workspace: Workspace, speaker: Speaker, ports: McpPorts, collectMs: number) {
    this.#workspace = workspace;
    this.#speaker = speaker;
    this.#ports = ports;
    this.#collectMs = collectMs;
  }

  /** The agent of that name: kept already, or resumed from its session. Throws `NOT_JOINED`, `INVALID_INPUT`. */
  find(text: string): Promise<Found> {
    const name = nameOf(text);
    const kept = this.#kept.get(name);
    if (kept !== undefined) return Promise.resolve(foundAs(name, kept));
    return this.#inTurn(() => this.#find(name));
  }

  /** Takes part under a name, or goes on under it. Throws `INVALID_INPUT`. */
  join(text: string, metadata: AgentMetadata): Promise<Joined> {
    const name = nameOf(text);
    return this.#inTurn(() => this.#join(name, metadata));
  }

  /** Lets go of an agent that has left. */
  async forget(agent: KeptAgent): Promise<void> {
    agent.stop();
    const { agent: name } = agent.session;
    if (this.#kept.get(name) !== agent) return;
    this.#kept.delete(name);
    await this.#workspace.sessions.forget(name);
  }

  /** Renews nobody any more. */
  stop(): void {
    for (const agent of this.#kept.values()) agent.stop();
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async #find(name: AgentId): Promise<Found> {
    const kept = this.#kept.get(name);
    if (kept !== undefined) return foundAs(name, kept);
    const session = await this.#workspace.sessions.read(name);
    if (session === null) throw notJoined(name);
    const claim = await this.#claim(name);
    if (claim !== null) return { kind: 'taken', name, by: claim };
    const { agent, reply } = await this.#resume(session);
    return reply.ok ? { kind: 'kept', agent } : { kind: 'refused', name, rejection: reply.rejection };
  }

  async #join(name: AgentId, metadata: AgentMetadata): Promise<Joined> {
    const kept = this.#kept.get(name);
    if (kept !== undefined && (await kept.beat()).ok) return { kind: 'joined', agent: kept, how: 'known' };
    const claim = await this.#claim(name);
    if (claim !== null) return { kind: 'taken', name, by: claim };
    const session = await this.#workspace.sessions.read(name);
    if (session !== null) {
      const { agent, reply } = await this.#resume(session);
      if (reply.ok) return { kind: 'joined', agent, how: 'resumed' };
    }
    return this.#joinAnew(name, metadata);
  }

  async #joinAnew(name: AgentId, metadata: AgentMetadata): Promise<Joined> {
    const secret = this.#ports.newSecret();
    const whole = { ...this.#workspace.about, ...metadata };
    const reply = await this.#speaker.submit({ kind: 'AgentJoin', agent: name, secret, metadata: whole });
    if (!reply.ok) {
      await this.#workspace.sessions.release(name);
      return { kind: 'refused', name, rejection: reply.rejection };
    }
    if (reply.result.kind !== 'joined') throw new Error(`a join was answered ${reply.result.kind}`);
    const session = { agent: name, epoch: reply.result.epoch, secret };
    await this.#workspace.sessions.write(session);
    const agent = this.#keep(session);
    agent.beatBefore([reply.result.sessionDeadlineMs]);
    return { kind: 'joined', agent, how: 'new' };
  }

  /** The live process that keeps a name; null when it is ours now. */
  async #claim(name: AgentId): Promise<Keeper | null> {
    for (let look = 0; ; look += 1) {
      const claim = await this.#workspace.sessions.claim(name);
      if (claim.kind === 'kept') return null;
      if (look === looksAgain) return claim.by;
      await new Promise<void>((resolve) => void this.#ports.clock.after(lookAgainMs, resolve));
    }
  }

  /** Goes on under a session that another process, or a shell, has left: with its locks, and its place in the queue. */
  async #resume(session: AgentSession): Promise<{ readonly agent: KeptAgent; readonly reply: Reply }> {
    const agent = this.#keep(session);
    try {
      return { agent, reply: await this.#restore(agent) };
    } catch (error) {
      // Half of what it has would be taken for all of it.
      agent.stop();
      this.#kept.delete(session.agent);
      throw error;
    }
  }

  async #restore(agent: KeptAgent): Promise<Reply> {
    const reply = await agent.beat();
    if (!reply.ok || reply.result.kind !== 'renewed') return reply;
    agent.noteHeld(reply.result.leases);
    const { coordinator } = this.#workspace;
    const subject = { kind: 'agent', agent: agent.session.agent } as const;
    const { waiters } = await coordinator.query({ kind: 'why', subject, at: null, happened: 0 });
    for (const waiter of waiters) agent.waitWith(waiter, waiter.scopes);
    for (const loss of await lossesOf(coordinator, agent.session)) agent.noteLost(loss);
    return reply;
  }

  #keep(session: AgentSession): KeptAgent {
    const { coordinator } = this.#workspace;
    const agent = new KeptAgent({
      session,
      coordinator,
      speaker: this.#speaker,
      ports: this.#ports,
      collectMs: this.#collectMs,
    });
    this.#kept.get(session.agent)?.stop();
    this.#kept.set(session.agent, agent);
    return agent;
  }
}

function foundAs(name: AgentId, agent: KeptAgent): Found {
  return agent.gone === null ? { kind: 'kept', agent } : { kind: 'refused', name, rejection: agent.gone };
}

function nameOf(text: string): AgentId {
  const parsed = parseAgentId(text);
  if (parsed.ok) return parsed.value;
  throw invalidInput('agent', parsed.problem);
}

function notJoined(name: AgentId): CoordinatorError {
  return new CoordinatorError('NOT_JOINED', `no agent ${name} has joined from here`);
}
