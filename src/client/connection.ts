import { createConnection, type Socket } from 'node:net';
import type { Entry } from '../core/index.ts';
import {
  connectionCallId,
  CoordinatorError,
  decodeOwnerMessage,
  isSilence,
  LineBatch,
  LineSplitter,
  protocolNumber,
  replyLineBytesMax,
  requestLineBytesMax,
  type Hello,
  type Operation,
  type Operations,
  type OwnerMessage,
} from '../protocol/index.ts';
import { LazyTimers, systemTime, type Cancel, type Time } from '../time/index.ts';
import { callBeatMs, Pulse, silenceMaxMs, stillSilentMs, streamBeatMs } from './pulse.ts';

/** What a caller may say about one call on a connection. */
export interface CallOptions {
  /** The call fails with `DEADLINE_EXCEEDED` after this long, also where the owner is at work; null: never. */
  readonly timeoutMs: number | null;
  /** Gives the call up; it fails with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Takes the items of a stream. */
  readonly onItem?: (entry: Entry) => void;
}

interface PendingCall {
  readonly settle: (outcome: Outcome) => void;
  readonly onItem: ((entry: Entry) => void) | undefined;
}
type Outcome = { readonly value: unknown } | { readonly error: unknown };

/**
 * One socket to the owner, shared by any number of calls. When it breaks, or the owner falls silent while somebody waits,
 * every call under way fails with a retryable `UNAVAILABLE`: whether it took effect is unknown, and asking again under the
 * same request id tells.
 */
export class Connection {
  /** What the owner said about itself. */
  readonly owner: Hello;
  readonly #socket: Socket;
  readonly #batch: LineBatch;
  readonly #calls = new Map<number, PendingCall>();
  /** For calls, and for streams. */
  readonly #pulse: Pulse;
  readonly #streamPulse: Pulse;
  readonly #time: Time;
  /** Of the calls under way: nearly all are answered long before. */
  readonly #timers: LazyTimers;
  #aliveAtMs: number;
  #lastCallId = connectionCallId;
  #failure: CoordinatorError | null = null;
  readonly #ended: Promise<void>;
  #markEnded: () => void = () => {};

  constructor(socket: Socket, owner: Hello, time: Time = systemTime) {
    this.#socket = socket;
    this.#time = time;
    this.#timers = new LazyTimers(time);
    this.#aliveAtMs = time.monotonicMs();
    this.owner = owner;
    this.#batch = new LineBatch((text) => socket.write(text));
    this.#ended = new Promise((resolve) => (this.#markEnded = resolve));
    this.#pulse = this.#makePulse(callBeatMs);
    this.#streamPulse = this.#makePulse(streamBeatMs);
  }

  /** Whether calls can be made. */
  get isOpen(): boolean {
    return this.#failure === null;
  }

