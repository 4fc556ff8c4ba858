import type { AgentMetadata, AgentProcess, Parsed, ScopePath } from '../core/index.ts';
import type { ChangedSince, Files, Lies, SessionKeeping } from '../participant/index.ts';
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
  report(event: McpTrouble, facts: TroubleFacts): void;
}

/** By the names that the program's log has for it. */
export type McpTrouble = 'mcp.callFailed' | 'mcp.releaseFailed' | 'mcp.renewalFailed' | 'mcp.sessionNotKept';

export interface TroubleFacts {
  /** In which it came over HTTP. */
  readonly requestId?: string;
  readonly tool?: string;
  readonly agent?: string;
  /** Who came over HTTP. */
  readonly principal?: string;
  readonly cause: string;
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
  /** What keeps a scope from being synced where `strict_mode` is on; null: nothing. */
  syncBlocked(scope: ScopePath): Promise<string | null>;
  /** What lies at a path of the working tree. */
  liesAt(path: ScopePath): Promise<Lies>;
  readonly nearestPath: NearestPath;
  /** All files of the working tree but those that are ignored; none where that cannot be told. */
  filesThere(): Promise<readonly string[]>;
  /** SHA-256 (hex) of a file's content, given by its canonical path; null when there is no such file. */
  digestOf(path: ScopePath): Promise<string | null>;
  readonly contexts: Contexts;
}

/** What a call wants of one entry of a context file. */
export type EntryWish =
  /** To have it say this: it is changed where one of its `id` is there, else added. */
  { readonly entry: Readonly<Record<string, unknown>> } | { readonly remove: string };

export type EntryOutcome =
  | {
      readonly kind: 'changed';
      readonly text: string;
      readonly id: string;
      readonly warnings: readonly string[];
    }
  | { readonly kind: 'unchanged'; readonly id: string }
  | { readonly kind: 'refused'; readonly code: string; readonly message: string };

/** Context files, for this face. */
export interface Contexts {
  /** Fails with INVALID_INPUT where there is no working tree. */
  files(): Files;
  /** Whether what somebody wrote and told nobody of is to be taken account of, and written over. */
  overForeign(): Promise<boolean>;
  /** Fails with INVALID_INPUT for a file that can have no entries, or whose entries nobody would find. */
  mustHaveEntries(file: ScopePath): Promise<void>;
  /** What a file says once one entry of it is changed. */
  change(file: ScopePath, text: string | null, wish: EntryWish): Promise<EntryOutcome>;
  /** Entries about something, the best and nearest first, as text; `path`: near it, null: near the top. */
  known(path: ScopePath | null, words: string): Promise<string>;
}
