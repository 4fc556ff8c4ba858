/**
 * Why a call could not be answered by the rules at all. Rejections are not here: those are answers. Codes are stable;
 * messages are for people.
 */
export const failureCodes = [
  /** The request is malformed; `details.path` says where. Sending it again is pointless. */
  'INVALID_INPUT',
  'NOT_A_REPOSITORY',
  /** Git or the working tree cannot be read; `details.cause` has the reason's code. */
  'REPOSITORY_UNREADABLE',
  /** Coordination is switched off in the repository's configuration. */
  'DISABLED',
  /** No session of this agent is kept on this machine. */
  'NOT_JOINED',
  /** A file or socket belongs to somebody else or is open to others. */
  'PERMISSION',
  /** Over a network: who asks is not known, or no longer. */
  'UNAUTHENTICATED',
  /** Over a network: who asks is known, and may not do this. */
  'FORBIDDEN',
  /** Over a network: too much was asked in too short a time. */
  'RATE_LIMITED',
  /** The owner cannot be reached, is stopping or cannot write at the moment. */
  'UNAVAILABLE',
  /** No answer in time. It may still take effect: ask again with the same request id. */
  'DEADLINE_EXCEEDED',
  /** Owner and caller speak different protocols. */
  'VERSION_MISMATCH',
  /**
   * The log, or another file of the coordination, cannot be used on its disk; `details.store` has the store's own code,
   * `details.system` the system's.
   */
  'STORE_FAILURE',
  /** The part of the log that was asked for is no longer kept. */
  'COMPACTED',
  /** The caller reads its stream too slowly; it may resume from where it is. */
  'SLOW_READER',
  /** This end was closed. */
  'CLOSED',
  /** A bug in this program. */
  'INTERNAL',
] as const;

export type FailureCode = (typeof failureCodes)[number];

/** A failure as it travels. */
export interface FailureJson {
  readonly code: FailureCode;
  readonly message: string;
  readonly retryable: boolean;
  readonly details: Readonly<Record<string, unknown>>;
}

/** An environment's failure or malformed input: never a refusal by the coordination rules. */
export class CoordinatorError extends Error {
  override readonly name = 'CoordinatorError';
  readonly code: FailureCode;
  /** Whether the same call, with the same request id, may succeed later by itself. */
  readonly retryable: boolean;
  /** Plain JSON. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    code: FailureCode,
    message: string,
    options: {
      readonly retryable?: boolean;
      readonly details?: Readonly<Record<string, unknown>>;
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retryable = options.retryable ?? false;
    this.details = options.details ?? {};
  }

  toJSON(): FailureJson {
    return { code: this.code, message: this.message, retryable: this.retryable, details: this.details };
  }

  /** The failure that another process reported. A code this version does not know becomes `INTERNAL`. */
  static fromJSON(json: FailureJson): CoordinatorError {
    const known = failureCodes.includes(json.code);
    const message = known ? json.message : `${String(json.code)}: ${json.message}`;
    return new CoordinatorError(known ? json.code : 'INTERNAL', message, {
      retryable: json.retryable,
      details: json.details,
    });
  }
}

/** Malformed input, and where: `path` as in `command.scopes[0]`, empty for the whole. */
export function invalidInput(path: string, problem: string): CoordinatorError {
  const message = path === '' ? problem : `${path}: ${problem}`;
  return new CoordinatorError('INVALID_INPUT', message, { details: { path } });
}
