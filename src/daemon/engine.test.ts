import { existsSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { statePaths } from '../client/index.ts';
import { findRepository } from '../repository/index.ts';
import { noWitness } from '../service/index.ts';
import { MemoryLog, MemoryLogStore } from '../store/memory/index.ts';
import type { Engine } from './engine.ts';
import { openDirect } from './index.ts';
import { accepted, acquire, grants, joinAs, TestRepository } from './testing/repository.ts';

let repository: TestRepository;
beforeEach(() => (repository = new TestRepository('api')));
afterEach(() => repository.remove());

/** Logs by repository, for as long as this process lives. */
function memoryEngine(closed: string[]): Engine {
  const logs = new Map<string, MemoryLog>();
  return {
    hasLog: (id) => logs.has(id),
    takeOwnership: async () => ({ release: () => {} }),
    openStore: async (id) => {
      const log = logs.get(id) ?? new MemoryLog();
      logs.set(id, log);
      const store = new MemoryLogStore(log);
      const close = async (): Promise<void> => {
        closed.push(id);
        await store.close();
      };
      return { store, witness: noWitness, engine: 'memory', path: null, whyLost: async () => null, close };
    },
  };
}

it('all that coordinates a repository works on another engine as well, which is all that knows where the log is', async () => {
  const closed: string[] = [];
  const engine = memoryEngine(closed);
  const found = await findRepository({ cwd: repository.root, env: {} });
  const open = () => openDirect({ repository: found, version: '1.0.0', env: {}, engine });
  const first = await open();
  const agent = await joinAs(first, 'alice');
  grants(await accepted(first, acquire(agent, 'api')));
  await first.close();
  const second = await open();
  expect((await second.query({ kind: 'status', at: null })).locks).toMatchObject([{ scope: 'api' }]);
  expect(await second.query({ kind: 'health' })).toMatchObject({ storeEngine: 'memory', storePath: null });
  await second.close();
  expect(closed).toEqual([found.commonDir, found.commonDir]);
  expect(existsSync(statePaths(found.commonDir).database)).toBe(false);
});
