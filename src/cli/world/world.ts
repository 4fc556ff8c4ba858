import type { OwnerEnd } from '../../client/index.ts';
import type { ConfigEntry } from '../../config/index.ts';
import type {
  CheckedOut,
  CommitMade,
  CommitsWish,
  History,
  PathPlace,
  IndexedTexts,
  SyncCommand,
  TrackedContent,
  Trailer,
  WhichFiles,
} from '../../repository/index.ts';
import type { WorkingFiles } from '../../repository/git/index.ts';
import type {
  AgentId,
  AgentProcess,
  Parsed,
  ScopeDefinition,
  ScopePath,
  Settings,
} from '../../core/index.ts';
import type { LogAudit, Room, StateLook, WitnessLook } from '../../daemon/index.ts';
import type {
  FileChange,
  InitRequest,
  MigrateRequest,
  Migration,
  Origin,
  Words,
  Place,
  Prepared,
  PreparedSettings,
  SettingsRequest,
  TakeOut,
  UndoneTree,
  Undoing,
  UndoRequest,
} from '../../init/index.ts';
import type { AgentSession, ChangedSince, Lies, Occupant } from '../../participant/index.ts';
import type { Coordinator, HealthAnswer, RefreshReport, ScopeProblem } from '../../protocol/index.ts';
import type { LastLook, Look, PairMemory, RadarGit } from '../../radar/index.ts';
import type { LogSource } from '../../verify/index.ts';
import type { HooksHere } from '../git-hooks/hook-files.ts';
import type { AllowedCommand } from './allowed-commands.ts';
import type { ContextFileLook } from './context-file.ts';
import type { Environment } from './environment.ts';
import type { Repository } from './repository.ts';
import type {
  Served,
  ServedRepository,
  ServerManner,
  Servers,
  ServeWish,
  Tokens,
  Webhooks,
} from './serving.ts';
import type { Surroundings } from './surroundings.ts';

/**
 * What the commands need of the world beyond the coordinator: the repository, the owner process, sessions on disk,
 * configuration. `real-world.ts` has the real one, every part of it loaded only when it is used.
 */
export interface World {
  /** The repository around a folder; a chosen one (`-C`) outranks GIT_DIR. Fails with NOT_A_REPOSITORY outside of one. */
  locate(cwd: string, env: Environment, isChosen: boolean): Promise<Repository>;

  /**
   * The port to this repository's coordinator. `direct` opens the log in this process instead of asking the owner. Fails with
   * UNAUTHENTICATED where no token for its server is kept.
   */
  connect(repository: Repository, options: { readonly direct: boolean } & ServerManner): Promise<Coordinator>;

  readonly sessions: Sessions;
  readonly owner: Owner;
  readonly tokens: Tokens;
  readonly webhooks: Webhooks;
  readonly servers: Servers;
  readonly inspection: Inspection;
  readonly scopeFiles: ScopeFiles;
  readonly logs: Logs;
  readonly state: State;
  readonly syncs: Syncs;
  readonly radar: Radar;
  /** The files of a working tree, for whoever writes context files. */
  workingFiles(repository: Repository): WorkingFiles;
  /** The text of a file that the user names, seen from a folder; null: of standard input. Fails with INVALID_INPUT. */
  readInput(cwd: string, path: string | null): Promise<string>;

  newRequestId(): string;
  /** The secret of a new session. */
  newSecret(): string;
  /** This process, for an agent whose session ends with it; null where its end could not be seen for certain. */
  boundProcess(lingersMs: number): AgentProcess | null;

  /** Who sits at the keyboard, for the audit trail of operator commands. */
  operator(): string;
  hostName(): string;
}

export type { ContextFileLook, Environment, Repository, StateLook };
export type { Served, ServedRepository, ServeWish, WorkspaceOf } from './serving.ts';
export type { Servers, Tokens, Webhooks } from './serving.ts';

export type { WorkingFiles };