  /** Whether it ended because the owner said nothing any more. */
  get endedInSilence(): boolean {
    return isSilence(this.#failure);
  }

  /** When the owner last gave a sign of life, be it that it hung up; by this process's monotonic clock. */
  get aliveAtMs(): number {
    return this.#aliveAtMs;
  }

  /** Sends a call and waits for its answer. */
  call<Op extends Operation>(
    op: Op,
    payload: Operations[Op]['call'],
    options: CallOptions,
  ): Promise<Operations[Op]['answer']> {
    if (this.#failure !== null) return Promise.reject(this.#failure);
    if (options.signal?.aborted === true) return Promise.reject(abortReason(options.signal));
    const id = (this.#lastCallId += 1);
    const line = JSON.stringify({ id, op, ...payload });
    if (line.length * 3 > requestLineBytesMax && Buffer.byteLength(line) > requestLineBytesMax)
      return Promise.reject(tooLong());
    const answer = this.#expect(id, options);
    this.#batch.addLine(line);
    return answer as Promise<Operations[Op]['answer']>;
  }

  /** Ends the connection. Calls under way fail with the reason. */
  end(reason: CoordinatorError): void {
    this.#fail(reason);
    this.#socket.destroy();
  }

  /** Resolves when the owner has hung up, as it does last of all on leaving. Fails with `UNAVAILABLE` if it does not. */
  untilEnded(timeoutMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const stopClock = this.#time.schedule(timeoutMs, () => reject(slowToLeave(this.owner, timeoutMs)));
      void this.#ended.then(() => {
        stopClock();
        resolve();
      });
    });
  }

  /** Takes one message of the owner. Called by whoever reads the socket. */
  receive(message: OwnerMessage): void {
    this.#aliveAtMs = this.#time.monotonicMs();
    this.#pulse.heard();
    this.#streamPulse.heard();
    if ('op' in message) return;
    if (message.id === connectionCallId && 'error' in message) {
      this.end(CoordinatorError.fromJSON(message.error));
      return;
    }
    // A call that is not there was given up meanwhile.
    const call = this.#calls.get(message.id);
    if (call === undefined) return;
    if ('item' in message) call.onItem?.(message.item);
    else if ('error' in message) call.settle({ error: CoordinatorError.fromJSON(message.error) });
    else call.settle({ value: message.ok });
  }

  /** The socket is gone. */
  lost(cause: unknown): void {
    if (this.#failure === null) this.#aliveAtMs = this.#time.monotonicMs();
    this.#fail(connectionLost(cause));
  }

  #makePulse(beatMs: number): Pulse {
    return new Pulse({
      beatMs,
      ask: () => this.#ask(),
      silent: (silentMs) => this.end(silentOwner(silentMs, this.owner.pid)),
      every: (intervalMs, turn) => inStep(this.#timers, intervalMs, turn),
    });
  }

  /** Any answer will do, this one or another's. */
  #ask(): void {
    const id = (this.#lastCallId += 1);
    this.#batch.add({ id, op: 'query', query: { kind: 'health' } });
  }

  #expect(id: number, options: CallOptions): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const giveUp = (error: unknown): void => {
        settle({ error });
        if (this.#failure === null) this.#batch.add({ op: 'cancel', id });
      };
      const { timeoutMs } = options;
      const stopPulse = (options.onItem === undefined ? this.#pulse : this.#streamPulse).watch();
      const stopClock =
        timeoutMs === null
          ? () => {}
          : this.#timers.schedule(timeoutMs, () => giveUp(deadlineExceeded(timeoutMs, this.owner)));
      const onAbort = (): void => giveUp(abortReason(options.signal));
      options.signal?.addEventListener('abort', onAbort, { once: true });
      const settle = (outcome: Outcome): void => {
        if (!this.#calls.delete(id)) return;
        stopPulse();
        stopClock();
        options.signal?.removeEventListener('abort', onAbort);
        if ('error' in outcome) reject(outcome.error as Error);
        else resolve(outcome.value);
      };
      this.#calls.set(id, { settle, onItem: options.onItem });
    });
  }

  #fail(error: CoordinatorError): void {
    if (this.#failure !== null) return;
    this.#failure = error;
    for (const call of this.#calls.values()) call.settle({ error });
    this.#timers.stop();
    this.#markEnded();
  }
}

export interface OpenOptions {
  readonly timeoutMs: number;
  /** Gives it up; it fails with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** The number of a process that does not say it itself; null where it cannot be told. */
  readonly ownerPid: () => number | null;
  /** For how long the owner has said nothing already, since it fell silent; 0 when it did not. */
  readonly silentForMs?: number;
  /** Other than the system's, as in a simulation. */
  readonly time?: Time;
  readonly connectSocket?: (address: string) => Socket;
}

/**
 * Connects, and exchanges hellos within the time given, or in that after which an owner counts as silent. Rejects with the
 * system's error (`ENOENT`, `ECONNREFUSED`, `EACCES` ...) when nobody can be reached, and with a {@link CoordinatorError}
 * when somebody is there who does not speak the protocol.
 */
export function openConnection(
  address: string,
  version: string,
  {
    timeoutMs,
    signal,
    ownerPid,
    silentForMs = 0,
    time = systemTime,
    connectSocket = createConnection,
  }: OpenOptions,
): Promise<Connection> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) return reject(abortReason(signal));
    const socket = connectSocket(address);
    const splitter = new LineSplitter(replyLineBytesMax);
    let connection: Connection | null = null;
    const settled = (): void => {
      stopClock();
      signal?.removeEventListener('abort', onAbort);
    };
    const fail = (error: unknown): void => {
      settled();
      socket.destroy();
      connection?.lost(error);
      reject(error as Error);
    };
    const onAbort = (): void => fail(abortReason(signal));
    const helloMaxMs = Math.min(timeoutMs, silentForMs > 0 ? stillSilentMs : silenceMaxMs);
    const silent = (): void => fail(silentOwner(silentForMs + helloMaxMs, ownerPid()));
    const stopClock = time.schedule(helloMaxMs, silent);
    signal?.addEventListener('abort', onAbort, { once: true });
    const receive = (message: OwnerMessage): void => {
      if (connection !== null) return connection.receive(message);
      settled();
      connection = greeted(socket, message, time);
      resolve(connection);
    };
    const understood = (chunk: Buffer): OwnerMessage[] => {
      try {
        const messages = splitter.push(chunk).map(decodeOwnerMessage);
        const [first] = messages;
        if (connection === null && first !== undefined && !isGreeting(first)) throw noGreeting();
        return messages;
      } catch (error) {
        throw connection === null ? noCoordinator(address, error) : error;
      }
    };
    socket.on('connect', () => socket.write(`${JSON.stringify(hello(version))}\n`));
    socket.on('data', (chunk: Buffer) => {
      try {
        for (const message of understood(chunk)) receive(message);
      } catch (error) {
        fail(error);
      }
    });
    socket.on('error', fail);
    socket.on('close', () => fail(connectionLost(null)));
  });
}

