import { performance } from 'node:perf_hooks';
import type { ScopePath } from '../../src/core/index.ts';
import { BenchAgent, type Port } from './agent.ts';

/** Callers of a throughput benchmark. */
export const callersAtOnce = 64;

/** Agents that are not in each other's way, each with the scope it works on. */
export interface Caller {
  readonly agent: BenchAgent;
  readonly scope: ScopePath;
}

export function joinCallers(port: Port, scopes: readonly ScopePath[]): Promise<Caller[]> {
  return Promise.all(
    scopes.map(async (scope, index) => ({ scope, agent: await BenchAgent.join(port, `caller-${index}`) })),
  );
}

/** Acquire and release by all callers at once, each over and over, for so long; cycles per second together. */
export function lockCycles(callers: readonly Caller[], forMs: number): Promise<number> {
  return perSecond(forMs, callers, async ({ agent, scope }) => {
    await agent.acquire(scope);
    await agent.release(scope);
  });
}

/** How often per second all callers together finish something that each does over and over. */
export async function perSecond<C>(
  forMs: number,
  callers: readonly C[],
  once: (caller: C) => Promise<void>,
): Promise<number> {
  const startedAt = performance.now();
  let done = 0;
  const keepOn = async (caller: C): Promise<void> => {
    while (performance.now() - startedAt < forMs) {
      await once(caller);
      done += 1;
    }
  };
  await Promise.all(callers.map(keepOn));
  return (done * 1_000) / (performance.now() - startedAt);
}
