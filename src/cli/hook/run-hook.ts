import { writeSync } from 'node:fs';
import { payloadBytesMax } from '../../hooks/index.ts';
import type { GlobalOptions } from '../call.ts';
import { processPorts } from '../process/process-ports.ts';
import { quickHook, type HookWords } from './quick-hook.ts';
import { readStdin } from './read-stdin.ts';
import { serveHook } from './serve-hook.ts';

/** The same for a whole command line in its plainest words; null: it is another. */
export async function runQuickly(args: readonly string[]): Promise<number | null> {
  const words = quickHook(args);
  return words === null ? null : runHook(words);
}

/** Answers the hook that this process is, and says how it ends. */
export async function runHook(
  words: HookWords,
  options: Pick<GlobalOptions, 'server'> = {},
): Promise<number> {
  const { stdout, stderr, exitCode } = await serveHook(
    processPorts(),
    words,
    await readStdin(payloadBytesMax),
    options,
  );
  write(1, stdout);
  write(2, stderr);
  return exitCode;
}

/** A client that has hung up wants no answer any more. */
function write(fd: number, text: string): void {
  try {
    if (text !== '') writeSync(fd, text);
  } catch (error) {
    if ((error as { readonly code?: unknown }).code !== 'EPIPE') throw error;
  }
}
