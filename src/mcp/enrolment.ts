import {
  asTimeMs,
  parseAgentId,
  type AgentId,
  type AgentMetadata,
  type Rejection,
  type ResultOf,
  type TimeMs,
} from '../core/index.ts';
import {
  join,
  keepJoining,
  mayBeAccepted,
  proofOf,
  resultOf,
  type AgentSession,
  type Speaker,
} from '../participant/index.ts';
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
  /** Joins without an answer so far, by name. */
  readonly #attempts = new Map<AgentId, Attempt>();

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
      if (isOurs(name) || (present.has(name) && !this.#attempts.has(name))) continue;
      const enrolled = await this.#join(name, metadata);
      if (enrolled.ok || !isOfName(enrolled.rejection, name === asked)) return enrolled;
    }
    throw invalidInput('agent', 'all names like it are taken: choose another');
  }

  /**
   * Goes on under a session that another process has left; from then on what that one knows is worthless. The new secret is
   * kept before it counts, beside the former one: whoever is killed meanwhile leaves both, and one of them counts.
   */
  async resume(left: AgentSession, metadata: AgentMetadata): Promise<Enrolled> {
    const { formerSecret, ...known } = left;
    if (formerSecret !== undefined) {
      // An earlier one without an answer: it is said again, unless it took effect.
      const again = await this.#resume({ ...known, secret: formerSecret }, known.secret, metadata);
      if (again.ok || again.rejection.code !== 'SESSION_MISMATCH') return again;
    }
    const { sessions } = this.#workspace;
    const newSecret = this.#ports.newSecret();
    await sessions.write({ ...known, secret: newSecret, formerSecret: known.secret });
    const resumed = await this.#resume(known, newSecret, metadata);
    if (!resumed.ok) await sessions.write(known);
    return resumed;
  }

  async #resume(left: AgentSession, newSecret: string, metadata: AgentMetadata): Promise<Enrolled> {
    const from = `rhema mcp of ${String(metadata['program'] ?? 'a client')}`.slice(0, fromLengthMax);
    const command = { kind: 'AgentResume', ...proofOf(left), newSecret, way: 'resume', from } as const;
    const reply = await this.#speaker.submit(command);
    if (!reply.ok) return { ok: false, rejection: reply.rejection };
    // A join under the name of one who takes part was not accepted.
    const { joiningSecret: _, ...session } = left;
    return this.#begin({ ...session, secret: newSecret }, resultOf(reply.result, 'resumed'));
  }

  /** Keeps what a session says now, unless somebody else has joined or gone on under the name meanwhile. */
  async keep(session: AgentSession): Promise<void> {
    const { sessions } = this.#workspace;
    const kept = await sessions.read(session.agent);
    if (kept?.secret === session.secret) await sessions.write(session);
  }

  /**
   * Joins under a name whose last join got no answer, and that this process occupies: whoever asked for it has ended, and left the
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
    const isNew = !this.#attempts.has(agent);
    return this.#attempt(agent, async ({ secret, requestId }) => {
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
  async #attempt(agent: AgentId, submit: (attempt: Attempt) => Promise<Reply>): Promise<Enrolled> {
    const attempt = this.#attempts.get(agent) ?? this.#newAttempt();
    this.#attempts.set(agent, attempt);
    const reply = await submit(attempt).catch((error: unknown) => {
      if (error instanceof CoordinatorError && error.code === 'INVALID_INPUT') this.#attempts.delete(agent);
      throw error;
    });
    if (!reply.ok) {
      this.#attempts.delete(agent);
      return { ok: false, rejection: reply.rejection };
    }
    const result = resultOf(reply.result, 'joined');
    const enrolled = await this.#begin({ agent, epoch: result.epoch, secret: attempt.secret }, result);
    // Only now: who could not write it must find it again.
    this.#attempts.delete(agent);
    return enrolled;
  }

  async #begin(
    session: AgentSession,
    { sessionDeadlineMs: deadlineMs }: ResultOf<'joined' | 'resumed'>,
  ): Promise<Enrolled> {
    await this.#workspace.sessions.write(session);
    await this.#workspace.sessions.take(session.agent);
    return { ok: true, session, deadlineMs };
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
