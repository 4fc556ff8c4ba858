import { parseAgentId } from '../core/index.ts';
import type { AgentId, AgentMetadata, Rejection } from '../core/index.ts';
import { CoordinatorError, invalidInput } from '../protocol/index.ts';
import type { Reply } from '../protocol/index.ts';
import { KeptAgent } from './kept-agent.ts';
import type { AgentSession, Keeper, McpPorts, Workspace } from './ports.ts';
import type { Speaker } from './speaker.ts';
import { quoted } from './text.ts';
import type { TicketWait } from './ticket-wait.ts';

/** Who asks, as this process finds it. */
export type Found =
  | { readonly kind: 'kept'; readonly agent: KeptAgent }
  /** Another live process of this user acts under the name. */
  | { readonly kind: 'taken'; readonly name: AgentId; readonly by: Keeper }
  /** `agent`: the one that was kept and is gone, if it is that; it may have something to be told. */
  | {
      readonly kind: 'refused';
      readonly name: AgentId;
      readonly rejection: Rejection;
      readonly agent: KeptAgent | null;
    };

export type Joined =
  | {
      readonly kind: 'joined';
      readonly agent: KeptAgent;
      /** `new`: just joined; `resumed`: from a process that has ended, or from a shell; `known`: here already. */
      readonly how: 'new' | 'resumed' | 'known';
    }
  | Exclude<Found, { kind: 'kept' }>;

