import { constants } from 'node:os';
import type { ProcessPorts, SignalName } from './ports.ts';
import { exitCodeOfSignal, exitCodes } from '../answer/exit-codes.ts';
import type { ExitCode } from '../answer/exit-codes.ts';

/** The signals that ask this process to end. */
export const endingSignals: readonly SignalName[] = ['SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGHUP'];

/** Those that a key of the terminal sends to all in the foreground: Ctrl-C, and Ctrl-\. */
export const isFromTerminal = (signal: SignalName): boolean => signal === 'SIGINT' || signal === 'SIGQUIT';

/** Calls back on each signal that asks to end; the answer goes back to ending at once. */
export function onEndingSignal(ports: ProcessPorts, callback: (signal: SignalName) => void): () => void {
  const undo = endingSignals.map((signal) => ports.signals.on(signal, () => callback(signal)));
  return () => {
    for (const off of undo) off();
  };
}

/** Remembers the first signal instead of ending, so that what was begun can be undone first. The second one ends. */
export interface FirstSignal {
  signal(): SignalName | null;
  /** While this goes on, signals are for somebody else. */
  leaveTo<T>(work: () => Promise<T>): Promise<T>;
  off(): void;
}

/** One Ctrl-C may arrive twice: from the terminal, and passed on by what started us, as `timeout` does. */
const echoMs = 200;

export function firstSignal(ports: ProcessPorts, react: () => void = () => undefined): FirstSignal {
  let first: { readonly signal: SignalName; readonly atMs: number } | null = null;
  let isOurs = true;
  const off = onEndingSignal(ports, (signal) => {
    if (!isOurs) return;
    const atMs = ports.clock.monotonicMs();
    if (first !== null && atMs - first.atMs >= echoMs) ports.signals.endBy(signal);
    first ??= { signal, atMs };
    react();
  });
  const leaveTo = async <T>(work: () => Promise<T>): Promise<T> => {
    isOurs = false;
    try {
      return await work();
    } finally {
      isOurs = true;
    }
  };
  return { signal: () => first?.signal ?? null, leaveTo, off };
}

/**
 * What goes on until a signal asks to end: the work is told so, and the process ends as if by the signal itself, as
 * `tail -f` does. The work may also end by itself.
 */
export async function untilSignal(
  ports: ProcessPorts,
  work: (ended: AbortSignal) => Promise<void>,
): Promise<ExitCode> {
  const abort = new AbortController();
  const interrupt = firstSignal(ports, () => abort.abort());
  try {
    await work(abort.signal);
  } finally {
    interrupt.off();
  }
  const signal = interrupt.signal();
  return signal === null ? exitCodes.done : exitCodeAfter(signal);
}

export function exitCodeAfter(signal: SignalName): ExitCode {
  return exitCodeOfSignal(constants.signals[signal]);
}
