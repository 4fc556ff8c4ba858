import { createServer, type Server, type Socket } from 'node:net';
import type { Revision } from '../core/index.ts';
import { CoordinatorError, type Call, type RequestParsers, type StopAnswer } from '../protocol/index.ts';
import { Peer, type PeerHandler } from './peer.ts';
import type { ServedCoordinator } from './served.ts';

export interface ServerOptions {
  readonly coordinator: ServedCoordinator;
  readonly parsers: RequestParsers;
  /** Of the package. */
  readonly version: string;
  /** What tells its log from a copy; says so to each client. */
  readonly folder?: string;
  /** Somebody asked the owner to leave, and may. */
  readonly onStop: () => void;
  /** Whether it goes on where it is only asked to leave if nothing is held: somebody has started it to stay. */
  readonly staysWhenIdle?: boolean;
  /** Nobody can be let in any more: the system refuses it, for want of files or memory. The server listens no longer. */
  readonly onFailure: (error: Error) => void;
  readonly slowReaderMs?: number;
  readonly greetingMaxMs?: number;
  /** How many clients may be connected; any number unless given. */
  readonly connectionsMax?: number;
}

const slowReaderDefaultMs = 30_000;
const greetingDefaultMs = 10_000;
/** What may lie unread by one client before it is no longer listened to, in bytes. */
const unreadBytesMax = 262_144;

/** Serves a coordinator to any number of clients on one socket. */
export class CoordinatorServer implements PeerHandler {
  readonly #options: ServerOptions;
  readonly #server: Server;
  readonly #peers = new Set<Peer>();
  #isStopping = false;
  #callCount = 0;

  constructor(options: ServerOptions) {
    this.#options = options;
    const socketOptions = { highWaterMark: unreadBytesMax };
    this.#server = createServer(socketOptions, (socket) => this.#accept(socket));
  }

  get connections(): number {
    return this.#peers.size;
  }

  /** Calls taken since the start: when it stands still, nobody has called. */
  get callCount(): number {
    return this.#callCount;
  }

  /** Starts to listen. Rejects with the system's error if it cannot. */
  listen(address: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(address, () => {
        this.#server.off('error', reject);
        this.#server.on('error', (error) => this.#fail(error));
        resolve();
      });
    });
  }

  /** Takes no new connections, removes the socket, and gives up streams and waits: their callers ask the next owner. */
  stopListening(): void {
    this.#isStopping = true;
    if (this.#server.listening) this.#server.close();
    for (const peer of this.#peers) peer.abortEndless();
  }

  /** Hangs up on everybody, after what has been answered is sent. */
  hangUp(): void {
    for (const peer of this.#peers) peer.end();
  }

  handle(call: Call, signal: AbortSignal, send: (item: unknown) => Promise<void>): Promise<unknown> {
    this.#callCount += 1;
    if (this.#isStopping && call.op !== 'stop') throw leaving();
    const { coordinator } = this.#options;
    switch (call.op) {
      case 'submit':
        return coordinator.submit(call.request);
      case 'awaitTicket':
        return coordinator.awaitTicket(call.ticket, signal);
      case 'query':
        return coordinator.query(call.query);
      case 'watch':
        return this.#stream(call.fromRevision, signal, send);
      case 'refresh':
        return coordinator.refresh(call);
      case 'stop':
        return Promise.resolve(this.#stop(call.when));
    }
  }

  peerGone(peer: Peer): void {
    this.#peers.delete(peer);
  }

  #accept(socket: Socket): void {
    const { parsers, version, folder } = this.#options;
    const where = folder === undefined ? {} : { folder };
    const { slowReaderMs = slowReaderDefaultMs, greetingMaxMs = greetingDefaultMs } = this.#options;
    const peer = new Peer(socket, { parsers, version, ...where, slowReaderMs, greetingMaxMs, handler: this });
    this.#peers.add(peer);
    if (this.#isStopping) peer.end();
    else if (this.connections > (this.#options.connectionsMax ?? Infinity))
      peer.turnAway(tooMany(this.connections));
  }

  async #stream(
    fromRevision: Revision,
    signal: AbortSignal,
    send: (item: unknown) => Promise<void>,
  ): Promise<null> {
    for await (const entry of this.#options.coordinator.watch(fromRevision, signal)) await send(entry);
    return null;
  }

  /** Closed at once: the system would be asked again and again, in the same turn, until it lets somebody in. */
  #fail(error: Error): void {
    this.stopListening();
    this.#options.onFailure(error);
  }

  /** The asking call itself does not count as work. */
  #stop(when: 'now' | 'idle'): StopAnswer {
    const { coordinator, staysWhenIdle = false } = this.#options;
    const isIdle = !staysWhenIdle && coordinator.idle() && this.#finiteCalls() <= 1;
    const stopping = when === 'now' || isIdle;
    if (stopping) setImmediate(this.#options.onStop);
    return { stopping };
  }

  #finiteCalls(): number {
    let count = 0;
    for (const peer of this.#peers) count += peer.finiteCalls;
    return count;
  }
}

/** New questions must not keep it from leaving: the next owner answers them. */
function leaving(): CoordinatorError {
  return new CoordinatorError('UNAVAILABLE', 'the coordinator process is leaving: ask the next one', {
    retryable: true,
  });
}

/** Told, not just hung up on: the system lets no more in without a word. */
function tooMany(connections: number): CoordinatorError {
  return new CoordinatorError(
    'UNAVAILABLE',
    `the coordinator process has ${connections - 1} clients, and may have too few files open for one more: raise that limit (ulimit -n), then: rhema daemon stop`,
    { retryable: true },
  );
}
