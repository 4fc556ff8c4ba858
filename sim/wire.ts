import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import type { Scheduler } from './scheduler.ts';

/** One end of a socket. What is written to it arrives at the other end in its time, or as soon as that one reads again. */
class End extends Duplex {
  readonly #deliver: (what: 'end' | Buffer) => void;

  constructor(deliver: (what: 'end' | Buffer) => void) {
    super();
    this.#deliver = deliver;
  }

  override _read(): void {}

  override _write(chunk: Buffer, _: BufferEncoding, done: () => void): void {
    this.#deliver(chunk);
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#deliver('end');
    done(error);
  }
}

export interface WireEnds {
  readonly client: Socket;
  readonly owner: Socket;
}

/** `awake`: resolves when the owner reads and is heard again; what is under way waits for it in the system. */
export function wire(scheduler: Scheduler, delayMs: () => number, awake: () => Promise<void>): WireEnds {
  const connected = scheduler.sleep(0).then(() => {
    client.emit('connect');
  });
  const inOrder = (to: () => Duplex): ((what: 'end' | Buffer) => void) => {
    let before = connected;
    return (what) => {
      before = before.then(async () => {
        await scheduler.sleep(delayMs());
        await awake();
        if (to().destroyed) return;
        if (what === 'end') to().destroy();
        else to().push(what);
      });
    };
  };
  const client: Duplex = new End(inOrder(() => owner));
  const owner: Duplex = new End(inOrder(() => client));
  // A socket of the system is a stream with an address; nobody here asks for that.
  return { client: client as Socket, owner: owner as Socket };
}
