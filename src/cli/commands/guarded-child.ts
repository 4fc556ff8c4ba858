import type { Call } from '../call.ts';
import type { ChildEnd, ChildProcess, ProcessCommand } from '../context.ts';
import { exitCodeOfSignal, exitCodes } from '../exit-codes.ts';
import type { ExitCode } from '../exit-codes.ts';
import { ended } from '../outcome.ts';
import type { Outcome } from '../outcome.ts';
import { onEndingSignal } from '../signals.ts';
import type { LeaseWatch } from './lease-watch.ts';

export interface GuardedCommand {
  readonly command: readonly string[];
  /** Added to the environment of this process. */
  readonly env: Readonly<Record<string, string>>;
  /** Null: it runs without any lock. */
  readonly watch: LeaseWatch | null;
}

/**
 * Runs a command to its end; signals are passed on to it. Ends with its own code, or 1 when its lease was lost.
 *
 * On a terminal the command shares our process group, so that editors keep their controlling terminal, and Ctrl-C reaches
 * it from there: passing that on would make it two. Elsewhere it leads a group of its own, so that what we pass on
 * reaches its children, too.
 */
export async function runGuarded(call: Call, { command, env, watch }: GuardedCommand): Promise<Outcome> {
  const shared = call.context.stdin.isTTY;
  const { endInMs = null, graceMs = 0 } = watch ?? {};
  const child = start(call, command, env, { ownGroup: !shared, endInMs, graceMs });
  const offSignals = onEndingSignal(call.context, (signal) => {
    if (!(shared && signal === 'SIGINT')) child.signal(signal);
  });
  watch?.guard(child);
  try {
    const end = await child.ended;
    return ended(watch?.wasLost === true ? exitCodes.failure : exitCodeOf(end));
  } catch (error) {
    return notStarted(command, error);
  } finally {
    offSignals();
  }
}

/** As shells do: 127 when there is no such command, 126 when it cannot be run. */
function notStarted(command: readonly string[], error: unknown): Outcome {
  const missing = (error as { readonly code?: unknown }).code === 'ENOENT';
  const message = missing ? 'there is no such command' : String(error);
  return {
    kind: 'refused',
    exitCode: missing ? exitCodes.commandNotFound : exitCodes.commandNotRun,
    revision: null,
    code: 'COMMAND_NOT_STARTED',
    message: `${command[0] ?? ''}: ${message}`,
    details: { command },
  };
}

function start(
  call: Call,
  command: readonly string[],
  env: Readonly<Record<string, string>>,
  ways: Pick<ProcessCommand, 'ownGroup' | 'endInMs' | 'graceMs'>,
): ChildProcess {
  const [file = '', ...args] = command;
  const { context } = call;
  return context.processes.start({ file, args, cwd: call.cwd, env: { ...context.env, ...env }, ...ways });
}

function exitCodeOf(end: ChildEnd): ExitCode {
  return end.kind === 'exited' ? end.code : exitCodeOfSignal(end.signalNumber);
}
