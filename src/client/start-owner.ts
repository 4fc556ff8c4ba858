import { closeSync, openSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { CoordinatorError, type FailureJson } from '../protocol/index.ts';
import { accessError, ensurePrivateDirectory, type StatePaths } from './paths.ts';

/** How to start the owner process, as for `spawn`: it runs until it chooses to leave. */
export interface OwnerCommand {
  readonly file: string;
  readonly args: readonly string[];
}

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
export async function startOwner(command: OwnerCommand, paths: StatePaths, timeoutMs: number): Promise<void> {
  const { spawn } = await import('node:child_process');
  ensurePrivateDirectory(paths.directory);
  const log = openOwnerLog(paths.log);
  const child = spawn(command.file, [...command.args], {
    detached: true,
    stdio: ['ignore', log, log, 'pipe'],
    env: ownerEnvironment(),
  });
  closeSync(log);
  child.unref();
  const failed = new Promise<never>((_, reject) => child.once('error', (cause) => reject(notStarted(cause))));
  const line = readAll(child.stdio[readinessFd] as Readable, timeoutMs);
  checkReadiness(await Promise.race([line, failed]), paths);
}

function openOwnerLog(path: string): number {
  try {
    return openSync(path, 'a', 0o600);
  } catch (error) {
    throw accessError(path, error);
  }
}

/** Without the index of a Git command under way (hooks get one): the owner outlives it. */
function ownerEnvironment(): NodeJS.ProcessEnv {
  const { GIT_INDEX_FILE: _dropped, ...environment } = process.env;
  return { ...environment, [readinessVariable]: String(readinessFd) };
}

function readAll(stream: Readable, timeoutMs: number): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const timer = setTimeout(() => stream.destroy(), timeoutMs);
    stream.setEncoding('utf8');
    stream.on('data', (chunk: string) => (text += chunk));
    stream.on('error', () => stream.destroy());
    stream.on('close', () => {
      clearTimeout(timer);
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

function notStarted(cause: Error): CoordinatorError {
  return new CoordinatorError('UNAVAILABLE', `the coordinator process cannot be started: ${cause.message}`, {
    cause,
  });
}
