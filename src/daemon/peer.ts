import type { Socket } from 'node:net';
import {
  connectionCallId,
  CoordinatorError,
  invalidInput,
  LineBatch,
  LineSplitter,
  protocolNumber,
  requestLineBytesMax,
  type Call,
  type ClientMessage,
  type RequestParsers,
} from '../protocol/index.ts';
import { drained } from './drained.ts';
import { toFailure } from './failures.ts';

/** Calls that one connection may have under way. */
const callsMax = 10_000;
/** How long a client may take to read what was still answered, once this end hangs up. */
const hangUpGraceMs = 1_000;

/** Answers the calls of a peer. */
export interface PeerHandler {
  /**
   * The answer, or a failure by throwing. `signal` aborts when nobody waits for it any more; `send` passes the items of
   * a stream on and resolves when there is room for more.
   */
  handle(call: Call, signal: AbortSignal, send: (item: unknown) => Promise<void>): Promise<unknown>;
  /** Told when a peer is gone. */
  peerGone(peer: Peer): void;
}

export interface PeerOptions {
  readonly parsers: RequestParsers;
  readonly version: string;
  /** Tells the owner of a log from the one of a copy. */
  readonly folder?: string;
  readonly handler: PeerHandler;
  /** How long a reader of a stream may leave its items lying. */
  readonly slowReaderMs: number;
  /** How long a client may take to say hello. */
  readonly greetingMaxMs: number;
}

interface RunningCall {
  /** Null for a call that ends by itself. */
  readonly abort: AbortController | null;
}

type Outcome = { readonly answer: unknown } | { readonly error: unknown };

/** For calls that end by themselves. */
const neverAborted = new AbortController().signal;

/** One client's connection, as the owner sees it. When the client vanishes, its calls are given up; its tickets stay. */
export class Peer {
  readonly #socket: Socket;
  readonly #options: PeerOptions;
  readonly #splitter = new LineSplitter(requestLineBytesMax);
  readonly #batch: LineBatch;
  readonly #calls = new Map<number, RunningCall>();
  /** The protocol the client speaks; null before its hello. */
  #protocol: number | null = null;
  #isEnding = false;
  /** All streams of the connection wait for the same room. */
  #draining: Promise<boolean> | null = null;

