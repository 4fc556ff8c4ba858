import type {
  AgentStatus,
  CommandKind,
  Entry,
  Presence,
  RejectionCode,
  RequestId,
  Revision,
  State,
  SyncStatus,
  ViolationType,
  WriteObstacle,
} from '../core/index.ts';

/** What is told of the work on a log, for its operator's log and figures. Nothing that is told may fail or wait. */
export interface Observer {
  /** Trouble that no caller waits to hear of. */
  trouble(problem: Problem): void;
  /** A batch is in the log, durably. */
  committed(commit: Commit): void;
  /** What the log has led to: at the start, and where entries were missed. To be read at once, not to be kept. */
  began(state: State): void;
  /** Entries that are in the log, each once and in order, whoever has written them. */
  entered(entries: readonly Entry[]): void;
  /** A command has its answer. */
  answered(answered: AnsweredCommand): void;
  /** A question has its answer. */
  told(answered: AnsweredQuestion): void;
}

export interface Problem {
  readonly kind: ProblemKind;
  readonly message: string;
  readonly cause: unknown;
}

export type ProblemKind =
  | 'logBegunAnew'
  | 'witnessNotKept'
  | 'corruptSnapshot'
  | 'snapshotNotSaved'
  | 'violation'
  | 'bug'
  | 'appendFailed';

export interface Commit {
  readonly entries: number;
  /** Of those that somebody asked for. */
  readonly requests: readonly RequestId[];
  /** For how long the store was at it. */
  readonly tookMs: number;
}

export interface AnsweredCommand {
  readonly kind: CommandKind;
  /** `failed`: it could not be decided, or not be written. */
  readonly outcome: 'done' | 'refused' | 'failed';
  /** Of a refusal; null otherwise. */
  readonly code: RejectionCode | null;
  /** From its arrival on. */
  readonly tookMs: number;
}

export interface AnsweredQuestion {
  readonly kind: string;
  readonly tookMs: number;
  /** One for each file whose writing was asked about. */
  readonly verdicts: readonly Verdict[];
  /** Whether a fencing token that was asked about is good no more. */
  readonly refusesToken: boolean;
}

/** `free`: it needs no lock; otherwise what stands in the way first. */
export type Verdict = 'allowed' | 'free' | WriteObstacle;

/** How much there is of what: as of one revision. */
export interface Figures {
  readonly revision: Revision;
  readonly agents: Readonly<Record<Presence, Readonly<Record<AgentStatus, number>>>>;
  readonly locks: Readonly<Record<ClaimKind, number>>;
  /** Tickets that wait. */
  readonly queueLength: number;
  readonly scopes: number;
  readonly syncs: Readonly<Record<SyncStatus, number>>;
  readonly openViolations: Readonly<Record<ViolationType, number>>;
  /** Those who follow the log. */
  readonly watchers: number;
}

/** What a lock is of. */
export type ClaimKind = 'scope' | 'file' | 'resource';
