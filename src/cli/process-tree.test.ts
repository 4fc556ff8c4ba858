import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, expect, it } from 'vitest';
import { ProcessTree } from './process-tree.ts';

const started: ChildProcess[] = [];

afterEach(() => {
  for (const child of started) child.kill('SIGKILL');
});

/**
 * A shell that has started two programs, one of them in a group of its own; they hold its standard output, which ends
 * when the last of them has ended.
 */
async function shell(
  before = '',
): Promise<{ readonly child: ChildProcess; readonly allEnded: Promise<unknown> }> {
  const script = `${before} sleep 100 & setsid sleep 100 & echo begun; wait; sleep 100`;
  const child = spawn('sh', ['-c', script], { stdio: ['ignore', 'pipe', 'ignore'] });
  started.push(child);
  const allEnded = once(child, 'close');
  await once(child.stdout, 'data');
  return { child, allEnded };
}

it('a signal reaches all that a command has started, also in groups of their own', async () => {
  const { child, allEnded } = await shell();
  new ProcessTree(child.pid ?? 0, false).signal('SIGKILL');
  expect(await allEnded).toEqual([null, 'SIGKILL']);
});

it('what was there at the first signal is reached by the second one, though the command itself has ended', async () => {
  const { child, allEnded } = await shell("trap 'exit 3' TERM; (trap '' TERM; sleep 100; sleep 100) &");
  const tree = new ProcessTree(child.pid ?? 0, false);
  const exited = once(child, 'exit');
  tree.signal('SIGTERM');
  expect(await exited).toEqual([3, null]);
  tree.signal('SIGKILL');
  await allEnded;
});

it('a process that got the number of an ended command is left alone', async () => {
  const { child } = await shell();
  const tree = new ProcessTree(2 ** 22 + 1, true);
  tree.signal('SIGKILL');
  expect(child.exitCode).toBeNull();
});
