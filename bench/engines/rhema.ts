import type { SocketCoordinator } from '../../src/client/index.ts';
import type { ScopePath } from '../../src/core/index.ts';
import { BenchAgent } from '../harness/agent.ts';
import { makeRepository, reachOwner } from '../harness/owned-repository.ts';
import { locksMax, type Engine, type LockClient } from './engine.ts';

/** The owner process as the command line starts it, and the client library. */
export const rhema: Engine = {
  name: 'rhema',
  start: async (folder) => {
    const repository = makeRepository(folder, locksMax);
    const first = await reachOwner(repository);
    const connected: SocketCoordinator[] = [first];
    return {
      connect: async (caller, lock) => {
        const coordinator = await reachOwner(repository);
        connected.push(coordinator);
        const agent = await BenchAgent.join(coordinator, caller);
        return clientOf(agent, repository.scopes[lock] as ScopePath);
      },
      stop: async () => {
        await first.stopOwner('now');
        for (const coordinator of connected) await coordinator.close();
      },
    };
  },
};

function clientOf(agent: BenchAgent, scope: ScopePath): LockClient {
  return {
    acquire: () => agent.acquire(scope),
    release: () => agent.release(scope),
    queue: () => agent.queue(scope),
  };
}
