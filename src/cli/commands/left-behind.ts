import type { Call } from '../call.ts';
import type { ChildProcess, LeftProcess, SignalName } from '../process/ports.ts';
import type { ExitCode } from '../answer/exit-codes.ts';
import { line } from '../format/text.ts';
import { exitCodeAfter, isFromTerminal } from '../process/signals.ts';
import type { LeaseWatch } from './lease-watch.ts';

/** What ends within this after its command is not worth a word. */
const untoldMs = 250;
/** Pauses between two looks grow from one to the other: with each all processes of the machine are listed. */
const shortestPauseMs = 25;
const longestPauseMs = 500;
/** How long what was told to end may take, before it is ended by force. */
const graceMs = 5_000;
/** As many are named. */
const namedMax = 3;

/**
 * What works on when the command of a run has ended: its lock is kept until that has ended as well, as that of `flock(1)` is,
 * since it may still write. Whoever asks `rhema run` to end, ends that.
 */
export class LeftBehind {
  readonly #call: Call;
  readonly #child: ChildProcess;
  readonly #command: string;
  /** Which codes of the command mean that it has ended by a signal that reached it; `any`: it was asked to end. */
  #endingCode: ExitCode | 'any' | 'none' = 'none';
  #isAwaited = false;
  #isToldToEnd = false;
  #cancelForce: () => void = () => undefined;

  constructor(call: Call, child: ChildProcess, command: string) {
    this.#call = call;
    this.#child = child;
    this.#command = command;
  }

  /** Whether the command has ended, and what it left behind is waited for. */
  get isAwaited(): boolean {
    return this.#isAwaited;
  }

  /** A signal reached the command. Ctrl-C on a terminal may have been meant for what it does, as in an editor. */
  noteSignal(signal: SignalName, shared: boolean): void {
    this.#endingCode = shared && isFromTerminal(signal) ? exitCodeAfter(signal) : 'any';
  }

  /** Resolves when nothing is left, or nobody may wait any longer. */
  async untilEnded(watch: LeaseWatch, code: ExitCode): Promise<void> {
    this.#isAwaited = true;
    // What was lost while the command itself worked leaves no time to what it left behind.
    if (!watch.wasLost) await this.#await(watch, code);
    this.#cancelForce();
    await watch.endLeft();
  }

  /** Tells it to end, and soon ends it by force; at once when that is said again. */
  end(): void {
    if (this.#isToldToEnd) return this.#force();
    this.#isToldToEnd = true;
    this.#child.tellAll();
    this.#cancelForce = this.#call.ports.clock.schedule(graceMs, () => this.#force());
  }

  async #await(watch: LeaseWatch, code: ExitCode): Promise<void> {
    const wasAskedToEnd = this.#endingCode === 'any' || this.#endingCode === code;
    const untilTellingMs = this.#nowMs + untoldMs;
    let isTold = false;
    let pauseMs = shortestPauseMs;
    for (let left = this.#child.left(); left.length > 0 && !watch.isOver; left = this.#child.left()) {
      if (wasAskedToEnd && !this.#isToldToEnd) this.end();
      if (!isTold && !this.#isToldToEnd && this.#nowMs >= untilTellingMs) {
        isTold = true;
        this.#tell(left, watch);
      }
      await this.#pause(pauseMs);
      pauseMs = Math.min(2 * pauseMs, longestPauseMs);
    }
  }

  #tell(left: readonly LeftProcess[], { scopes }: LeaseWatch): void {
    const named = left.slice(0, namedMax).map(({ pid, name }) => line`${pid} (${name})`);
    const more = left.length > namedMax ? ` and ${left.length - namedMax} more` : '';
    const { pid, stderr } = this.#call.ports;
    stderr.write(
      line`rhema: ${this.#command} has ended, but what it has started works on: ` +
        `${named.join(', ')}${more}; ` +
        line`${scopes} stays locked until that has ended, too (Ctrl-C, or kill ${pid}, ends it)` +
        '\n',
    );
  }

  #force(): void {
    this.#cancelForce();
    void this.#child.endAll();
  }

  get #nowMs(): number {
    return this.#call.ports.clock.monotonicMs();
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => void this.#call.ports.clock.schedule(ms, resolve));
  }
}
