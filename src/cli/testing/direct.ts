import { processPorts } from '../process/process-ports.ts';
import { runCli } from '../program.ts';

/** How a command ended, and what it printed. */
export interface Answered {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command line in a folder, against the real service and store, opened in this process. */
export async function rhemaIn(cwd: string, ...words: readonly string[]): Promise<Answered> {
  return rhemaWith({}, cwd, ...words);
}

/** The same with more in its environment. */
export async function rhemaWith(
  env: Readonly<Record<string, string>>,
  cwd: string,
  ...words: readonly string[]
): Promise<Answered> {
  let [stdout, stderr] = ['', ''];
  const code = await runCli(['--direct', ...words], {
    ...processPorts(),
    stdout: { isTTY: false, write: (text) => void (stdout += text) },
    stderr: { isTTY: false, write: (text) => void (stderr += text) },
    env: { PATH: process.env['PATH'], ...env },
    cwd,
  });
  return { code, stdout, stderr };
}
