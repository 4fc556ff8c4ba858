/**
 * Ends the command of a `rhema run` that was killed or stands still, so that it does not work on without its lock.
 *
 * Its arguments, and then standard input, of which only that `run` holds the other end, have a line for each thing to know:
 * `begins ROOT` of a command that is to begin, by which it is found if nothing more is said of it; `command ROOT` once it has
 * begun, as JSON; `grace MS`, how long it has to end by itself; `end MS`, the time of the monotonic clock at which it must
 * have ended, again with each renewal of the lease; `told` when `run` has told it to end; `done` when it has ended, with all
 * that it left behind. So long before that time `run` should have told it; if not, it is told here, and when the time comes,
 * it is ended by force. When the input ends without `done`, `run` is gone: the command is told to end, and ended by force
 * after a grace or at that time, whatever comes first.
 */
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { findBegun, ProcessTree, type Root, type ToBegin } from './process/process-tree.ts';
import { monotonicMs } from './process/tether.ts';

const graceOfOrphansMs = 5_000;
const looksMax = 10;
const lookEveryMs = 50;

/** By so much `run`, which does it at the same time, is let go first: nothing is told twice. */
const patienceFor = (graceMs: number): number => Math.min(500, graceMs / 2);

let begins: ToBegin | null = null;
let command: ProcessTree | null = null;
let force: NodeJS.Timeout | undefined;
let tell: NodeJS.Timeout | undefined;
let graceMs = 0;
let endAtMs = Infinity;
let isTold = false;
let isDone = false;

function endAt(atMs: number): void {
  endAtMs = atMs;
  clearTimeout(force);
  force = setTimeout(() => onCommand((tree) => tree.endAll()), Math.max(0, atMs - monotonicMs()));
  clearTimeout(tell);
  if (isTold) return;
  const tellAtMs = atMs - graceMs + patienceFor(graceMs);
  tell = setTimeout(() => onCommand((tree) => tree.signal('SIGTERM')), Math.max(0, tellAtMs - monotonicMs()));
}

function noteTold(): void {
  isTold = true;
  clearTimeout(tell);
}

function hear(text: string): void {
  const [what, value = ''] = text.split(/ (.*)/s);
  if (what === 'begins') begins = JSON.parse(value) as ToBegin;
  else if (what === 'command') command = new ProcessTree(JSON.parse(value) as Root);
  else if (what === 'grace') graceMs = Number(value);
  else if (what === 'end') endAt(Number(value));
  else if (what === 'told') noteTold();
  else isDone = true;
}

/** `run` is gone. */
function endOrphans(): void {
  endAt(Math.min(endAtMs, monotonicMs() + graceOfOrphansMs));
  onCommand((tree) => tree.signal('SIGTERM'));
}

/** Does something to the command, also to one of which nothing was said yet. */
function onCommand(act: (tree: ProcessTree) => unknown): void {
  if (command !== null) act(command);
  else
    void untoldCommand().then((found) => {
      command ??= found;
      if (command !== null) act(command);
    });
}

/** A command that began a moment before `run` was killed, or stopped. The system may show what it carries a moment later. */
async function untoldCommand(): Promise<ProcessTree | null> {
  for (let look = 1; begins !== null && look <= looksMax; look += 1) {
    const root = findBegun(begins);
    if (root !== null) return new ProcessTree(root);
    await sleep(lookEveryMs);
  }
  return null;
}

process.argv.slice(2).forEach(hear);
createInterface({ input: process.stdin })
  .on('line', hear)
  .on('close', () => {
    clearTimeout(force);
    noteTold();
    if (!isDone) endOrphans();
  });
