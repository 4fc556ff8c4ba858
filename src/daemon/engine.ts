/**
 * What keeps the logs of repositories, and says who owns one. All above it is the same for every engine; which one is at
 * work is said where a coordinator is opened.
 */
import type { Witness } from '../service/index.ts';
import type { LogStore } from '../store/index.ts';

/** Tells one repository from another; for the embedded engine its common Git folder, a real path. */
export type RepositoryId = string;

export interface Engine {
  /** Whether the repository has a log already. */
  hasLog(repository: RepositoryId): boolean;

  /** Opens the log, and creates it where there is none. `report` is told of trouble that nobody waits to hear of. */
  openStore(repository: RepositoryId, report: ReportTrouble): Promise<OpenStore>;

  /**
   * Becomes the one owner of the log, or returns null when another process serves it already. An owner that is just leaving is waited
   * for. What is written is safe without it: it keeps processes from getting in each other's way.
   */
  takeOwnership(repository: RepositoryId): Promise<Ownership | null>;
}

export type ReportTrouble = (message: string, cause: unknown) => void;

export interface OpenStore {
  readonly store: LogStore;
  /** Keeps beside the log how far it came; none where a log cannot be lost. */
  readonly witness: Witness;
  /** Which program and version is at work, for people. */
  readonly engine: string;
  /** The file, for people; null where it is none. */
  readonly path: string | null;
  /** Why the log is not the one any more that was opened; null while it is. */
  whyLost(): Promise<string | null>;
  close(): Promise<void>;
}

/** Ends with {@link Ownership.release}, or with the process, however that ends. */
export interface Ownership {
  /** Idempotent. */
  release(): void;
}
