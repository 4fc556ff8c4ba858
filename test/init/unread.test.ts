/** What may have been meant for us, or for a tool that we do not know. */
import { describe, expect, it } from 'vitest';
import { makeRepository } from '../../src/repository/testing/fixture.ts';
import { graph, init, json, noticesOf, planInit, planRefresh } from './support.ts';

describe('a scope file that ends in .yml', () => {
  const scope = 'scope:\n  name: workspace\n  dependencies: []\ntodos: []\n';

  it('is named, with what to do, and is then a scope like any other', async () => {
    const root = makeRepository({ 'rhema.yml': scope, 'a/.rhema/rhema.yml': scope, 'b/scope.yml': scope });
    const plan = await planInit(root);
    expect(noticesOf(plan)).toEqual([
      'NOT_READ a/.rhema/rhema.yml',
      'NOT_READ b/scope.yml',
      'NOT_READ rhema.yml',
    ]);
    expect(plan.notices.at(-1)?.message).toContain('rename it to rhema.yaml and run this again');
    const renamed = makeRepository({ 'rhema.yaml': scope, 'b/scope.yaml': scope });
    const taken = await init(renamed);
    expect([noticesOf(taken), graph(taken)]).toEqual([[], { '.': [], b: [] }]);
  });

  it('is named where scopes exist already, and at each refresh', async () => {
    const root = makeRepository({ 'a/package.json': json({ name: 'a' }), 'b/rhema.yml': scope });
    await init(root);
    expect(noticesOf(await planRefresh(root))).toEqual(['NOT_READ b/rhema.yml']);
    const byHand = makeRepository({ 'rhema.yaml': 'name: x\n', 'b/rhema.yml': scope });
    expect(noticesOf(await planInit(byHand))).toEqual(['NOT_READ b/rhema.yml']);
  });

  it("is no file of another tool's, and no sample", async () => {
    const root = makeRepository({ 'a/scope.yml': 'kind: Scope\n', 'test/rhema.yml': scope });
    expect(noticesOf(await planInit(root))).toEqual([]);
  });

  it('is named in a few cases, and counted in the others', async () => {
    const files = Array.from({ length: 8 }, (_, index) => [`d${index}/rhema.yml`, scope]);
    const { notices } = await planInit(makeRepository(Object.fromEntries(files)));
    expect(notices).toHaveLength(6);
    expect(notices.at(-1)?.message).toBe('3 more files in .yml are not read, for the same reason');
  });
});

it('a folder that no known tool explains is a scope all the same', async () => {
  const root = makeRepository({
    'a/pom.xml': '<project/>',
    'docs/index.md': '',
    'frontend/package.json': json({ name: 'frontend' }),
    'tests/all.rb': '',
    '.ci/run.sh': '',
  });
  const plan = await init(root);
  expect(Object.keys(graph(plan))).toEqual(['.', 'a', 'docs', 'frontend', 'tests']);
  expect(noticesOf(plan)).toEqual([]);
});