interface Attempt {
  readonly secret: string;
  readonly requestId: string;
}

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
  /** Joins without an answer so far. */
  readonly #attempts = new Map<AgentId, Attempt>();
  /** By name: calls that come at once for a new one must not join twice. */
  readonly #turns = new Map<AgentId, Promise<unknown>>();
  #stopped = false;

  constructor(workspace: Workspace, speaker: Speaker, ports: McpPorts, collectMs: number) {
    this.#workspace = workspace;
    this.#speaker = speaker;
    this.#ports = ports;
    this.#collectMs = collectMs;
  }

  /** The agent of that name, if this process keeps it; nothing is taken over for that. */
  kept(text: string): KeptAgent | null {
    const parsed = parseAgentId(text);
    return (parsed.ok ? this.#kept.get(parsed.value) : undefined) ?? null;
  }

  /** The agent of that name: kept already, or resumed from its session. Throws `NOT_JOINED`, `INVALID_INPUT`. */
  find(text: string): Promise<Found> {
    const name = nameOf(text);
    const kept = this.#kept.get(name);
    if (kept !== undefined) return Promise.resolve(foundAs(name, kept));
    return this.#inTurn(name, () => this.#find(name));
  }

  /** Takes part under a name, or goes on under it. Throws `INVALID_INPUT`. */
  join(text: string, metadata: AgentMetadata): Promise<Joined> {
    const name = nameOf(text);
    return this.#inTurn(name, () => this.#join(name, metadata));
  }

  /** Lets go of an agent that has left. */
  async forget(agent: KeptAgent): Promise<void> {
    agent.stop();
    const { agent: name } = agent.session;
    if (this.#kept.get(name) !== agent) return;
    this.#kept.delete(name);
    await this.#workspace.sessions.forget(name);
  }

  /** Renews nobody any more, nor whoever is just joining. */
  stop(): void {
    this.#stopped = true;
    for (const agent of this.#kept.values()) agent.stop();
  }

  #inTurn<T>(name: AgentId, work: () => Promise<T>): Promise<T> {
    const turn = (this.#turns.get(name) ?? Promise.resolve()).then(work);
    const over = turn
      .catch(() => undefined)
      .finally(() => this.#turns.get(name) === over && this.#turns.delete(name));
    this.#turns.set(name, over);
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
    if (!reply.ok) {
      await agent.readLosses();
      return { kind: 'refused', name, rejection: reply.rejection, agent };
    }
    if (agent.wait !== null) agent.notices.say(waitsText(agent.wait));
    return { kind: 'kept', agent };
  }

  async #join(name: AgentId, metadata: AgentMetadata): Promise<Joined> {
    const kept = this.#kept.get(name);
    if (kept !== undefined && (await kept.beat()).ok) return { kind: 'joined', agent: kept, how: 'known' };
    const claim = await this.#claim(name);
    if (claim !== null) return { kind: 'taken', name, by: claim };
    try {
      return await this.#joinClaimed(name, metadata);
    } catch (error) {
      // Nobody takes part under the name from here: others must not be told so.
      if (this.#kept.get(name)?.gone !== null) await this.#workspace.sessions.release(name);
      throw error;
    }
  }

  async #joinClaimed(name: AgentId, metadata: AgentMetadata): Promise<Joined> {
    const session = await this.#readSession(name);
    if (session !== null) {
      const { agent, reply } = await this.#resume(session);
      if (reply.ok) return { kind: 'joined', agent, how: 'resumed' };
      // It joins anew, whether or not the log can be read.
      await agent.readLosses().catch(() => undefined);
    }
    return this.#joinAnew(name, metadata);
  }

  /** A session that is damaged is none: joining anew makes another. */
  async #readSession(name: AgentId): Promise<AgentSession | null> {
    return this.#workspace.sessions.read(name).catch((error: unknown) => {
      if (error instanceof CoordinatorError && error.code === 'NOT_JOINED') return null;
      throw error;
    });
  }

  /** A join whose answer never came may have taken effect: it is said again in the same words, with the same secret. */
  async #joinAnew(name: AgentId, metadata: AgentMetadata): Promise<Joined> {
    const attempt = this.#attempts.get(name) ?? this.#newAttempt();
    this.#attempts.set(name, attempt);
    const { secret, requestId } = attempt;
    const whole = { ...this.#workspace.about, ...metadata };
    const command = { kind: 'AgentJoin', agent: name, secret, metadata: whole } as const;
    const reply = await this.#speaker.submit(command, requestId).catch((error: unknown) => {
      if (isInvalidInput(error)) this.#attempts.delete(name);
      throw error;
    });
    if (!reply.ok) {
      this.#attempts.delete(name);
      await this.#workspace.sessions.release(name);
      return { kind: 'refused', name, rejection: reply.rejection, agent: null };
    }
    if (reply.result.kind !== 'joined') throw new Error(`a join was answered ${reply.result.kind}`);
    const session = { agent: name, epoch: reply.result.epoch, secret };
    await this.#workspace.sessions.write(session);
    // Only now: who could not write it must find it again.
    this.#attempts.delete(name);
    const agent = this.#keep(session, true);
    agent.beatBefore([reply.result.sessionDeadlineMs]);
    return { kind: 'joined', agent, how: 'new' };
  }

  #newAttempt(): Attempt {
    return { secret: this.#ports.newSecret(), requestId: this.#ports.newRequestId() };
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
    const agent = this.#keep(session, false);
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
    const reply = await agent.beat(false);
    if (!reply.ok || reply.result.kind !== 'renewed') return reply;
    agent.granted(reply.result.leases, 'resumed');
    const { coordinator } = this.#workspace;
    const subject = { kind: 'agent', agent: agent.session.agent } as const;
    const { waiters } = await coordinator.query({ kind: 'why', subject, at: null, happened: 0 });
    for (const waiter of waiters) agent.waitWith(waiter, waiter.scopes);
    await agent.readLosses();
    return reply;
  }

  #keep(session: AgentSession, isNew: boolean): KeptAgent {
    const { coordinator, sessions } = this.#workspace;
    const agent = new KeptAgent({
      session,
      isNew,
      coordinator,
      speaker: this.#speaker,
      ports: this.#ports,
      collectMs: this.#collectMs,
      keepSession: (kept) => sessions.write(kept),
    });
    const before = this.#kept.get(session.agent);
    before?.stop();
    if (before !== undefined) agent.succeed(before);
    if (this.#stopped) agent.stop();
    this.#kept.set(session.agent, agent);
    return agent;
  }
}

function foundAs(name: AgentId, agent: KeptAgent): Found {
  return agent.gone === null
    ? { kind: 'kept', agent }
    : { kind: 'refused', name, rejection: agent.gone, agent };
}

function isInvalidInput(error: unknown): boolean {
  return error instanceof CoordinatorError && error.code === 'INVALID_INPUT';
}

/** `You wait for "a" with ticket 7: go on with lock_acquire.` */
export function waitsText({ scopes, ticket }: TicketWait): string {
  return `You wait for ${scopes.map(quoted).join(', ')} with ticket ${ticket}: go on with lock_acquire.`;
}

function nameOf(text: string): AgentId {
  const parsed = parseAgentId(text);
  if (parsed.ok) return parsed.value;
  throw invalidInput('agent', parsed.problem);
}

function notJoined(name: AgentId): CoordinatorError {
  return new CoordinatorError('NOT_JOINED', `no agent ${name} has joined from here`);
}