/** The secrets of the agents that this user has joined, in files that only he can read. */
export interface Sessions {
  /** Null when this user has not joined under that name. */
  read(repository: Repository, agent: AgentId): Promise<AgentSession | null>;
  write(repository: Repository, session: AgentSession): Promise<void>;
  remove(repository: Repository, agent: AgentId): Promise<void>;
  list(repository: Repository): Promise<readonly AgentSession[]>;
  /** The living process of another call that keeps this agent, such as `rhema mcp`; null when there is none. */
  occupant(repository: Repository, agent: AgentId): Promise<Occupant | null>;
  /** The agent was taken over: that process keeps it no more. */
  dismissOccupant(repository: Repository, agent: AgentId): Promise<void>;
}

/** The background process that owns the repository's log. */
export interface Owner {
  /** How the running owner is; null when none runs. Never starts one. */
  health(repository: Repository): Promise<HealthAnswer | null>;
  /** What the running owner decides by; null when none runs. Never starts one. */
  settings(repository: Repository): Promise<Settings | null>;
  /** Has the running owner read the scope files again; null when none runs. Never starts one. */
  refresh(repository: Repository): Promise<RefreshReport | null>;
  /** Asks it to finish and leave; its process is killed where it does not. */
  stop(repository: Repository): Promise<OwnerEnd>;
  logFile(repository: Repository): Promise<string>;
  /** Is the owner, until it leaves. */
  run(repository: Repository): Promise<void>;
  /** The same of each of them in the foreground, answering over HTTP as well. Told once that all are served. */
  serve(
    repositories: readonly ServedRepository[],
    wish: ServeWish,
    onReady: (served: Served) => void,
  ): Promise<void>;
}

