import { afterEach, beforeEach, expect, it } from 'vitest';
import { connect, type SocketCoordinator } from '../../src/client/index.ts';
import { write } from '../../src/context/testing/fixture.ts';
import { TestRepository } from '../../src/daemon/testing/repository.ts';
import { graph, init, json, refresh } from './support.ts';

let repository: TestRepository;
let coordinator: SocketCoordinator | null = null;

beforeEach(() => (repository = new TestRepository()));
afterEach(async () => {
  await coordinator?.stopOwner('now');
  await coordinator?.close();
  coordinator = null;
  repository.remove();
});

const manifest = (name: string, ...dependencies: readonly string[]): string =>
  json({ name, dependencies: Object.fromEntries(dependencies.map((one) => [one, '*'])) });

it('a process that owns the log takes over the graph that init and refresh have shown', async () => {
  const { root, commonDir } = repository;
  write(root, {
    'package.json': json({ name: 'acme', workspaces: ['*'] }),
    'a/package.json': manifest('a', 'b', 'c'),
    'b/package.json': manifest('b', 'c'),
    'c/package.json': manifest('c', 'a'),
  });
  const planned = graph(await init(root, { stage: 'strict' }));
  coordinator = await connect({ commonDir, version: '1.0.0', startOwner: repository.owner() });
  expect(await ownerGraph(coordinator)).toEqual(planned);
  write(root, { 'd/package.json': manifest('d', 'a') });
  const refreshed = graph(await refresh(root));
  expect(await coordinator.refresh()).toMatchObject({ accepted: true, scopes: 5, problems: [] });
  expect(await ownerGraph(coordinator)).toEqual(refreshed);
});

async function ownerGraph(owner: SocketCoordinator): Promise<Record<string, readonly string[]>> {
  const { scopes, problems } = await owner.query({ kind: 'scopes' });
  expect(problems).toEqual([]);
  return Object.fromEntries(scopes.map(({ path, dependencies }) => [path, dependencies]));
}
