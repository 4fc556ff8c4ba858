import type { AgentMetadata, AgentProcess, Parsed, ScopePath } from '../core/index.ts';
import type { ChangedSince, Lies, SessionKeeping } from '../participant/index.ts';
import type { Coordinator } from '../protocol/index.ts';
import type { Time } from '../time/index.ts';
import type { NearestPath } from '../wording/index.ts';

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
  /** The process that speaks for all agents here. Left out: they are lost by silence alone. */
  readonly process?: AgentProcess;
  /** The scope that a path means, as an agent writes it. */
  scopePath(text: string): Promise<Parsed<ScopePath>>;
  /** The canonical path, relative to the repository, of a file or folder. */
  filePath(text: string): Promise<Parsed<ScopePath>>;
  /** Files that were changed since a moment, in folders or as such; null where that cannot be told. */
  readonly changedSince: ChangedSince;
  /** What lies at a path of the working tree. */
  liesAt(path: ScopePath): Promise<Lies>;
  readonly nearestPath: NearestPath;
  /** SHA-256 (hex) of a file's content, given by its canonical path; null when there is no such file. */
  digestOf(path: ScopePath): Promise<string | null>;
}
