import type { Grant } from '../../core/index.ts';
import type { Call } from '../call.ts';
import type { ChildEnd, ChildProcess } from '../context.ts';
import { exitCodeOfSignal, exitCodes } from '../exit-codes.ts';
import type { ExitCode } from '../exit-codes.ts';
import { line } from '../format/text.ts';
import { ended } from '../outcome.ts';
import type { Outcome } from '../outcome.ts';
import { onEndingSignal } from '../signals.ts';
import type { Session } from '../world.ts';
import { LeaseKeeper } from './lease-keeper.ts';
import { proofOf, submit } from './speak.ts';

/** How long a command may take to end by SIGTERM once its lease is lost, before SIGKILL. */
const killGraceMs = 5_000;

export interface GuardedCommand {
  readonly command: readonly string[];
  /** Added to the environment of this process. */
  readonly env: Readonly<Record<string, string>>;
  /** Null: it runs without any lock. */
  readonly guard: Guard | null;
}

export interface Guard {
  readonly session: Session;
  readonly locks: readonly Grant[];
  readonly sessionTtlMs: number;
  readonly lockTtlMs: number;
  readonly killOnLoss: boolean;
}

/**
 * Runs a command to its end; signals are passed on to it. Ends with its own code, or 1 when its lease was lost.
 *
 * On a terminal the command shares our process group, so that editors keep their controlling terminal, and Ctrl-C reaches
 * it from there: passing that on would make it two. Elsewhere it leads a group of its own, so that what we pass on
 * reaches its children, too.
 */
export async function runGuarded(call: Call, { command, env, guard }: GuardedCommand): Promise<Outcome> {
  const shared = call.context.stdin.isTTY;
  const child = start(call, command, env, !shared);
  const offSignals = onEndingSignal(call.context, (signal) => {
    if (!(shared && signal === 'SIGINT')) child.signal(signal);
  });
  const watch = guard === null ? null : new LeaseWatch(call, guard, child);
  void watch?.start();
  try {
    const end = await child.ended;
    return ended(watch?.wasLost === true ? exitCodes.failure : exitCodeOf(end));
  } catch (error) {
    return notStarted(command, error);
  } finally {
    watch?.stop();
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
  ownGroup: boolean,
): ChildProcess {
  const [file = '', ...args] = command;
  const { context } = call;
  return context.processes.start({ file, args, cwd: call.cwd, env: { ...context.env, ...env }, ownGroup });
}

function exitCodeOf(end: ChildEnd): ExitCode {
  return end.kind === 'exited' ? end.code : exitCodeOfSignal(end.signalNumber);
}

/** Keeps the leases while the command runs; when they are lost, says so and ends it. */
class LeaseWatch {
  readonly #call: Call;
  readonly #child: ChildProcess;
  readonly #guard: Guard;
  readonly #keeper: LeaseKeeper;
  #cancelKill: () => void = () => undefined;
  #lost = false;

  constructor(call: Call, guard: Guard, child: ChildProcess) {
    this.#call = call;
    this.#child = child;
    this.#guard = guard;
    this.#keeper = new LeaseKeeper({
      clock: call.context.clock,
      locks: guard.locks,
      sessionTtlMs: guard.sessionTtlMs,
      lockTtlMs: guard.lockTtlMs,
      heartbeat: () => submit(call, { kind: 'Heartbeat', ...proofOf(guard.session) }),
      onLost: (why) => this.#lose(why),
    });
  }

  /** True once the leases ended before the command did. */
  get wasLost(): boolean {
    return this.#lost;
  }

  start(): Promise<void> {
    return this.#keeper.start();
  }

  stop(): void {
    this.#keeper.stop();
    this.#cancelKill();
  }

  #lose(why: string): void {
    this.#lost = true;
    const scopes = this.#guard.locks.map((lock) => lock.scope).join(', ');
    const what = line`rhema: LOCK LOST on ${scopes}: ${why}`;
    const { killOnLoss } = this.#guard;
    const then = killOnLoss ? 'ending the command' : 'the command goes on without it (--no-kill-on-loss)';
    this.#call.context.stderr.write(`${what}; ${then}\n`);
    if (!killOnLoss) return;
    this.#child.signal('SIGTERM');
    this.#cancelKill = this.#call.context.clock.after(killGraceMs, () => this.#child.signal('SIGKILL'));
  }
}
