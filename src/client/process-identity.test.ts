import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import type { AgentProcess } from '../core/index.ts';
import { boundProcess, hasEnded, identityOf, isRunning, untilExited } from './process-identity.ts';

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

describe.runIf(process.platform === 'linux')('a process that a session is bound to', () => {
  const boundLike = (child: ChildProcess): AgentProcess => {
    const own = boundProcess();
    if (own === null) throw new Error('on Linux every process can be bound to');
    const { pid, start } = identityOf(child.pid ?? 0);
    return { ...own, pid, start };
  };

  it('has ended once it is gone, and not before', async () => {
    const child = await startProcess();
    const bound = boundLike(child);
    expect(hasEnded(bound)).toBe(false);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(hasEnded(bound)).toBe(true);
  });

  it('has ended where another has its number', async () => {
    const child = await startProcess();
    const bound = boundLike(child);
    expect(hasEnded({ ...bound, start: `${bound.start}0` })).toBe(true);
    child.kill('SIGKILL');
    await once(child, 'exit');
  });

  it.each<[string, (bound: AgentProcess) => AgentProcess]>([
    ['in another namespace', (bound) => ({ ...bound, namespace: 'pid:[1] time:[1]' })],
    ['in another boot, or of another machine', (bound) => ({ ...bound, start: 'another-boot 17' })],
    ['of which the start is not known', (bound) => ({ ...bound, start: '' })],
  ])('is not said to have ended %s', async (_case, elsewhere) => {
    const child = await startProcess();
    const bound = boundLike(child);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(hasEnded(elsewhere(bound))).toBe(false);
  });

  it('says how long what it has started may work on', () => {
    expect([boundProcess()?.lingersMs, boundProcess(5_000)?.lingersMs]).toEqual([undefined, 5_000]);
  });
});
