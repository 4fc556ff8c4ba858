import type { Entry, Revision } from '../core/index.ts';
import {
  CoordinatorError,
  isOpen,
  isSilence,
  mayBeWritten,
  type Answer,
  type CommandRequest,
  type Coordinator,
  type Operation,
  type Operations,
  type Query,
  type RefreshOptions,
  type RefreshReport,
  type Reply,
  type StopAnswer,
  type TicketReply,
  type TicketRequest,
} from '../protocol/index.ts';
import { systemTime, type BackoffMs, type Time } from '../time/index.ts';
import type { Connection } from './connection.ts';
import { dial, type DialOptions } from './dial.ts';
import { visibleOwner } from './owner-process.ts';
import { statePaths } from './paths.ts';
import { Endurance, isDeadlineExceeded, jitteredBackoffMs, persist } from './persist.ts';
import { untilExited } from './process-identity.ts';
import type { StartOwner } from './start-owner.ts';
import { watchEntries } from './watch.ts';

export interface ConnectOptions {
  /** The repository's common Git directory. */
  readonly commonDir: string;
  /** Of the caller's package: decides who replaces whom. */
  readonly version: string;
  /** How to start an owner when there is none, found out when it is needed; null: only talk to one that runs. */
  readonly startOwner: StartOwner | null;
  /** As in {@link DialOptions}. */
  readonly onlyToStop?: boolean;
  /**
   * How long a call may take, connecting and starting the owner included. 30 s unless given; beside an owner that says
   * nothing at all it is less, but for waits.
   */
  readonly callTimeoutMs?: number;
  readonly backoffMs?: BackoffMs;
  /** Other than the system's, as in a simulation: the clock, and how the owner is reached. */
  readonly time?: Time;
  readonly reach?: (options: DialOptions) => Promise<Connection>;
}

const callTimeoutDefaultMs = 30_000;
/** After so long an owner that had fallen silent is given all its time again: it may only be slow by now. */
const silenceForgottenMs = 30_000;

/**
 * Reaches the owner of a repository's log, starting it in the background if there is none. Throws a
 * {@link CoordinatorError}: `UNAVAILABLE`, `VERSION_MISMATCH`, `PERMISSION`, or what keeps the owner from running.
 */
export async function connect(options: ConnectOptions): Promise<SocketCoordinator> {
  const coordinator = new SocketCoordinator(options);
  await coordinator.connect();
  return coordinator;
}

/**
 * The `Coordinator` port over the owner's socket. When the connection dies, or the owner with it, it reconnects and
 * asks again under the same request id: a repeat gets the first answer, so nothing is done twice.
 */
export class SocketCoordinator implements Coordinator {
  readonly #options: ConnectOptions;
  readonly #callTimeoutMs: number;
  readonly #backoffMs: BackoffMs;
  readonly #time: Time;
  #connection: Connection | null = null;
  #dialing: Promise<Connection> | null = null;
  /** When the owner was last heard, of one that was found to say nothing; null once it is heard again. */
  #silentSinceMs: number | null = null;
  readonly #closing = new AbortController();

  constructor(options: ConnectOptions) {
    this.#options = options;
    this.#callTimeoutMs = options.callTimeoutMs ?? callTimeoutDefaultMs;
    this.#backoffMs = options.backoffMs ?? jitteredBackoffMs;
    this.#time = options.time ?? systemTime;
  }

  /** Connects now rather than at the first call. */
  async connect(): Promise<void> {
    await this.#connected(this.#callTimeoutMs);
  }

