import type { ExitCode } from './answer/exit-codes.ts';
import { processPorts } from './process/process-ports.ts';
import { runCli } from './program.ts';

/** Carries out a command line in the process that runs. */
export function runHere(args: readonly string[]): Promise<ExitCode> {
  return runCli(args, processPorts());
}