  constructor(socket: Socket, options: PeerOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#batch = new LineBatch((text) => this.#write(text));
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
    socket.on('drain', () => socket.resume());
    // The close that follows says all there is to do.
    socket.on('error', () => {});
    socket.on('close', () => this.#gone());
    this.#hangUpUnlessGreeted();
    const { version, folder } = options;
    const where = folder === undefined ? {} : { folder };
    this.#batch.add({ op: 'hello', protocol: protocolNumber, version, pid: process.pid, ...where });
  }

  /** Calls under way that end by themselves: streams and waits do not. */
  get finiteCalls(): number {
    let count = 0;
    for (const call of this.#calls.values()) if (call.abort === null) count += 1;
    return count;
  }

  /** Gives up streams and waits; the client will ask the next owner. */
  abortEndless(): void {
    for (const call of this.#calls.values()) call.abort?.abort();
  }

  /** Sends what is pending and hangs up, also on a client that does not read it. What it says from then on is not heard. */
  end(): void {
    if (this.#isEnding) return;
    this.#isEnding = true;
    this.#batch.flush();
    this.#socket.end(() => this.#socket.destroy());
    const timer = setTimeout(() => this.#socket.destroy(), hangUpGraceMs);
    this.#socket.once('close', () => clearTimeout(timer));
  }

  /** Says why nobody is spoken to, and hangs up: what such a peer says next cannot be trusted to be a message. */
  turnAway(error: CoordinatorError): void {
    this.#fail(connectionCallId, error);
    this.end();
  }

  /** Hangs up at once. */
  destroy(): void {
    this.#socket.destroy();
  }

  /** Whoever connects and says nothing must not keep the owner from leaving when it is idle. */
  #hangUpUnlessGreeted(): void {
    const timer = setTimeout(() => {
      if (this.#protocol === null) this.destroy();
    }, this.#options.greetingMaxMs);
    this.#socket.once('close', () => clearTimeout(timer));
  }

  #read(chunk: Buffer): void {
    if (this.#isEnding) return;
    try {
      for (const line of this.#splitter.push(chunk)) if (!this.#isEnding) this.#receive(line);
    } catch (error) {
      this.turnAway(invalidInput('', error instanceof Error ? error.message : String(error)));
    }
  }

  #receive(line: string): void {
    const parsed = this.#options.parsers.parseMessage(line);
    if (parsed.ok) this.#dispatch(parsed.message);
    else if (parsed.id === null) this.turnAway(parsed.error);
    else this.#fail(parsed.id, parsed.error);
  }

  #dispatch(message: ClientMessage): void {
    if (message.op === 'hello') this.#protocol = message.protocol;
    else if (message.op === 'cancel') this.#cancel(message.id);
    else {
      const refusal = this.#refusal(message);
      if (refusal === null) this.#run(message);
      else this.#fail(message.id, refusal);
    }
  }

  #refusal(call: Call): CoordinatorError | null {
    if (this.#protocol === null) return invalidInput('op', 'say hello first');
    if (this.#protocol !== protocolNumber && call.op !== 'stop')
      return new CoordinatorError('VERSION_MISMATCH', `this owner speaks protocol ${protocolNumber}`);
    if (this.#calls.has(call.id)) return invalidInput('id', `call ${call.id} is under way already`);
    if (this.#calls.size < callsMax) return null;
    return new CoordinatorError('UNAVAILABLE', `more than ${callsMax} calls at once`, { retryable: true });
  }

  #run(call: Call): void {
    const { id } = call;
    const abort = call.op === 'awaitTicket' || call.op === 'watch' ? new AbortController() : null;
    const running: RunningCall = { abort };
    this.#calls.set(id, running);
    this.#handle(call, abort?.signal ?? neverAborted).then(
      (answer) => this.#settle(id, running, { answer }),
      (error: unknown) => this.#settle(id, running, { error }),
    );
  }

  #handle(call: Call, signal: AbortSignal): Promise<unknown> {
    try {
      return this.#options.handler.handle(call, signal, (item) => this.#sendItem(call.id, item));
    } catch (error) {
      return Promise.reject(error as Error);
    }
  }

  #settle(id: number, running: RunningCall, outcome: Outcome): void {
    if (this.#calls.get(id) !== running) return;
    this.#calls.delete(id);
    try {
      if ('answer' in outcome) return this.#batch.add({ id, ok: outcome.answer });
      if (running.abort?.signal.aborted !== true) this.#fail(id, toFailure(outcome.error));
    } catch (error) {
      this.#fail(id, toFailure(error));
    }
  }

  #cancel(id: number): void {
    const call = this.#calls.get(id);
    this.#calls.delete(id);
    call?.abort?.abort();
  }

  #fail(id: number, error: CoordinatorError): void {
    this.#batch.add({ id, error });
  }

  async #sendItem(id: number, item: unknown): Promise<void> {
    this.#batch.add({ id, item });
    if (await this.#drained()) return;
    throw new CoordinatorError('SLOW_READER', 'the stream is read too slowly: resume from the last item', {
      retryable: true,
    });
  }

  #drained(): Promise<boolean> {
    this.#draining ??= drained(this.#socket, this.#options.slowReaderMs).finally(
      () => (this.#draining = null),
    );
    return this.#draining;
  }

  /** A client that does not read its answers is not listened to either. */
  #write(text: string): void {
    if (!this.#socket.destroyed && !this.#socket.write(text)) this.#socket.pause();
  }

  #gone(): void {
    const calls = [...this.#calls.values()];
    this.#calls.clear();
    for (const call of calls) call.abort?.abort();
    this.#options.handler.peerGone(this);
  }
}
