/** What may have been meant for us, or for a tool that we do not know. */
import { describe, expect, it } from 'vitest';
import { makeRepository, write } from '../../src/repository/testing/fixture.ts';
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

describe('folders that no known tool explains', () => {
  const files = {
    'a/pom.xml': '<project/>',
    'b/src/Main.java': '',
    'docs/index.md': '',
    'frontend/package.json': json({ name: 'frontend' }),
    'src-server/main.rb': '',
    'tests/all.rb': '',
    '.ci/run.sh': '',
  };

  it('are named, with the way to a scope of their own', async () => {
    const root = makeRepository(files);
    const plan = await init(root);
    expect(plan.notices).toMatchObject([{ code: 'NOT_EXPLAINED', severity: 'warning', file: null }]);
    expect(plan.notices[0]?.message).toBe(
      "no tool that is known here has parts in a, b, src-server: what is in there belongs to the top scope. For a scope of its own put a rhema.yaml with 'name: ...' into a folder",
    );
    expect(noticesOf(await planRefresh(root))).toEqual([]);
    write(root, { 'b/rhema.yaml': 'name: b\n', 'src-server/rhema.yaml': 'name: server\n' });
    expect((await planInit(root)).notices[0]?.message).toContain('has parts in a: ');
    expect(Object.keys(graph(await planRefresh(root)))).toEqual(['.', 'b', 'frontend', 'src-server']);
  });

  it("are the top package's own where it has one, unless another tool has a manifest in them", async () => {
    const plan = await planInit(
      makeRepository({ ...files, 'package.json': json({ name: 'acme', workspaces: ['frontend'] }) }),
    );
    expect(plan.notices.map(({ message }) => message)).toEqual([expect.stringContaining('has parts in a: ')]);
  });

  it('are no news where all scopes are folders', async () => {
    expect(noticesOf(await planInit(makeRepository({ 'a/pom.xml': '', 'b/x.java': '' })))).toEqual([]);
  });

  it('are named in a few cases, and counted in the others', async () => {
    const many = Array.from({ length: 12 }, (_, index) => [`d${index + 10}/x.java`, '']);
    const plan = await planInit(
      makeRepository({ ...Object.fromEntries(many), 'a/package.json': json({ name: 'a' }) }),
    );
    expect(plan.notices[0]?.message).toContain(' d10, d11, d12, d13, d14, d15, d16, d17 and 4 more: ');
  });
});