  /**
   * A failure of the last try must not say that nothing was written where an earlier one went without an answer: what that
   * one did, or may yet do, is not known.
   */
  submit(request: CommandRequest): Promise<Reply> {
    const endurance = this.#endurance();
    let open = false;
    const ask = (): Promise<Reply> =>
      this.#onConnection(endurance, (connection) =>
        connection.call('submit', { request }, { timeoutMs: endurance.leftMs }).catch((error: unknown) => {
          open ||= !connection.isOpen || isDeadlineExceeded(error) || isOpen(error);
          throw error;
        }),
      );
    return persist(endurance, ask).catch((error: unknown) => {
      throw open && error instanceof CoordinatorError ? mayBeWritten(error) : error;
    });
  }

  /** Without a promise more where there is a connection, as there nearly always is. */
  #onConnection<T>(endurance: Endurance, ask: (connection: Connection) => Promise<T>): Promise<T> {
    if (this.#connection?.isOpen === true && !this.#closing.signal.aborted) return ask(this.#connection);
    return this.#connected(endurance.leftMs).then(ask);
  }

  /** However long the wait was: until then there was somebody. One who fails again and again is no sign of life, though. */
  awaitTicket(ticket: TicketRequest, signal?: AbortSignal): Promise<TicketReply> {
    const endurance = this.#endurance(true);
    const ask = async (): Promise<TicketReply> => {
      const connection = await this.#connected(endurance.leftMs);
      const sinceMs = this.#time.monotonicMs();
      try {
        return await connection.call('awaitTicket', { ticket }, { timeoutMs: null, signal });
      } finally {
        const wasLong = this.#time.monotonicMs() - sinceMs >= this.#callTimeoutMs;
        if (wasLong || !connection.isOpen) endurance.alive(connection.aliveAtMs);
      }
    };
    return persist(endurance, ask, signal);
  }

  query<Q extends Query>(query: Q): Promise<Answer<Q>> {
    return this.#call('query', { query }) as Promise<Answer<Q>>;
  }

  watch(fromRevision: Revision, signal: AbortSignal): AsyncIterable<Entry> {
    const endurance = this.#endurance(true);
    const connected = (): Promise<Connection> => this.#connected(endurance.leftMs);
    return watchEntries(connected, fromRevision, signal, endurance);
  }

  refresh(options: RefreshOptions = {}): Promise<RefreshReport> {
    return this.#call('refresh', options);
  }

  /**
   * Asks the owner to leave, at any rate or only when it is idle, and waits until it has hung up and, where that can be
   * seen, its process has ended: only then are all files of the log closed. Leases and tickets are in the log
   * and outlive it. Throws `UNAVAILABLE` if it takes too long.
   */
  async stopOwner(when: 'now' | 'idle'): Promise<StopAnswer> {
    const connection = await this.#connected(this.#callTimeoutMs);
    const { pid } = connection.owner;
    const process = visibleOwner(pid, statePaths(this.#options.commonDir).database);
    const answer = await connection.call('stop', { when }, { timeoutMs: this.#callTimeoutMs });
    if (!answer.stopping) return answer;
    await connection.untilEnded(this.#callTimeoutMs);
    if (process === null || (await untilExited(process, this.#callTimeoutMs))) return answer;
    throw stillRuns(pid, this.#callTimeoutMs);
  }

  close(): Promise<void> {
    this.#closing.abort(closed());
    this.#connection?.end(closed());
    return Promise.resolve();
  }

  #call<Op extends Operation>(op: Op, payload: Operations[Op]['call']): Promise<Operations[Op]['answer']> {
    const endurance = this.#endurance();
    return persist(endurance, () =>
      this.#onConnection(endurance, (connection) =>
        connection.call(op, payload, { timeoutMs: endurance.leftMs }),
      ),
    );
  }

  #endurance(outlastsSilence = false): Endurance {
    const patienceMs = this.#callTimeoutMs;
    return new Endurance({ patienceMs, backoffMs: this.#backoffMs, outlastsSilence, time: this.#time });
  }

  /** The connection that all calls share; one is made when there is none. */
  #connected(timeoutMs: number): Promise<Connection> {
    if (this.#closing.signal.aborted) return Promise.reject(closed());
    if (this.#connection?.isOpen === true) return Promise.resolve(this.#connection);
    this.#dialing ??= this.#dial(timeoutMs).finally(() => (this.#dialing = null));
    return this.#dialing;
  }

  /**
   * Of an owner that has just fallen silent: who asks several things in turn waits for it once. What was long ago says
   * nothing: it may be slow now.
   */
  #silentForMs(): number {
    if (this.#connection?.endedInSilence === true) this.#silentSinceMs ??= this.#connection.aliveAtMs;
    if (this.#silentSinceMs === null) return 0;
    const forMs = this.#time.monotonicMs() - this.#silentSinceMs;
    if (forMs < silenceForgottenMs) return forMs;
    this.#silentSinceMs = null;
    this.#connection = null;
    return 0;
  }

  async #dial(timeoutMs: number): Promise<Connection> {
    const { commonDir, version, startOwner, onlyToStop = false, reach = dial } = this.#options;
    const { signal } = this.#closing;
    const paths = statePaths(commonDir);
    const [backoffMs, time] = [this.#backoffMs, this.#time];
    const silentForMs = this.#silentForMs();
    const options = {
      paths,
      version,
      startOwner,
      onlyToStop,
      timeoutMs,
      backoffMs,
      signal,
      time,
      silentForMs,
    };
    const askedAtMs = time.monotonicMs();
    const connection = await reach(options).catch((error: unknown) => {
      if (isSilence(error)) this.#silentSinceMs ??= askedAtMs;
      throw signal.aborted ? closed() : error;
    });
    this.#silentSinceMs = null;
    this.#connection = connection;
    if (signal.aborted) connection.end(closed());
    return connection;
  }
}

function closed(): CoordinatorError {
  return new CoordinatorError('CLOSED', 'this connection to the coordinator was closed');
}

function stillRuns(pid: number, timeoutMs: number): CoordinatorError {
  return new CoordinatorError(
    'UNAVAILABLE',
    `the coordinator process (pid ${pid}) has let go of its callers, but still runs after ${timeoutMs} ms: files of the log may be open`,
    { retryable: true },
  );
}
