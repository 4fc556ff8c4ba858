import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Runs a program of this folder to its end in a fresh process, and reads the one JSON value it prints. */
export async function answerOf<T>(file: string, ...args: readonly string[]): Promise<T> {
  const { stdout } = await run(process.execPath, [file, ...args]);
  return JSON.parse(stdout) as T;
}

/**
 * User and system time of a whole process, in milliseconds, as the system accounts for it when the process has ended.
 * Node cannot tell that of its children, so a shell does. Rejects when the process fails.
 */
export async function processorMs(command: readonly string[], folder: string): Promise<number> {
  const { stderr } = await run('bash', ['-c', timed, 'bash', ...command], { cwd: folder });
  const [userSeconds, systemSeconds] = stderr.trim().split(' ').map(Number);
  if (userSeconds === undefined || systemSeconds === undefined) throw new Error(`no times in: ${stderr}`);
  return (userSeconds + systemSeconds) * 1_000;
}

const timed = `TIMEFORMAT='%3U %3S'; time "$@" >/dev/null`;

/** An argument of this process, from 0. */
export function argument(index: number): string {
  const value = process.argv[2 + index];
  if (value === undefined) throw new Error(`argument ${index} is missing`);
  return value;
}
