import {
  asTimeMs,
  parseAgentId,
  type AgentId,
  type AgentMetadata,
  type Rejection,
  type TimeMs,
} from '../core/index.ts';
import { join, keepJoining, mayBeAccepted, type AgentSession, type Speaker } from '../participant/index.ts';
import { CoordinatorError, invalidInput, type AgentView, type Reply } from '../protocol/index.ts';
import type { McpPorts, Workspace } from './ports.ts';

/** How an agent has come to a session of its own. */
export type Enrolled =
  | { readonly ok: true; readonly session: AgentSession; readonly deadlineMs: TimeMs }
  | { readonly ok: false; readonly rejection: Rejection };

interface Attempt {
  readonly secret: string;
  readonly requestId: string;
}

/** Names that are tried for one join: more than there may be agents. */
const namesMax = 10_000;

/** Joins agents under names that are free, and puts new secrets in the place of those that ended processes know. */
export class Enrolment {
  readonly #workspace: Workspace;
  readonly #speaker: Speaker;
  readonly #ports: McpPorts;
  /** Joins and resumptions without an answer so far. */
  readonly #attempts = new Map<string, Attempt>();

  constructor(workspace: Workspace, speaker: Speaker, ports: McpPorts) {
    this.#workspace = workspace;
    this.#speaker = speaker;
    this.#ports = ports;
  }

  /** Who is present, by name. */
  async present(): Promise<ReadonlyMap<AgentId, AgentView>> {
    const { agents } = await this.#workspace.coordinator.query({ kind: 'status', at: null });
    return new Map(agents.filter(({ presence }) => presence === 'present').map((view) => [view.agent, view]));
  }

  /** Joins as `claude`, or as `claude-2`, `claude-3` ... where somebody has that name. */
  async enrol(
    asked: AgentId,
    metadata: AgentMetadata,
    isOurs: (name: AgentId) => boolean,
  ): Promise<Enrolled> {
    // The join itself decides; this only spares it names that are known to be taken.
    const present = await this.present().catch(() => new Map<AgentId, AgentView>());
    for (const name of namesLike(asked)) {
      if (isOurs(name) || (present.has(name) && !this.#attempts.has(`join ${name}`))) continue;
      const enrolled = await this.#join(name, metadata);
      if (enrolled.ok || !isOfName(enrolled.rejection, name === asked)) return enrolled;
    }
    throw invalidInput('agent', 'all names like it are taken: choose another');
  }

  /** Goes on under a session that another process has left; from then on what that one knows is worthless. */
  async resume(left: AgentSession, metadata: AgentMetadata): Promise<Enrolled> {
    const { agent, epoch } = left;
    const from = `rhema mcp of ${String(metadata['program'] ?? 'a client')}`.slice(0, fromLengthMax);
    const { toldUpTo } = left;
    const kept = toldUpTo === undefined ? {} : { toldUpTo };
    return this.#attempt('resume', agent, kept, ({ secret: newSecret, requestId }) => {
      const command = {
        kind: 'AgentResume',
        agent,
        epoch,
        secret: left.secret,
        newSecret,
        way: 'resume',
        from,
      } as const;
      return this.#speaker.submit(command, requestId);
    });
  }

  /** Keeps what a session says now, unless somebody else has joined or gone on under the name meanwhile. */
  async keep(session: AgentSession): Promise<void> {
    const { sessions } = this.#workspace;
    const kept = await sessions.read(session.agent);
    if (kept?.secret === session.secret) await sessions.write(session);
  }

  /**
   * Joins under a name whose last join got no answer, and that is claimed here: whoever asked for it has ended, and left the
   * secret. If it was accepted, nobody has acted under it.
   */
  async finish(agent: AgentId, metadata: AgentMetadata): Promise<Enrolled> {
    const { sessions } = this.#workspace;
    const ports = { speaker: this.#speaker, sessions, newSecret: () => this.#ports.newSecret() };
    const joined = await join(ports, agent, this.#whole(metadata));
    if (joined.kind === 'refused') return { ok: false, rejection: joined.reply.rejection };
    return { ok: true, session: joined.session, deadlineMs: asTimeMs(joined.sessionDeadlineMs) };
  }

  /** Its secret is kept before it counts: where that finds no room nothing is asked for, and the name stays free. */
  async #join(agent: AgentId, metadata: AgentMetadata): Promise<Enrolled> {
    const isNew = !this.#attempts.has(`join ${agent}`);
    return this.#attempt('join', agent, {}, async ({ secret, requestId }) => {
      const letGo = await keepJoining(this.#workspace.sessions, agent, secret);
      const command = { kind: 'AgentJoin', agent, secret, metadata: this.#whole(metadata) } as const;
      const reply = await this.#speaker.submit(command, requestId).catch(async (error: unknown) => {
        if (isNew && !mayBeAccepted(error)) await letGo();
        throw error;
      });
      if (!reply.ok) await letGo();
      return reply;
    });
  }

  #whole(metadata: AgentMetadata): AgentMetadata {
    return { ...this.#workspace.about, ...metadata };
  }

  /** One whose answer never came may have taken effect: it is said again in the same words, with the same secret. */
  async #attempt(
    what: 'join' | 'resume',
    agent: AgentId,
    kept: Pick<AgentSession, 'toldUpTo'>,
    submit: (attempt: Attempt) => Promise<Reply>,
  ): Promise<Enrolled> {
    const key = `${what} ${agent}`;
    const attempt = this.#attempts.get(key) ?? this.#newAttempt();
    this.#attempts.set(key, attempt);
    const reply = await submit(attempt).catch((error: unknown) => {
      if (error instanceof CoordinatorError && error.code === 'INVALID_INPUT') this.#attempts.delete(key);
      throw error;
    });
    if (!reply.ok) {
      this.#attempts.delete(key);
      return { ok: false, rejection: reply.rejection };
    }
    const { result } = reply;
    if (result.kind !== 'joined' && result.kind !== 'resumed')
      throw new Error(`a join was answered ${result.kind}`);
    const session = { agent, epoch: result.epoch, secret: attempt.secret, ...kept };
    await this.#workspace.sessions.write(session);
    await this.#workspace.sessions.take(agent);
    // Only now: who could not write it must find it again.
    this.#attempts.delete(key);
    return { ok: true, session, deadlineMs: result.sessionDeadlineMs };
  }

  #newAttempt(): Attempt {
    return { secret: this.#ports.newSecret(), requestId: this.#ports.newRequestId() };
  }
}

const fromLengthMax = 100;

/** Whether a join was refused for its name only, so that the next one is worth trying. */
function isOfName({ code }: Rejection, isAsked: boolean): boolean {
  return code === 'AGENT_ALREADY_JOINED' || (code === 'NAME_TOO_SIMILAR' && !isAsked);
}

/** `claude`, `claude-2`, `claude-3` ... */
function* namesLike(asked: AgentId): Generator<AgentId> {
  yield asked;
  for (let number = 2; number < namesMax; number += 1) {
    const parsed = parseAgentId(`${asked}-${number}`);
    if (!parsed.ok)
      throw invalidInput('agent', 'it is taken, and too long for a number after it: choose another');
    yield parsed.value;
  }
}
