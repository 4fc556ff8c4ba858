import { expect, it } from 'vitest';
import { acquire, join, openBench, scopePath } from './testing.ts';

it('a change reaches all that depends on it, the nearest first, with who holds and who waits there', async () => {
  const { service } = await openBench();
  const graph = { app: ['api', 'lib'], api: ['lib'], lib: [], docs: [] };
  const scopes = Object.entries(graph).map(([path, dependencies]) => ({
    path: scopePath(path),
    name: path,
    type: 'package',
    dependencies: dependencies.map(scopePath),
  }));
  await service.submitInternal({ kind: 'DefineScopes', by: 'service', scopes });
  const [alice, bob] = [await join(service, 'alice'), await join(service, 'bob')];
  await acquire(service, alice, 'app');
  await acquire(service, bob, 'app', true);
  const impact = await service.query({ kind: 'impact', scopes: ['lib', 'nowhere'].map(scopePath) });
  const none = { holders: [], waiters: [], syncStatus: 'idle', wasSynced: false };
  expect(impact.scopes).toEqual([
    { ...none, scope: 'lib', via: null },
    { ...none, scope: 'api', via: 'lib' },
    { ...none, scope: 'app', via: 'lib', holders: ['alice'], waiters: ['bob'] },
  ]);
});
