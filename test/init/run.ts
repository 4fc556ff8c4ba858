import type { Questions } from '../../src/cli/process/ports.ts';
import { processPorts } from '../../src/cli/process/process-ports.ts';
import { runCli } from '../../src/cli/program.ts';

/** What a command printed, and how it ended. */
export interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly body: Record<string, unknown>;
}

const real = processPorts();
const pathFromHere = process.env['PATH'];

/** Runs a command as typed in a folder; with somebody to ask it is on a terminal. The coordinator is in this process. */
export async function runHere(
  cwd: string,
  words: readonly string[],
  questions: Questions | null = null,
  env: Readonly<Record<string, string>> = {},
): Promise<Run> {
  let stdout = '';
  let stderr = '';
  const isTTY = questions !== null;
  const code = await runCli(['--direct', '--no-color', ...words], {
    ...real,
    stdout: { isTTY, write: (text) => void (stdout += text) },
    stderr: { isTTY, write: (text) => void (stderr += text) },
    stdin: { isTTY },
    env: { PATH: pathFromHere, ...env },
    cwd,
    questions: questions ?? real.questions,
  });
  const body = stdout.startsWith('{') ? (JSON.parse(stdout) as Record<string, unknown>) : {};
  return { code, stdout, stderr, body };
}
