import { createConnection, type Socket } from 'node:net';
import type { Entry } from '../core/index.ts';
import {
  connectionCallId,
  CoordinatorError,
  decodeOwnerMessage,
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

/** What a caller may say about one call on a connection. */
export interface CallOptions {
  /** The call fails with `DEADLINE_EXCEEDED` after this long; null: never. */
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
 * One socket to the owner, shared by any number of calls. When it breaks, every call under way fails with a retryable
 * `UNAVAILABLE`: whether it took effect is unknown, and asking again under the same request id tells.
 */
export class Connection {
  /** What the owner said about itself. */
  readonly owner: Hello;
  readonly #socket: Socket;
  readonly #batch: LineBatch;
  readonly #calls = new Map<number, PendingCall>();
  #lastCallId = connectionCallId;
  #failure: CoordinatorError | null = null;
  readonly #ended: Promise<void>;
  #markEnded: () => void = () => {};

  constructor(socket: Socket, owner: Hello) {
    this.#socket = socket;
    this.owner = owner;
    this.#batch = new LineBatch((text) => socket.write(text));
    this.#ended = new Promise((resolve) => (this.#markEnded = resolve));
  }

  /** Whether calls can be made. */
  get isOpen(): boolean {
    return this.#failure === null;
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
      const stopClock = afterMs(timeoutMs, () => reject(slowToLeave(this.owner, timeoutMs)));
      void this.#ended.then(() => {
        stopClock();
        resolve();
      });
    });
  }

  /** Takes one message of the owner. Called by whoever reads the socket. */
  receive(message: OwnerMessage): void {
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
    this.#fail(connectionLost(cause));
  }

  #expect(id: number, options: CallOptions): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const giveUp = (error: unknown): void => {
        settle({ error });
        if (this.#failure === null) this.#batch.add({ op: 'cancel', id });
      };
      const stopClock = afterMs(options.timeoutMs, () => giveUp(deadlineExceeded(options.timeoutMs)));
      const onAbort = (): void => giveUp(abortReason(options.signal));
      options.signal?.addEventListener('abort', onAbort, { once: true });
      const settle = (outcome: Outcome): void => {
        if (!this.#calls.delete(id)) return;
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
    this.#markEnded();
  }
}

/**
 * Connects, and exchanges hellos within the time given. Rejects with the system's error (`ENOENT`, `ECONNREFUSED`,
 * `EACCES` ...) when nobody can be reached, and with a {@link CoordinatorError} when somebody is there who does not
 * speak the protocol.
 */
export function openConnection(address: string, version: string, timeoutMs: number): Promise<Connection> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(address);
    const splitter = new LineSplitter(replyLineBytesMax);
    let connection: Connection | null = null;
    const fail = (error: unknown): void => {
      stopClock();
      socket.destroy();
      connection?.lost(error);
      reject(error as Error);
    };
    const stopClock = afterMs(timeoutMs, () => fail(silentOwner(timeoutMs)));
    const receive = (message: OwnerMessage): void => {
      if (connection !== null) return connection.receive(message);
      stopClock();
      connection = greeted(socket, message);
      resolve(connection);
    };
    socket.on('connect', () => socket.write(`${JSON.stringify(hello(version))}\n`));
    socket.on('data', (chunk: Buffer) => {
      try {
        for (const line of splitter.push(chunk)) receive(decodeOwnerMessage(line));
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

function greeted(socket: Socket, message: OwnerMessage): Connection {
  if ('op' in message) return new Connection(socket, message);
  if ('error' in message) throw CoordinatorError.fromJSON(message.error);
  throw new CoordinatorError('INTERNAL', 'the owner did not begin with hello');
}

function afterMs(delayMs: number | null, run: () => void): () => void {
  if (delayMs === null) return () => {};
  const timer = setTimeout(run, delayMs);
  return () => clearTimeout(timer);
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

function silentOwner(timeoutMs: number): CoordinatorError {
  return new CoordinatorError(
    'UNAVAILABLE',
    `the coordinator process took the connection but said nothing for ${Math.round(timeoutMs)} ms: it may be stopped or overloaded`,
    { retryable: true },
  );
}

function slowToLeave({ pid }: Hello, timeoutMs: number): CoordinatorError {
  return new CoordinatorError(
    'UNAVAILABLE',
    `the coordinator process (pid ${pid}) said that it leaves, but has not within ${Math.round(timeoutMs)} ms`,
    { retryable: true },
  );
}

function deadlineExceeded(timeoutMs: number | null): CoordinatorError {
  return new CoordinatorError(
    'DEADLINE_EXCEEDED',
    `no answer within ${Math.round(timeoutMs ?? 0)} ms: the call may still take effect, and asking again with the same request id is safe`,
    { retryable: true },
  );
}

function tooLong(): CoordinatorError {
  return new CoordinatorError('INVALID_INPUT', `a request may have at most ${requestLineBytesMax} bytes`, {
    details: { path: '' },
  });
}
