import type { AgentId, AgentMetadata, Epoch, Parsed, Revision, ScopePath } from '../core/index.ts';
import type { Coordinator } from '../protocol/index.ts';
import type { Time } from '../time/index.ts';

/**
 * What this face stands on. Everything is handed in, so that the same tools can be served over stdio by a process of
 * their own, or by the owner, or by a test that moves the time.
 */
export interface McpPorts {
  /** Opens the repository and reaches its coordinator; asked for at the first tool call, not at the start. */
  open(): Promise<Workspace>;
  readonly clock: Time;
  newRequestId(): string;
  /** The secret of a new session: 16 to 64 random bytes, in lower-case hex. */
  newSecret(): string;
  /** Is told of trouble that no caller hears of. */
  report(facts: Readonly<Record<string, unknown>>, message: string): void;
}

/** One repository, as this process reaches it. */
export interface Workspace {
  readonly coordinator: Coordinator;
  readonly sessions: SessionKeeping;
  /** What is noted of every agent that joins here: host, worktree, pid. */
  readonly about: AgentMetadata;
  /** The scope that a path means, as an agent writes it. */
  scopePath(text: string): Promise<Parsed<ScopePath>>;
  /** The canonical path, relative to the repository, of a file or folder. */
  filePath(text: string): Promise<Parsed<ScopePath>>;
  /** Of these the one that a misspelt word most likely meant; null when none is close. */
  readonly nearest: (word: string, candidates: readonly string[]) => Promise<string | null>;
  /** SHA-256 (hex) of a file's content, given by its canonical path; null when there is no such file. */
  digestOf(path: ScopePath): Promise<string | null>;
}

/** What lets a process act in the name of an agent. */
export interface AgentSession {
  readonly agent: AgentId;
  readonly epoch: Epoch;
  readonly secret: string;
  /** Revision up to which the agent has been told what it lost; left out while nothing was lost. */
  readonly toldUpTo?: Revision;
}

/**
 * The sessions of this user's agents, and which live process keeps which of them: two clients must not act under one
 * name without knowing it, and a new process must succeed a dead one without losing anything.
 */
export interface SessionKeeping {
  /** Makes this process the keeper of a name, unless a live one keeps it. Claiming what one keeps is no error. */
  claim(agent: AgentId): Promise<Claim>;
  /** Makes this process the keeper of a name that it has just been given, whoever has left a note there. */
  take(agent: AgentId): Promise<void>;
  /** The live process that keeps a name, if it is another one. */
  keeper(agent: AgentId): Promise<Keeper | null>;
  /** The session that the last join under a name left; null when there is none. */
  read(agent: AgentId): Promise<AgentSession | null>;
  write(session: AgentSession): Promise<void>;
  /** Lets go of the name; the session stays. */
  release(agent: AgentId): Promise<void>;
  /** Forgets the session and lets go of the name. */
  forget(agent: AgentId): Promise<void>;
}

export type Claim = { readonly kind: 'kept' } | { readonly kind: 'taken'; readonly by: Keeper };

/** The live process that keeps a name. */
export interface Keeper {
  readonly pid: number;
  /** Milliseconds since 1970. */
  readonly sinceMs: number;
}
