import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { identityOf, isRunning, thisProcess, untilExited } from './process-identity.ts';

it('a process is waited for until it has ended', async () => {
  const child = spawn('sleep', ['60']);
  await once(child, 'spawn');
  const identity = identityOf(child.pid ?? 0);
  let hasExited = false;
  const waiting = untilExited(identity, 30_000).then(() => (hasExited = true));
  await new Promise((resolve) => void setImmediate(resolve));
  expect(hasExited).toBe(false);
  child.kill('SIGKILL');
  await waiting;
  expect(isRunning(identity)).toBe(false);
});

it('neither is waited for: this process, nor one that lives longer than there is patience', async () => {
  await untilExited(thisProcess(), 30_000);
  const child = spawn('sleep', ['60']);
  await once(child, 'spawn');
  const identity = identityOf(child.pid ?? 0);
  await untilExited(identity, 1);
  expect(isRunning(identity)).toBe(true);
  child.kill('SIGKILL');
  await once(child, 'exit');
});
