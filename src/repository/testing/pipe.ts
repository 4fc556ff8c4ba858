import { execFileSync, spawn } from 'node:child_process';
import { onTestFinished } from 'vitest';

const writeOften = `trap '' PIPE; while [ -p "$0" ]; do printf %s "$1" > "$0"; done`;

/** A pipe in a file's place. Whoever reads it is given a text, so that a test of that fails instead of waiting for ever. */
export function makePipe(path: string, text: string): void {
  execFileSync('sh', ['-c', 'mkfifo "$0"', path]);
  const writer = spawn('sh', ['-c', writeOften, path, text], { stdio: 'ignore' });
  onTestFinished(() => void writer.kill('SIGKILL'));
}
