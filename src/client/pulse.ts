/** What a {@link Pulse} needs of the connection that it watches. */
export interface PulsePorts {
  /** {@link callBeatMs} or {@link streamBeatMs}. */
  readonly beatMs: number;
  /** Asks something that is answered at once. */
  readonly ask: () => void;
  /** Nothing was heard for so long, although something was asked. */
  readonly silent: (silentMs: number) => void;
  /** Calls again and again until the answer is called. */
  readonly every: (intervalMs: number, turn: () => void) => () => void;
}

/** Beats in a row without an answer until the other side counts as silent. */
const silentBeats = 3;
/** While an answer is waited for. */
export const callBeatMs = 2_000;
/** While what will happen is waited for, which may be hours: each beat wakes two processes. */
export const streamBeatMs = 5_000;

/**
 * For so long nobody waits for an answer to learn that the other side says nothing any more: the first beat asks, and the third one
 * after it that heard nothing tells.
 */
export const silenceMaxMs = (silentBeats + 1) * callBeatMs;
/** For so long one who has just fallen silent is asked again. */
export const stillSilentMs = 1_000;

/**
 * Notices that nobody is there any more on a connection that is open: a process that was stopped (SIGSTOP, a debugger, a
 * suspended container) answers nothing and does not hang up. Beats only while somebody waits, for one who is at work on a
 * long answer and one who will never give it are told apart by nothing else.
 *
 * Counted in beats, not in time: after this process itself was stopped, it has missed no beat but one.
 */
export class Pulse {
  readonly #ports: PulsePorts;
  #waits = 0;
  #missed = 0;
  #heard = false;
  #stop: () => void = () => {};

  constructor(ports: PulsePorts) {
    this.#ports = ports;
  }

  /** Beats until the answer is called, once. */
  watch(): () => void {
    this.#waits += 1;
    if (this.#waits === 1) this.#start();
    return () => {
      this.#waits -= 1;
      if (this.#waits === 0) this.#stop();
    };
  }

  heard(): void {
    this.#heard = true;
  }

  #start(): void {
    this.#missed = 0;
    this.#heard = true;
    this.#stop = this.#ports.every(this.#ports.beatMs, () => this.#beat());
  }

  #beat(): void {
    this.#missed = this.#heard ? 0 : this.#missed + 1;
    this.#heard = false;
    if (this.#missed < silentBeats) return this.#ports.ask();
    this.#stop();
    this.#ports.silent(this.#missed * this.#ports.beatMs);
  }
}
