/** What lets a process act in the name of an agent, and where it is kept. */
import type { AgentId, Epoch, Revision, TimeMs } from '../core/index.ts';

export interface AgentSession {
  readonly agent: AgentId;
  readonly epoch: Epoch;
  readonly secret: string;
  /** Revision up to which the agent has been told what happened, and the log's time then; left out before it was. */
  readonly toldUpTo?: Revision;
  readonly toldUpToLogMs?: TimeMs;
  /** The secret of a join under the name to which nobody has heard an answer; left out while there is none. */
  readonly joiningSecret?: string;
  /** The secret before a resumption to which nobody has heard an answer; left out while there is none. */
  readonly formerSecret?: string;
}

export type Proof = Pick<AgentSession, 'agent' | 'epoch' | 'secret'>;

/** The proof of who speaks, as part of a command. */
export function proofOf({ agent, epoch, secret }: AgentSession): Proof {
  return { agent, epoch, secret };
}

/** Of a session under which nobody has acted yet: its join is without an answer. */
export const unanswered = 0 as Epoch;

/** Whether an agent of this session may act: whoever has only asked to join may not. */
export const hasJoined = ({ epoch }: AgentSession): boolean => epoch !== unanswered;

/** The sessions of this user's agents in one repository. */
export interface Sessions {
  /** The session that the last join under a name left; null when there is none. Fails with `NOT_JOINED` when it is damaged. */
  read(agent: AgentId): Promise<AgentSession | null>;
  write(session: AgentSession): Promise<void>;
  /** Forgets the session. */
  forget(agent: AgentId): Promise<void>;
}

/** The same for a process that nobody succeeds. */
export class MemorySessions implements Sessions {
  readonly #byAgent = new Map<AgentId, AgentSession>();

  read(agent: AgentId): Promise<AgentSession | null> {
    return Promise.resolve(this.#byAgent.get(agent) ?? null);
  }

  write(session: AgentSession): Promise<void> {
    this.#byAgent.set(session.agent, session);
    return Promise.resolve();
  }

  forget(agent: AgentId): Promise<void> {
    this.#byAgent.delete(agent);
    return Promise.resolve();
  }
}

/**
 * Which live process acts for which agent, too: two clients must not act under one name without knowing it, and a new process
 * must succeed a dead one without losing anything.
 */
export interface SessionKeeping extends Sessions {
  /** Makes this process the occupant of a name, unless another live one is. To occupy a name twice is no error. */
  occupy(agent: AgentId): Promise<Occupation>;
  /** Makes this process the occupant of a name that it has just been given, whoever has left a note there. */
  take(agent: AgentId): Promise<void>;
  /** The live process that occupies a name, if it is another one. */
  occupant(agent: AgentId): Promise<Occupant | null>;
  /** Lets go of the name; the session stays. */
  release(agent: AgentId): Promise<void>;
  /** Forgets the session and lets go of the name. */
  forget(agent: AgentId): Promise<void>;
}

export type Occupation = { readonly kind: 'ours' } | { readonly kind: 'taken'; readonly by: Occupant };

/** The live process that occupies a name. */
export interface Occupant {
  readonly pid: number;
  /** Milliseconds since 1970. */
  readonly sinceMs: number;
}
