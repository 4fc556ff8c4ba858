/**
 * Ends the command of a `rhema run` that was killed or stands still, so that it does not work on without its lock.
 *
 * Standard input, of which only that `run` holds the other end, has a line for each thing to know: `command PID group` once
 * it has begun (`tree` where it leads no group of its own); `end MS`, the time of the monotonic clock at which it must have
 * ended, again with each renewal of the lease; `done` when it has ended. When that time comes, it is ended by force. When
 * the input ends without `done`, `run` is gone: the command is told to end, and ended by force after a grace or at that
 * time, whatever comes first.
 */
import { createInterface } from 'node:readline';
import { ProcessTree } from './process-tree.ts';
import { monotonicMs } from './tether.ts';

const graceMs = 5_000;

let command: ProcessTree | null = null;
let timer: NodeJS.Timeout | undefined;
let endAtMs = Infinity;
let isDone = false;

function endAt(atMs: number): void {
  endAtMs = atMs;
  clearTimeout(timer);
  timer = setTimeout(() => command?.signal('SIGKILL'), Math.max(0, atMs - monotonicMs()));
}

createInterface({ input: process.stdin })
  .on('line', (text) => {
    const [what, value, kind] = text.split(' ');
    if (what === 'command') command = new ProcessTree(Number(value), kind === 'group');
    else if (what === 'end') endAt(Number(value));
    else isDone = true;
  })
  .on('close', () => {
    clearTimeout(timer);
    if (isDone) return;
    command?.signal('SIGTERM');
    endAt(Math.min(endAtMs, monotonicMs() + graceMs));
  });
