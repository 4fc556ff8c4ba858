import type {
  AgentId,
  Command,
  Entry,
  FencingToken,
  Grant,
  Rejection,
  Result,
  Revision,
  ScopePath,
  SessionId,
  Ticket,
  TicketEndCause,
  TimeMs,
} from '../core/index.ts';
import type { Answer, Query } from './queries.ts';
import type { ScopeProblem } from './scope-problem.ts';

/**
 * The port that every face speaks to. Behind it is the service itself (`--direct`, the daemon's own faces), or a client
 * that reaches the service over a socket: a face cannot tell.
 */
export interface Coordinator {
  /** Decides and, when accepted, makes durable before it answers. Repeating a request id returns the first answer. */
  submit(request: CommandRequest): Promise<Reply>;

  /**
   * Answers when a ticket has left the queue, however long that takes. The ticket does not depend on this call: it may
   * be asked again after a lost connection or a restart, and keeps its position meanwhile. Aborting the signal ends the
   * call only; `CancelWait` gives up the ticket.
   */
  awaitTicket(ticket: TicketRequest, signal?: AbortSignal): Promise<TicketReply>;

  /** A read, answered at a revision that includes everything acknowledged before the call. */
  query<Q extends Query>(query: Q): Promise<Answer<Q>>;

  /** Committed entries from a revision on, each once and in order, for ever. Ends when the signal aborts. */
  watch(fromRevision: Revision, signal: AbortSignal): AsyncIterable<Entry>;

  /** Reads the scope files and the configuration again and takes them over if they are sound. */
  refresh(options?: RefreshOptions): Promise<RefreshReport>;

  /** Ends this end of the conversation; a daemon behind it goes on. */
  close(): Promise<void>;
}

type Untimed<C> = C extends Command ? Omit<C, 'atMs' | 'session' | 'requestId'> : never;
type WithSecret<C> = C extends { readonly agent: AgentId; readonly kind: string }
  ? C & { readonly secret: string }
  : C;

type WithNewSecret<C> = C extends { readonly newSession: SessionId }
  ? Omit<C, 'newSession'> & { readonly newSecret: string }
  : C;

/** Commands that callers may send; the others belong to the service itself. */
export type CallerCommand = WithNewSecret<
  WithSecret<Untimed<Exclude<Command, { kind: 'ExpireDue' | 'SeeDead' | 'TakeOver' | 'Configure' }>>>
>;

/**
 * A command as a caller sends it: the service adds the time. The secret is chosen by whoever joins (at least 16 random
 * bytes, hex) and proves each later command; only its digest is kept. `AgentResume` puts a new one in its place.
 */
export interface CommandRequest {
  /** Makes a repeat harmless. 1 to 128 characters; random. */
  readonly requestId: string;
  readonly command: CallerCommand;
}

/**
 * Every answer, refusals included, says at which revision it was decided. `atMs` is the log's time at the answer: the
 * deadlines in a result count from it, whatever clock the caller has. `unread`: messages that the agent which spoke has not read;
 * left out where there are none, and where no agent spoke.
 */
export type Reply = { readonly revision: Revision; readonly atMs: TimeMs; readonly unread?: number } & (
  | { readonly ok: true; readonly result: Result }
  | { readonly ok: false; readonly rejection: Rejection }
);

export interface TicketRequest {
  readonly agent: AgentId;
  readonly ticket: Ticket;
}

export type TicketReply =
  | {
      readonly kind: 'granted';
      readonly revision: Revision;
      readonly locks: readonly Grant[];
      /** The log's time at the answer, as in a {@link Reply}; an owner of before does not tell it. */
      readonly atMs?: TimeMs;
    }
  /** `unknown`: it left the queue so long ago that the log no longer says how. */
  | { readonly kind: 'ended'; readonly revision: Revision; readonly cause: TicketEndCause | 'unknown' };

/** Whether a protected act may go on under a token. */
export interface TokenCheck {
  readonly scope: ScopePath;
  readonly token: FencingToken;
}

export interface RefreshOptions {
  /** A person says that there are no scopes any more. Otherwise files without any scope are not believed. */
  readonly acceptNone?: boolean | undefined;
}

export interface RefreshReport {
  readonly revision: Revision;
  /** False when the graph on disk was refused: the last good one stays in force. */
  readonly accepted: boolean;
  readonly scopes: number;
  readonly problems: readonly ScopeProblem[];
  readonly atMs: TimeMs;
}
