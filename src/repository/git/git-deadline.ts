import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';

/** Where a system keeps its own: one of this name that a repository brings along is not started. */
const timeoutPrograms = ['/usr/bin/timeout', '/bin/timeout'];

/** So much longer than we wait ourselves, in seconds. */
const graceSeconds = 2;

/**
 * A program that has a deadline of its own, wherever the system has `timeout`: who waits for it may be killed first, and a
 * program that is held up by a pipe or a disk does not notice.
 */
export function withOwnDeadline(
  program: string,
  args: readonly string[],
  timeoutMs: number,
): { readonly file: string; readonly args: readonly string[] } {
  const timeout = timeoutPrograms.find((path) => existsSync(path));
  if (timeout === undefined) return { file: program, args };
  const seconds = Math.ceil(timeoutMs / 1_000) + graceSeconds;
  return { file: timeout, args: ['-s', 'KILL', String(seconds), program, ...args] };
}

/** What `timeout` ends with when there is no such program. */
export const noSuchProgram = 127;

/**
 * Ends a program and all that it has started. By force: what waits in the kernel does not have to listen. `timeout` leads a
 * process group; where there is none, the program is ended alone, and nobody waits for its children.
 */
export function endAll(child: ChildProcess): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It leads no group.
  }
  child.kill('SIGKILL');
  child.stdout?.destroy();
  child.stderr?.destroy();
}
