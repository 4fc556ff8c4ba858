import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { identityOf, isRunning, untilExited } from './process-identity.ts';

async function startProcess(): Promise<ChildProcess> {
  const child = spawn('sleep', ['60']);
  await once(child, 'spawn');
  return child;
}

it('a process is waited for until it has ended', async () => {
  const child = await startProcess();
  const identity = identityOf(child.pid ?? 0);
  let hasExited = false;
  const waiting = untilExited(identity, 30_000).then((ended) => (hasExited = ended));
  await new Promise((resolve) => void setImmediate(resolve));
  expect(hasExited).toBe(false);
  child.kill('SIGKILL');
  expect(await waiting).toBe(true);
  expect(isRunning(identity)).toBe(false);
});

it('of a process that lives longer than there is patience it is said that it has not ended', async () => {
  const child = await startProcess();
  expect(await untilExited(identityOf(child.pid ?? 0), 1)).toBe(false);
  child.kill('SIGKILL');
  await once(child, 'exit');
});
