import type { AgentId, Epoch, ScopeDefinition, ScopePath, Settings } from '../core/index.ts';
import type { Coordinator, HealthAnswer, ScopeProblem } from '../protocol/index.ts';

/**
 * What the commands need of the world beyond the coordinator: the repository, the owner process, sessions on disk,
 * configuration. `real-world.ts` has the real one, every part of it loaded only when it is used.
 */
export interface World {
  /** The repository around a folder. Fails with NOT_A_REPOSITORY outside of one. */
  locate(cwd: string, env: Environment): Promise<Repository>;

  /** The port to this repository's coordinator. `direct` opens the log in this process instead of asking the owner. */
  connect(repository: Repository, options: { readonly direct: boolean }): Promise<Coordinator>;

  readonly sessions: Sessions;
  readonly owner: Owner;
  readonly inspection: Inspection;

  newRequestId(): string;
  /** The secret of a new session. */
  newSecret(): string;

  /** Who sits at the keyboard, for the audit trail of operator commands. */
  operator(): string;
  hostName(): string;
}

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Repository {
  /** Null in a bare repository. */
  readonly worktree: string | null;
  readonly gitDir: string;
  /** Shared by all worktrees; the state lives in `rhema/` below it. */
  readonly commonDir: string;
}

export interface Session {
  readonly agent: AgentId;
  readonly epoch: Epoch;
  readonly secret: string;
}

/** The secrets of the agents that this user has joined, in files that only he can read. */
export interface Sessions {
  /** Null when this user has not joined under that name. */
  read(repository: Repository, agent: AgentId): Promise<Session | null>;
  /** Returns where it is kept. */
  write(repository: Repository, session: Session): Promise<string>;
  remove(repository: Repository, agent: AgentId): Promise<void>;
  list(repository: Repository): Promise<readonly Session[]>;
}

/** The background process that owns the repository's log. */
export interface Owner {
  /** How the running owner is; null when none runs. Never starts one. */
  health(repository: Repository): Promise<HealthAnswer | null>;
  /** Asks it to finish and leave; false when none runs. */
  stop(repository: Repository): Promise<boolean>;
  logFile(repository: Repository): Promise<string>;
  /** Is the owner, until it leaves; answers with the exit code. */
  run(repository: Repository): Promise<number>;
}

/** Looking at the repository itself, without any coordinator. */
export interface Inspection {
  scan(repository: Repository): Promise<Scan>;
  /** Every option with its value and where the value comes from. */
  configuration(repository: Repository): Promise<Configuration>;
  /** The scope that a path names, seen from the working directory. Fails when it names two. */
  scopePath(
    repository: Repository,
    cwd: string,
    text: string,
    known: () => Promise<readonly ScopePath[]>,
  ): Promise<ScopePath>;
  gitVersion(): Promise<string | null>;
  /** Opens the log's file and checks all of it. */
  verifyStore(repository: Repository): Promise<StoreReport>;
  socketPath(repository: Repository): Promise<string>;
}

export interface Scan {
  readonly definitions: readonly ScopeDefinition[];
  readonly settings: Settings;
  readonly problems: readonly ScopeProblem[];
}

export interface Configuration {
  readonly enabled: boolean;
  readonly values: readonly ConfiguredValue[];
  readonly problems: readonly ScopeProblem[];
}

export interface ConfiguredValue {
  readonly key: string;
  readonly value: string;
  /** `default`, or the file and line. */
  readonly source: string;
}

export interface StoreReport {
  readonly exists: boolean;
  readonly path: string;
  readonly engine: string | null;
  /** Null when it is sound. */
  readonly problem: string | null;
}
