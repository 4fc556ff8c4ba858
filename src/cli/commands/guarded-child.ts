import { basename } from 'node:path';
import type { Call } from '../call.ts';
import type { ChildEnd, ChildProcess } from '../process/ports.ts';
import { exitCodeOfSignal, exitCodes } from '../answer/exit-codes.ts';
import type { ExitCode } from '../answer/exit-codes.ts';
import { ended } from '../answer/outcome.ts';
import type { Outcome } from '../answer/outcome.ts';
import { isFromTerminal, onEndingSignal } from '../process/signals.ts';
import type { LeaseWatch } from './lease-watch.ts';
import { LeftBehind } from './left-behind.ts';

export interface GuardedCommand {
  readonly command: readonly string[];
  /** Added to the environment of this process. */
  readonly env: Readonly<Record<string, string>>;
  /** Null: it runs without any lock. */
  readonly watch: LeaseWatch | null;
}

/**
 * Runs a command to its end, and while it has a lock, to that of all that it leaves behind; signals are passed on to it. Ends
 * with its own code, or 1 when its lease was lost.
 *
 * On a terminal the command shares our process group, so that editors keep their controlling terminal, and Ctrl-C reaches
 * it from there: passing that on would make it two. Elsewhere it leads a group of its own, so that what we pass on
 * reaches its children, too.
 */
export async function runGuarded(call: Call, guarded: GuardedCommand): Promise<Outcome> {
  const { command, watch } = guarded;
  const shared = call.ports.stdin.isTTY;
  const child = start(call, guarded, !shared);
  const left = new LeftBehind(call, child, basename(command[0] ?? ''));
  const offSignals = onEndingSignal(call.ports, (signal) => {
    if (left.isAwaited) return left.end();
    if (!(shared && isFromTerminal(signal))) child.signal(signal);
    left.noteSignal(signal, shared);
  });
  watch?.guard(child);
  try {
    const code = exitCodeOf(await child.ended);
    if (watch !== null) await left.untilEnded(watch, code);
    return ended(watch?.wasLost === true ? exitCodes.failure : code);
  } catch (error) {
    return notStarted(command, error);
  } finally {
    offSignals();
    child.letGo();
  }
}

/** By what the system says. */
const notStartedTexts: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such command',
  EACCES: 'it is no program that this user may run (EACCES)',
};

/** As shells do: 127 when there is no such command, 126 when it cannot be run. */
function notStarted(command: readonly string[], error: unknown): Outcome {
  const { code } = error as { readonly code?: unknown };
  const missing = code === 'ENOENT';
  const message =
    typeof code === 'string' ? (notStartedTexts[code] ?? `it cannot be run (${code})`) : String(error);
  return {
    kind: 'refused',
    exitCode: missing ? exitCodes.commandNotFound : exitCodes.commandNotRun,
    revision: null,
    code: 'COMMAND_NOT_STARTED',
    message: `${command[0] ?? ''}: ${message}`,
    details: { command },
  };
}

function start(call: Call, { command, env, watch }: GuardedCommand, ownGroup: boolean): ChildProcess {
  const [file = '', ...args] = command;
  const { ports } = call;
  const { endInMs = null, graceMs = 0 } = watch ?? {};
  // An answer for programs is all that they find on standard output.
  const ways = { ownGroup, endInMs, graceMs, ...(call.json ? { saysBeside: true as const } : {}) };
  return ports.processes.start({ file, args, cwd: call.cwd, env: { ...ports.env, ...env }, ...ways });
}

function exitCodeOf(end: ChildEnd): ExitCode {
  return end.kind === 'exited' ? end.code : exitCodeOfSignal(end.signalNumber);
}