/** Looking at the repository itself, without any coordinator. */
export interface Inspection {
  /** The scope that a path means, typed in a folder. Refused when it means two, or leads out of the repository. */
  scopePath(repository: Repository, cwd: string, text: string): Promise<Parsed<ScopePath>>;
  /** The path of a file, typed in a folder, which need not be there. Refused when it leads out of the repository. */
  filePath(repository: Repository, cwd: string, text: string): Promise<Parsed<ScopePath>>;
  /** Where a path leads, typed in a folder. In a bare repository each is as it is written. */
  place(repository: Repository, cwd: string, text: string, isReplaced?: boolean): PathPlace;
  /** How a path of the repository is typed in a folder. */
  pathTyped(repository: Repository, cwd: string, path: string): string;
  /** Files that were changed since a moment, in folders or as such; null where that cannot be told. */
  changedSince(repository: Repository, ...wish: Parameters<ChangedSince>): ReturnType<ChangedSince>;
  /** What lies at a path of the working tree. */
  liesAt(repository: Repository, path: ScopePath): Promise<Lies>;
  /** What is in a file of the working tree that may be a context file. */
  contextFile(repository: Repository, path: ScopePath): ContextFileLook;
  /** The path of the repository that a text means which is written in a file of a folder; null: none. */
  pathIn(repository: Repository, folder: ScopePath, text: string): ScopePath | null;
  /** Whether there is anything at such a path. */
  isThere(repository: Repository, folder: ScopePath, text: string): boolean;
  /** All files of the working tree but those that are ignored; none where that cannot be told. */
  filesThere(repository: Repository): Promise<readonly string[]>;
  /** Files that the working tree has otherwise than its last commit, or that are new there. */
  changedFiles(repository: Repository, which?: WhichFiles): Promise<readonly string[]>;
  /** Those of them that some paths name, as Git takes them in a folder. */
  changedAmong(repository: Repository, cwd: string, paths: readonly string[]): Promise<readonly string[]>;
  /** Files that a commit of the index would change; of the one that Git names to its hooks, where it names one. */
  stagedFiles(repository: Repository, env: Environment): Promise<readonly string[]>;
  /** Files in an entry of the stash, as Git names it, or in all of them. */
  stashedFiles(repository: Repository, entry: string | null): Promise<readonly string[]>;
  /** What one of them is in the last commit, and would be in the next. */
  indexedTexts(repository: Repository, env: Environment, path: ScopePath): Promise<IndexedTexts>;
  /** Files that a commit of some paths alone would change, as Git takes them in a folder. */
  committedBy(repository: Repository, cwd: string, paths: readonly string[]): Promise<readonly string[]>;
  /** Those of some paths that Git ignores. */
  ignoredAmong(repository: Repository, paths: readonly string[]): Promise<ReadonlySet<string>>;
  /** Files that two commits have otherwise, of `A..B`; null: that is no range of commits. */
  filesBetween(repository: Repository, range: string): Promise<readonly string[] | null>;
  /** Commits of a range, the newest first; null: that is none. */
  commitsIn(repository: Repository, wish: CommitsWish): Promise<readonly CommitMade[] | null>;
  /** What each of some commits has changed. */
  filesOf(repository: Repository, ids: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>>;
  /** The branches that are checked out, and where. */
  checkedOut(repository: Repository): Promise<readonly CheckedOut[]>;
  /** Adds lines to the message of a commit that is being made, in a file seen from a folder. */
  addTrailers(repository: Repository, cwd: string, file: string, trailers: readonly Trailer[]): Promise<void>;
  /** Where Git looks for hooks, and what lies there. */
  hooksHere(repository: Repository, env: Environment): Promise<HooksHere>;
  scan(repository: Repository): Promise<Scan>;
  hookSettings(repository: Repository): Promise<HookSettings>;
  /** What was committed so far; null where there is nothing, or Git does not tell it in time. */
  history(repository: Repository, max: number): Promise<History | null>;
  /** Every option with its value and where the value comes from, and what is wrong with them. */
  configuration(repository: Repository): Promise<Configuration>;
  /** As Git itself tells it: `git version 2.43.0`. Null when there is no Git. */
  gitVersion(env: Environment): Promise<string | null>;
  stateFiles(repository: Repository): Promise<StateFiles>;
  /** Whether the log can grow; a file is written for that, and removed again. */
  room(repository: Repository): Promise<Room>;
  /** How many files this process may have open; null where the system does not tell. */
  openFilesMax(): Promise<number | null>;
  /** What coordination relies on outside its own files. */
  surroundings(repository: Repository, env: Environment): Promise<Surroundings>;
  /** Reads the whole log and says what is wrong with it. */
  auditLog(repository: Repository): Promise<LogAudit>;
  /** Looks at what keeps, beside the log, how far that came. */
  witness(repository: Repository): Promise<WitnessLook>;
}

/** Deriving scopes from what a repository is made of, and writing their files. */
export interface ScopeFiles {
  prepareInit(request: InitRequest): Promise<Prepared>;
  /** Null where no scope was ever generated. */
  prepareRefresh(request: Pick<InitRequest, 'repository' | 'env'>): Promise<Prepared | null>;
  /** The configuration for scopes that are described already; null where none is. */
  prepareMigration(request: MigrateRequest): Promise<Migration | null>;
  /** Fails where `apply` would, as far as can be told without writing. */
  check(root: string, changes: readonly FileChange[]): Promise<void>;
  /** All changes or none. What was there before is noted for an undoing; null, or why that could not be. */
  apply(place: Place, changes: readonly FileChange[], takeOut: TakeOut): Promise<string | null>;
  /** What a file held before `apply` first changed it, or a guess at it; null: that is not known. */
  origin(place: Place, file: string, now: string): Promise<Origin | null>;
  /** Whether words that `apply` wrote into a file were taken out, or went with it, by somebody else. `now`: null, it is gone. */
  takenOut(place: Place, file: string, now: string | null, words: Words): Promise<boolean>;
  /** What to do so that the working trees are as they were before all of it. */
  prepareUndo(request: UndoRequest): Promise<Undoing>;
  /** All changes of a working tree or none. */
  undo(tree: UndoneTree): Promise<void>;
  /** Those that Git would ignore if they were made. */
  ignored(root: string, files: readonly string[]): Promise<ReadonlySet<string>>;
  /** As a unified diff. */
  patch(changes: readonly FileChange[]): Promise<string>;
  /** The change that sets options in the configuration that is there. */
  prepareSettings(request: SettingsRequest): Promise<PreparedSettings>;
}

export interface Scan {
  readonly definitions: readonly ScopeDefinition[];
  readonly settings: Settings;
  readonly problems: readonly ScopeProblem[];
  readonly sync: {
    /** What scopes say is to be run when they are synced. */
    readonly commands: ReadonlyMap<ScopePath, SyncCommand>;
    /** Scopes that there are, though what is said of them cannot be used. */
    readonly unread: readonly ScopePath[];
    /** Whether what was undone is synced again by itself (`auto_sync`). */
    readonly auto: boolean;
    /** Whether what is invalid is refused, or told of (`strict_mode`). */
    readonly strict: boolean;
  };
  /** Why nobody can read in the root scope's file which scopes it lists; empty when that can be read. */
  readonly unreadRoot: readonly ScopeProblem[];
}

/** How hooks of clients claim; 0: they do not. */
export interface HookSettings {
  readonly claimWaitMs: number;
  readonly claimIdleMs: number;
}

export interface Configuration {
  readonly enabled: boolean;
  readonly entries: readonly ConfigEntry[];
  /** Of the block, and where the file that should hold it cannot be used, of that file. */
  readonly problems: readonly ScopeProblem[];
  /** The file of the root scope where it cannot be used at all, so that nothing in it counts; else null. */
  readonly unusedFile: string | null;
}

/** What is on disk of the coordination's own. */
export interface StateFiles {
  readonly directory: string;
  readonly database: string;
  /** False before the first command. */
  readonly databaseExists: boolean;
  /** Who may enter the folder, such as 0o700; null when it does not exist. */
  readonly directoryMode: number | null;
  /** What was kept of states that must not exist, the oldest first. */
  readonly evidence: readonly string[];
  readonly writable: boolean;
  /** What stands in its files' places so that commands fail, each with what to do. */
  readonly misplaced: readonly string[];
  /** The address of the socket; its failure when there is no usable one. */
  readonly socket: Parsed<string>;
}

/** All that the coordination of a repository keeps outside its working trees. */
export interface State {
  look(repository: Repository): Promise<StateLook>;
  /** Removes it for good. Fails with UNAVAILABLE when somebody has begun to use it since that look. */
  remove(repository: Repository, seen: StateLook): Promise<void>;
}

/** Merges that are tried, and what is remembered of them. */
export interface Radar {
  /** Whoever opens it closes it. */
  open(repository: Repository, wish: RadarWish): Promise<OpenRadar>;
  /** What came of merges before. */
  memory(repository: Repository): PairMemory;
  /** What was found last; null: nobody has looked yet. */
  last(repository: Repository): LastLook | null;
  keep(repository: Repository, kept: KeptLook): void;
}

export interface RadarWish {
  /** Also branches that are checked out nowhere. */
  readonly branches: boolean;
  readonly nowMs: number;
}

export interface OpenRadar extends RadarGit {
  /** Removes what it has made. */
  readonly close: () => void;
}

interface KeptLook {
  readonly memory: PairMemory;
  readonly look: Look;
  readonly atMs: number;
}

/** What syncs stand on. */
export interface Syncs {
  /** The top of the working tree that is synced, whichever one the caller is in; null: there is none. */
  tree(repository: Repository): string | null;
  /** What its tracked files contain, told by digests. */
  content(root: string): Promise<TrackedContent>;
  /** What the user has allowed scopes of this repository to run. */
  allowed(env: Environment, repository: Repository): readonly AllowedCommand[];
  /** Replaces that. */
  allow(env: Environment, repository: Repository, commands: readonly AllowedCommand[]): void;
  /** Keeps what the last command of a scope has said, instead of what the one before has. */
  keepOutput(repository: Repository, scope: ScopePath, text: string): void;
  /** Null: none was run yet. */
  output(repository: Repository, scope: ScopePath): string | null;
}

/** Recorded logs, for reading. */
export interface Logs {
  /** The log in a file as it is now, be it a store's or an export. Fails with INVALID_INPUT when it is neither. */
  open(path: string): Promise<OpenLog>;
  /** An export on standard input. */
  fromStandardInput(): Promise<OpenLog>;
}

export interface OpenLog extends LogSource {
  /** Where the log is that was there before this one began anew, if it is known. */
  readonly former?: string | null;
  readonly close: () => void;
}
