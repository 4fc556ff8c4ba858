import { expect, it } from 'vitest';
import { commitAll, makeRepository } from '../../src/repository/testing/fixture.ts';
import {
  goModule,
  isRecordPresent,
  layeredFolders,
  npmWorkspace,
  recordedFolders,
  type Shape,
} from './shapes.ts';
import { graph, init, planInit, planRefresh } from './support.ts';

function repositoryOf(shape: Shape): string {
  const root = makeRepository(Object.fromEntries(shape));
  commitAll(root);
  return root;
}

/** As the shape has it, with the top that init adds. */
const expected = (folders: ReturnType<typeof layeredFolders>): Record<string, readonly string[]> => ({
  '.': [],
  ...Object.fromEntries(folders.map(({ path, dependencies }) => [path, dependencies.toSorted()])),
});

it.skipIf(!isRecordPresent)(
  'a real Go project has the scopes and dependencies that were recorded of it',
  async () => {
    const folders = recordedFolders();
    const plan = await init(repositoryOf(goModule(folders)));
    expect(graph(plan)).toEqual(expected(folders));
    expect(plan.links).toHaveLength(322);
    expect(plan.excesses).toEqual([]);
  },
);

it('an npm workspace of 200 packages has the graph that its manifests name', async () => {
  const folders = layeredFolders(200);
  const root = repositoryOf(npmWorkspace(folders));
  expect(graph(await init(root))).toEqual(expected(folders));
  expect((await planRefresh(root)).changes).toEqual([]);
});

it('5,000 packages are planned', async () => {
  const folders = layeredFolders(5_000);
  const plan = await planInit(repositoryOf(goModule(folders)));
  expect(graph(plan)).toEqual(expected(folders));
  expect(plan.changes).toHaveLength(5_001);
});
