import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const helper = fileURLToPath(new URL('./terminal.py', import.meta.url));

/** Whether this machine can make a terminal for a test: Node alone cannot. */
export const hasTerminal =
  spawnSync('python3', ['-c', 'import os, pty; os.waitstatus_to_exitcode']).status === 0;

export interface TypedCommand {
  readonly command: readonly string[];
  /** Once it shows this, the keys are typed. */
  readonly prompt: string;
  readonly keys: string;
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** Runs a command on a terminal of its own. What it shows, errors included, is in `stdout`. */
export function runOnTerminal(typed: TypedCommand): {
  readonly status: number | null;
  readonly stdout: string;
} {
  const { command, prompt, keys, cwd, env } = typed;
  const options = { encoding: 'utf8', timeout: 150_000, cwd, env } as const;
  return spawnSync('python3', [helper, prompt, keys, ...command], options);
}
