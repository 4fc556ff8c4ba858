import {
  asTimeMs,
  parseAgentId,
  type AgentId,
  type AgentMetadata,
  type Rejection,
  type ResultOf,
  type TimeMs,
} from '../../core/index.ts';
import { CoordinatorError, type Reply } from '../../protocol/index.ts';
import { resultOf } from '../answers.ts';
import { goOn, join, keepJoining, mayBeAccepted, type JoinPorts } from '../joining.ts';
import type { AgentSession } from '../session.ts';
import type { NameBook } from './name-book.ts';
import type { DeskPorts } from './ports.ts';

/** How an agent has come to a session of its own. */
export type Enrolled =
  | { readonly kind: 'enrolled'; readonly session: AgentSession; readonly deadlineMs: TimeMs }
  | { readonly kind: 'refused'; readonly rejection: Rejection };

/** No name like it can be had: all are taken, or it is too long for a number after it. */
export interface NoName {
  readonly kind: 'noName';
  readonly why: 'taken' | 'tooLong';
}

interface Attempt {
  readonly secret: string;
  readonly requestId: string;
}

/** Names that are tried for one join: more than there may be agents. */
const namesMax = 10_000;

/** Joins agents under names that are free, and puts new secrets in the place of those that ended processes know. */
export class Enrolment {
  readonly #ports: DeskPorts;
  readonly #names: NameBook;
  /** Joins without an answer so far, by name. */
  readonly #attempts = new Map<AgentId, Attempt>();

  constructor(ports: DeskPorts, names: NameBook) {
    this.#ports = ports;
    this.#names = names;
  }

  /** Joins as `claude`, or as `claude-2`, `claude-3` ... where somebody has that name. */
  async enrol(
    asked: AgentId,
    metadata: AgentMetadata,
    isOurs: (name: AgentId) => boolean,
  ): Promise<Enrolled | NoName> {
    // The join itself decides; this only spares it names that are known to be taken.
    const present = await this.#names.present().catch(() => new Map<AgentId, unknown>());
    for (let number = 1; number < namesMax; number += 1) {
      const name = nameLike(asked, number);
      if (name === null) return { kind: 'noName', why: 'tooLong' };
      if (isOurs(name) || (present.has(name) && !this.#attempts.has(name))) continue;
      const enrolled = await this.#join(name, metadata);
      if (enrolled.kind === 'enrolled' || !isOfName(enrolled.rejection, name === asked)) return enrolled;
    }
    return { kind: 'noName', why: 'taken' };
  }

  /** Goes on under a session that another process has left; from then on what that one knows is worthless. */
  async resume(left: AgentSession, metadata: AgentMetadata): Promise<Enrolled> {
    const wentOn = await goOn(this.#joinPorts, left, { way: 'resume', from: this.#ports.from(metadata) });
    if (wentOn.kind === 'refused') return { kind: 'refused', rejection: wentOn.reply.rejection };
    // A join under the name of one who takes part was not accepted.
    const { joiningSecret: _, ...session } = wentOn.session;
    return this.#begin(session, wentOn.result);
  }

  /** Keeps what a session says now, unless somebody else has joined or gone on under the name meanwhile. */
  async keep(session: AgentSession): Promise<void> {
    const { sessions } = this.#ports;
    const kept = await sessions.read(session.agent);
    if (kept?.secret === session.secret) await sessions.write(session);
  }

  /**
   * Joins under a name whose last join got no answer, and that this process occupies: whoever asked for it has ended,
   * and left the secret. If it was accepted, nobody has acted under it.
   */
  async finish(agent: AgentId, metadata: AgentMetadata): Promise<Enrolled> {
    const ports = { from: this.#ports.from(metadata), ...this.#joinPorts };
    const joined = await join(ports, agent, this.#whole(metadata));
    if (joined.kind === 'refused') return { kind: 'refused', rejection: joined.reply.rejection };
    return { kind: 'enrolled', session: joined.session, deadlineMs: asTimeMs(joined.sessionDeadlineMs) };
  }

  get #joinPorts(): JoinPorts {
    const { speaker, sessions, process } = this.#ports;
    return { speaker, sessions, newSecret: () => this.#ports.newSecret(), ...(process && { process }) };
  }

  /** Its secret is kept before it counts: where that finds no room nothing is asked for, and the name stays free. */
  async #join(agent: AgentId, metadata: AgentMetadata): Promise<Enrolled> {
    const { sessions, speaker, process } = this.#ports;
    const isNew = !this.#attempts.has(agent);
    return this.#attempt(agent, async ({ secret, requestId }) => {
      const letGo = await keepJoining(sessions, agent, secret);
      const bound = process === undefined ? {} : { process };
      const command = {
        kind: 'AgentJoin',
        agent,
        secret,
        metadata: this.#whole(metadata),
        ...bound,
      } as const;
      const reply = await speaker.submit(command, requestId).catch(async (error: unknown) => {
        if (isNew && !mayBeAccepted(error)) await letGo();
        throw error;
      });
      if (!reply.ok) await letGo();
      return reply;
    });
  }

  #whole(metadata: AgentMetadata): AgentMetadata {
    return { ...this.#ports.about, ...metadata };
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
      return { kind: 'refused', rejection: reply.rejection };
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
    await this.#ports.sessions.write(session);
    await this.#ports.sessions.take(session.agent);
    return { kind: 'enrolled', session, deadlineMs };
  }

  #newAttempt(): Attempt {
    return { secret: this.#ports.newSecret(), requestId: this.#ports.newRequestId() };
  }
}

/** Whether a join was refused for its name only, so that the next one is worth trying. */
function isOfName({ code }: Rejection, isAsked: boolean): boolean {
  return code === 'AGENT_ALREADY_JOINED' || (code === 'NAME_TOO_SIMILAR' && !isAsked);
}

/** `claude`, `claude-2`, `claude-3` ...; null when that is too long for a name. */
function nameLike(asked: AgentId, number: number): AgentId | null {
  if (number === 1) return asked;
  const parsed = parseAgentId(`${asked}-${number}`);
  return parsed.ok ? parsed.value : null;
}
