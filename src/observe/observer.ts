/** What is told of the work on a log, for its operator's log and figures. Nothing that is told may fail or wait. */
export interface Observer {
  /** Trouble that no caller waits to hear of. */
  trouble(problem: Problem): void;
  /** A batch is in the log, durably. */
  committed(commit: Commit): void;
}

export interface Problem {
  readonly kind:
    | 'logBegunAnew'
    | 'witnessNotKept'
    | 'corruptSnapshot'
    | 'snapshotNotSaved'
    | 'violation'
    | 'bug'
    | 'appendFailed';
  readonly message: string;
  readonly cause: unknown;
}

export interface Commit {
  readonly entries: number;
  /** For how long the store was at it, in whole milliseconds. */
  readonly tookMs: number;
}
