import type { ChildProcess } from 'node:child_process';
import { closeSync, existsSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { openToAppend } from '../files/index.ts';
import { CoordinatorError, systemFailure, type FailureJson } from '../protocol/index.ts';
import { ownerEnvironment } from './owner-environment.ts';
import { ensurePrivateDirectory, withAccess, type StatePaths } from './paths.ts';
import { processorTicksOf } from './process-identity.ts';

/** How to start the owner process, as for `spawn`: it runs until it chooses to leave. All paths are absolute. */
export interface OwnerCommand {
  readonly file: string;
  readonly args: readonly string[];
}

export type StartOwner = OwnerCommand | (() => OwnerCommand);

/**
 * Names the descriptor on which a started owner says one {@link Readiness} line when it listens, or why it cannot.
 * Closing it unsaid means that the process died.
 */
export const readinessVariable = 'RHEMA_READY_FD';
const readinessFd = 3;

/** `ready`: somebody listens, this owner or one that was faster. */
export type Readiness = { readonly ready: true } | { readonly error: FailureJson };

/**
 * Starts the owner in the background and waits until it can be reached. It outlives this process and writes to the
 * log file. Throws its failure if it cannot run, and a retryable `UNAVAILABLE` if it died or was too slow.
 */
export async function startOwner(
  start: StartOwner,
  paths: StatePaths,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<void> {
  const { spawn } = await import('node:child_process');
  ensurePrivateDirectory(paths.directory);
  const command = typeof start === 'function' ? start() : start;
  if (!existsSync(command.file)) throw notStarted(`there is no ${command.file}`);
  const [file, args] = withoutSoftLimits(command);
  const log = withAccess(paths.log, () => openToAppend(paths.log));
  const child = begun(
    () =>
      spawn(file, args, {
        // Its own session: no terminal of the caller's, no signal to the caller's group.
        detached: true,
        // The folder of the caller may be on a medium that is to be unmounted, or gone.
        cwd: '/',
        stdio: ['ignore', log, log, 'pipe'],
        env: { ...ownerEnvironment(process.env), [readinessVariable]: String(readinessFd) },
      }),
    log,
  );
  child.unref();
  const failed = new Promise<never>((_, reject) => child.once('error', (cause) => reject(unborn(cause))));
  // It has no streams where the system could not even make them.
  const ready = child.stdio?.[readinessFd] as Readable | undefined;
  const progress = new Progress(child.pid, timeoutMs);
  const line = ready === undefined ? failed : readAll(ready, timeoutMs, signal);
  const said = await Promise.race([line, failed]).finally(() => progress.stop());
  if (said === '' && signal?.aborted !== true) progress.endIfNone();
  checkReadiness(said, paths);
}

/** Some refusals of the system are thrown, others told later by the child. The log is the child's from then on. */
function begun(begin: () => ChildProcess, log: number): ChildProcess {
  try {
    return begin();
  } catch (cause) {
    throw unborn(cause as Error);
  } finally {
    closeSync(log);
  }
}

/**
 * Whether a process that is starting gets on. One that hangs (a disk that does not answer) is ended when its time is over:
 * each call would leave another one behind. One that is only slow, on a busy machine, is left to whoever calls next.
 */
class Progress {
  readonly #pid: number | undefined;
  readonly #timer: NodeJS.Timeout;
  #halfwayTicks: number | null = null;

  constructor(pid: number | undefined, timeoutMs: number) {
    this.#pid = pid;
    this.#timer = setTimeout(() => (this.#halfwayTicks = this.#ticks()), timeoutMs / 2);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  /** Where the system does not tell, there is none. */
  endIfNone(): void {
    if (this.#pid === undefined || this.#ticks() !== this.#halfwayTicks) return;
    try {
      process.kill(this.#pid, 'SIGKILL');
    } catch {
      // It has ended meanwhile.
    }
  }

  #ticks(): number | null {
    return this.#pid === undefined ? null : processorTicksOf(this.#pid);
  }
}

const shell = '/bin/sh';
/** Processor time, size of files, of data and of memory. */
const liftLimits =
  'for limit in t f d v; do ulimit -S -$limit "$(ulimit -H -$limit)"; done 2>/dev/null; exec "$0" "$@"';

/**
 * A caller that limits itself (`ulimit -S -t 60`) must not thereby end the owner in the middle of somebody else's work. What
 * was limited for good stays so, for nobody may lift that. Open files are no concern: Node lifts that limit itself.
 */
function withoutSoftLimits({ file, args }: OwnerCommand): [string, string[]] {
  return existsSync(shell) ? [shell, ['-c', liftLimits, file, ...args]] : [file, [...args]];
}

function readAll(stream: Readable, timeoutMs: number, signal?: AbortSignal): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const giveUp = (): void => void stream.destroy();
    const timer = setTimeout(giveUp, timeoutMs);
    signal?.addEventListener('abort', giveUp, { once: true });
    if (signal?.aborted === true) giveUp();
    stream.setEncoding('utf8');
    stream.on('data', (chunk: string) => (text += chunk));
    stream.on('error', giveUp);
    stream.on('close', () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', giveUp);
      resolve(text);
    });
  });
}

function checkReadiness(line: string, paths: StatePaths): void {
  if (line === '')
    throw new CoordinatorError(
      'UNAVAILABLE',
      `the coordinator process did not come up: see ${paths.log}, or use --direct`,
      { retryable: true },
    );
  const readiness = JSON.parse(line) as Readiness;
  if ('error' in readiness) throw CoordinatorError.fromJSON(readiness.error);
}

/** What the system lacks (files, memory) has a remedy of its own. */
function unborn(cause: Error): CoordinatorError {
  const trouble = systemFailure(cause);
  return trouble?.code === 'STORE_FAILURE' ? trouble : notStarted(cause.message, cause);
}

function notStarted(why: string, cause?: Error): CoordinatorError {
  return new CoordinatorError('UNAVAILABLE', `the coordinator process cannot be started: ${why}`, { cause });
}
