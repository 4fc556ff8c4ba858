import type { Time } from '../../time/index.ts';
import type { Screen } from '../../top/index.ts';
import type { Environment, World } from '../world/world.ts';

/** The process around a command, handed in so that every command can be tried without one. */
export interface ProcessPorts {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly stdin: { readonly isTTY: boolean };
  readonly env: Environment;
  readonly cwd: string;
  readonly clock: Time;
  readonly signals: Signals;
  readonly processes: Processes;
  readonly questions: Questions;
  /** The whole terminal, for who draws on it. */
  readonly screen: () => Promise<Screen>;
  readonly world: World;
  readonly pid: number;
  readonly version: () => string;
}

export interface Output {
  write(text: string): void;
  /** Waits until the reader has caught up, for who writes more than fits into memory. At once where it is absent. */
  readonly drained?: () => Promise<void>;
  readonly isTTY: boolean;
  /** How wide the terminal is now; null when it does not tell. */
  readonly columns?: () => number | null;
}

export type SignalName = 'SIGINT' | 'SIGQUIT' | 'SIGTERM' | 'SIGHUP';

export interface Signals {
  /** Calls back instead of ending the process; the answer undoes that. */
  on(signal: SignalName, callback: () => void): () => void;
  /** Ends this process at once, with the exit code of the signal. */
  endBy(signal: SignalName): void;
}

/**
 * Asks the person at the terminal; null: he wants to stop. Fails with INTERRUPTED after Ctrl-C, and with
 * CONFIRMATION_NEEDED where the input ends before an answer.
 */
export interface Questions {
  /** What is typed is not shown; null: none. */
  secret(message: string): Promise<string | null>;
  confirm(message: string): Promise<boolean | null>;
  /** The first option is the one proposed. */
  select<T extends string>(message: string, options: readonly Answer<T>[]): Promise<T | null>;
}

export interface Answer<T extends string> {
  readonly value: T;
  readonly label: string;
}

export interface Processes {
  start(command: ProcessCommand): ChildProcess;
}

export interface ProcessCommand {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Environment;
  /** Hears what the child says, on both of its outputs; left out: it says it where this process does. */
  readonly onOutput?: (said: Buffer) => void;
  /** Whether what the child says on standard output goes to standard error, since an answer of our own goes there. */
  readonly saysBeside?: true;
  /** Whether the child leads a session and a process group of its own, so that a signal reaches its children too. */
  readonly ownGroup: boolean;
  /** A tied child ends with this process, however that ends, and by force so long from now; null: it is not tied. */
  readonly endInMs: number | null;
  /** How long before that it is told to end, if this process has not done so itself. */
  readonly graceMs: number;
}

export interface ChildProcess {
  /** How it ended; fails when it could not be started. */
  readonly ended: Promise<ChildEnd>;
  /** When nobody can say anything more that is heard: also what the child has left behind may. */
  readonly silent: Promise<void>;
  signal(name: SignalName): void;
  /** Tells the child, and all that it has started in turn, to end: SIGTERM to each of them. */
  tellAll(): void;
  /** Ends them by force; resolves when nothing of them is left. */
  endAll(): Promise<void>;
  /**
   * Puts off, or brings forward, when a tied child is ended by force, even if this process stands still by then, and how
   * long before that it is told to end.
   */
  endBy(leftMs: number, graceMs: number): void;
  /** What works on of a child that has ended, but for what has cut itself loose. */
  left(): readonly LeftProcess[];
  /** The child is not tied any more. */
  letGo(): void;
}

export interface LeftProcess {
  readonly pid: number;
  /** Of its program; anything may be in it. */
  readonly name: string;
}

export type ChildEnd =
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'signalled'; readonly signalNumber: number };
