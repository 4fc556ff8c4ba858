import type { Time } from '../../time/index.ts';

/** How a client that speaks for agents is there, where that is not the same as this process being there. */
export interface ClientPresence {
  /** Whether it listens at this moment. */
  readonly isListening: boolean;
  /** Runs once, when it listens next. */
  onceListening(run: () => void): void;
}

/**
 * Whether anybody is there for whom an agent is to be renewed: a call of it is under way, or its client listens. Without that
 * a renewal that is due is left out, and what the agent has runs out by itself; its next call, or its client's listening
 * again, renews it if it is not too late. A client that says nothing of this is there for as long as this process is.
 */
export class Attendance {
  readonly #time: Pick<Time, 'monotonicMs'>;
  readonly #renew: () => void;
  #attendedAtMs: number;
  #client: ClientPresence | null = null;
  #calls = 0;
  #isLeftOut = false;

  constructor(time: Pick<Time, 'monotonicMs'>, renew: () => void) {
    this.#time = time;
    this.#renew = renew;
    this.#attendedAtMs = time.monotonicMs();
  }

  /** Whether anybody is there at this moment. */
  get isAttended(): boolean {
    return this.#calls > 0 || this.#client === null || this.#client.isListening;
  }

  /** For how long nobody was there, as far as it was looked. */
  lookForSilenceMs(): number {
    const nowMs = this.#time.monotonicMs();
    if (this.isAttended) this.#attendedAtMs = nowMs;
    return nowMs - this.#attendedAtMs;
  }

  /** A call begins, through a client; it renews, and the function it returns says that it has ended. */
  callBegins(client: ClientPresence | null): () => void {
    this.#client = client;
    this.#calls += 1;
    if (client !== null && (this.#isLeftOut || !client.isListening)) this.#renewNow();
    return () => {
      this.#calls -= 1;
      this.#attendedAtMs = this.#time.monotonicMs();
    };
  }

  /** It is time to renew. */
  due(): void {
    if (this.isAttended) return this.#renewNow();
    this.#isLeftOut = true;
    this.#client?.onceListening(() => {
      if (this.#isLeftOut) this.#renewNow();
    });
  }

  #renewNow(): void {
    this.#isLeftOut = false;
    this.#renew();
  }
}