/** What this process says first. */
function hello(version: string): Hello {
  return { op: 'hello', protocol: protocolNumber, version, pid: process.pid };
}

function greeted(socket: Socket, message: OwnerMessage, time: Time): Connection {
  if ('op' in message) return new Connection(socket, message, time);
  if ('error' in message) throw CoordinatorError.fromJSON(message.error);
  throw noGreeting();
}

/** Its hello, or why there is none. */
const isGreeting = (message: OwnerMessage): boolean => 'op' in message || 'error' in message;
const noGreeting = (): CoordinatorError =>
  new CoordinatorError('INTERNAL', 'the owner did not begin with hello');

/** Whatever has the place: it must not be taken for a fault of ours, nor asked again and again. */
function noCoordinator(address: string, cause: unknown): CoordinatorError {
  return new CoordinatorError(
    'UNAVAILABLE',
    `what answers at ${address} does not speak as a coordinator does: another program has its place; end that program, or remove the file, and ask again`,
    { cause, details: { occupied: address } },
  );
}

/** The next turn counts from the beginning of the last, not from its end as with `every`: beats are counted as time. */
function inStep(timers: LazyTimers, intervalMs: number, turn: () => void): Cancel {
  let stop: Cancel;
  const again = (): void => {
    stop = timers.schedule(intervalMs, again);
    turn();
  };
  stop = timers.schedule(intervalMs, again);
  return () => stop();
}

function abortReason(signal: AbortSignal | undefined): unknown {
  return signal?.reason ?? new CoordinatorError('CLOSED', 'the call was given up');
}

function connectionLost(cause: unknown): CoordinatorError {
  return new CoordinatorError('UNAVAILABLE', 'the connection to the coordinator process was lost', {
    retryable: true,
    cause,
  });
}

/** Somebody has the socket, and says nothing. `pid`: null where it cannot be told. */
export function silentOwner(silentMs: number, pid: number | null): CoordinatorError {
  const [named, goOn] = pid === null ? ['', ''] : [` (pid ${pid})`, ` (then: kill -CONT ${pid})`];
  const seconds = Math.max(1, Math.round(silentMs / 1_000));
  return new CoordinatorError(
    'UNAVAILABLE',
    `the coordinator process${named} has said nothing for ${seconds} s: it may be stopped${goOn}, or overloaded; \`rhema daemon stop\` ends it, by force if need be, and nothing in the log is lost`,
    { retryable: true, details: { ownerPid: pid, silentMs } },
  );
}

function slowToLeave({ pid }: Hello, timeoutMs: number): CoordinatorError {
  return new CoordinatorError(
    'UNAVAILABLE',
    `the coordinator process (pid ${pid}) said that it leaves, but has not within ${Math.round(timeoutMs)} ms`,
    { retryable: true },
  );
}

function deadlineExceeded(timeoutMs: number, { pid }: Hello): CoordinatorError {
  return new CoordinatorError(
    'DEADLINE_EXCEEDED',
    `no answer of the coordinator process (pid ${pid}) within ${Math.round(timeoutMs)} ms: the call may still take effect, and asking again with the same request id is safe; if it stays so, \`rhema daemon stop\` ends that process, by force if need be`,
    { retryable: true, details: { ownerPid: pid, outcome: 'unknown' } },
  );
}

function tooLong(): CoordinatorError {
  return new CoordinatorError('INVALID_INPUT', `a request may have at most ${requestLineBytesMax} bytes`, {
    details: { path: '' },
  });
}
