import { describe, expect, it } from 'vitest';
import { makeRepository } from '../../src/repository/testing/fixture.ts';
import { derived, init, json, library, noticesOf, workspace } from './support.ts';

describe('workspaces', () => {
  it('of npm are scopes, with the dependencies that their manifests name', async () => {
    const graph = await derived({
      'package.json': workspace('packages/*', './apps/*/'),
      'packages/core/package.json': library('@acme/core', { dependencies: { yaml: '^2' } }),
      'packages/ui/package.json': library('@acme/ui', { peerDependencies: { '@acme/core': '*' } }),
      'packages/optional/package.json': library('optional', { optionalDependencies: { '@acme/ui': '1' } }),
      'apps/web/package.json': library('web', {
        dependencies: { '@acme/ui': '^1.0.0' },
        devDependencies: { '@acme/core': 'file:../../packages/core' },
      }),
    });
    expect(graph).toEqual({
      '.': [],
      'apps/web': ['packages/core', 'packages/ui'],
      'packages/core': [],
      'packages/optional': ['packages/ui'],
      'packages/ui': ['packages/core'],
    });
  });

  it('of npm are decided by the last pattern that fits', async () => {
    const graph = await derived({
      'package.json': workspace('packages/**', '!packages/old/**', 'packages/old/kept'),
      'packages/a/package.json': library('a'),
      'packages/old/gone/package.json': library('gone'),
      'packages/old/kept/package.json': library('kept'),
    });
    expect(Object.keys(graph)).toEqual(['.', 'packages/a', 'packages/old/kept']);
  });

  it('of pnpm are named by pnpm-workspace.yaml, and what it excludes stays out', async () => {
    const graph = await derived({
      'package.json': json({ name: 'acme' }),
      'pnpm-workspace.yaml': 'packages:\n  - "libs/**"\n  - "!**/attic/**"\n',
      'libs/a/package.json': library('a', { dependencies: { b: 'workspace:*' } }),
      'libs/deep/b/package.json': library('b'),
      'libs/attic/c/package.json': library('c'),
      'tools/package.json': library('tools'),
    });
    expect(graph).toEqual({ '.': [], 'libs/a': ['libs/deep/b'], 'libs/deep/b': [], tools: [] });
  });

  it('do not hide packages that they neither list nor exclude, when those have a name', async () => {
    const graph = await derived({
      'package.json': json({ name: 'acme' }),
      'pnpm-workspace.yaml': 'packages:\n  - "packages/*"\n  - "!attic/**"\n',
      'packages/a/package.json': library('a', { dependencies: { ext: 'portal:../../tools/ext' } }),
      'apps/docs/package.json': library('docs', { dependencies: { a: '*' } }),
      'tools/ext/package.json': library('ext'),
      'tools/nameless/package.json': json({ type: 'module' }),
      'attic/old/package.json': library('old'),
      'packages/a/test/fixtures/x/package.json': library('x'),
    });
    expect(graph).toEqual({
      '.': [],
      'apps/docs': ['packages/a'],
      'packages/a': ['tools/ext'],
      attic: [],
      'tools/ext': [],
    });
  });

  it('have their members meant where a package outside of them is called alike', async () => {
    const root = makeRepository({
      'package.json': workspace('packages/*'),
      'packages/a/package.json': library('a', { dependencies: { b: '*' } }),
      'packages/b/package.json': library('b'),
      'copies/b/package.json': library('b'),
    });
    const plan = await init(root);
    expect(noticesOf(plan)).toEqual([]);
    expect(plan.links).toMatchObject([{ from: 'packages/a', to: 'packages/b' }]);
  });

  it('of yarn may be a table', async () => {
    const graph = await derived({
      'package.json': json({ name: 'acme', workspaces: { packages: ['a', 'b'], nohoist: ['**'] } }),
      'a/package.json': library('a', { dependencies: { other: 'npm:b@^1' } }),
      'b/package.json': library('b', { dependencies: { c: 'npm:a-of-the-registry@^1' } }),
    });
    expect(graph).toEqual({ '.': [], a: ['b'], b: [] });
  });

  it('may hold workspaces', async () => {
    const graph = await derived({
      'package.json': workspace('groups/*'),
      'groups/one/package.json': json({ name: 'one', workspaces: ['inner/*'] }),
      'groups/one/inner/x/package.json': library('x', { dependencies: { two: '*' } }),
      'groups/two/package.json': library('two'),
    });
    expect(graph).toEqual({
      '.': [],
      'groups/one': [],
      'groups/one/inner/x': ['groups/two'],
      'groups/two': [],
    });
  });

  it('leave packages of installed modules and test data out', async () => {
    const graph = await derived({
      'package.json': workspace('packages/**'),
      'packages/a/package.json': library('a'),
      'packages/a/node_modules/x/package.json': library('x'),
    });
    expect(Object.keys(graph)).toEqual(['.', 'packages/a']);
  });

  it('may need the top, or be needed by it', async () => {
    const graph = await derived({
      'package.json': json({ name: 'acme', workspaces: ['tools'], devDependencies: { tools: '*' } }),
      'tools/package.json': library('tools'),
    });
    expect(graph).toEqual({ '.': ['tools'], tools: [] });
  });
});

it.each([
  '^1.0.0',
  '>=1 <3 || 4',
  '1.x',
  '*',
  '',
  'workspace:^',
  'catalog:',
  'catalog:old',
  'npm:^1',
  'file:../b',
  '../b',
])('a dependency on %j is one on the package of that name here', async (specifier) => {
  const graph = await derived({
    'package.json': workspace('*'),
    'a/package.json': library('a', { dependencies: { b: specifier } }),
    'b/package.json': library('b'),
  });
  expect(graph['a']).toEqual(['b']);
});

it.each([
  'git+https://example.org/x/b.git',
  'git@example.org:x/b.git',
  'https://example.org/b.tgz',
  'github:x/b',
  'x/b#main',
  'npm:other@^1',
  'npm:other',
  'file:../elsewhere',
  'file:../b.tgz',
])('a dependency on %j comes from elsewhere, whatever is called alike here', async (specifier) => {
  const graph = await derived({
    'package.json': workspace('*'),
    'a/package.json': library('a', { dependencies: { b: specifier } }),
    'b/package.json': library('b'),
  });
  expect(graph['a']).toEqual([]);
});

it('packages without a workspace are scopes, but for samples and nameless ones', async () => {
  const graph = await derived({
    'server/package.json': library('server', { dependencies: { client: 'link:../client' } }),
    'client/package.json': library('client'),
    'client/dist/esm/package.json': json({ type: 'module' }),
    'client/test/fixtures/broken/package.json': '{',
    'examples/first/package.json': library('first'),
  });
  expect(graph).toEqual({ '.': [], client: [], examples: [], server: ['client'] });
});

it('two packages of one name are named, and no dependency is guessed', async () => {
  const root = makeRepository({
    'package.json': workspace('*'),
    'a/package.json': library('same'),
    'b/package.json': library('same'),
    'c/package.json': library('c', { dependencies: { same: '*' } }),
    'd/package.json': library('d', { dependencies: { same: 'file:../b' } }),
  });
  const plan = await init(root);
  expect(noticesOf(plan)).toEqual(['DUPLICATE_NAME a/package.json']);
  expect(plan.notices[0]?.message).toContain('b/package.json');
  expect(plan.links.map(({ from, to }) => `${from} -> ${to}`)).toEqual(['d -> b']);
});

it('a dependency that an import shows names the files that import, not the manifest that asks for it in development only', async () => {
  const plan = await init(
    makeRepository({
      'package.json': workspace('*'),
      'a/package.json': library('a', { devDependencies: { b: '*' } }),
      'a/src/index.ts': "import 'b';\n",
      'b/package.json': library('b'),
    }),
  );
  expect(plan.links).toMatchObject([{ from: 'a', to: 'b', kind: 'import', files: ['a/src/index.ts'] }]);
});

it('a package that is private and offers nothing to import is an application', async () => {
  const plan = await init(
    makeRepository({
      'package.json': workspace('*'),
      'docs/package.json': library('docs', { private: true }),
      'ui/package.json': library('ui', { private: true, exports: './index.ts' }),
      'util/package.json': library('util'),
    }),
  );
  expect(plan.scopes.map(({ path, type }) => [path, type])).toEqual([
    ['.', 'repository'],
    ['docs', 'application'],
    ['ui', 'library'],
    ['util', 'library'],
  ]);
});

it('packages of one name are named one and all', async () => {
  const twins = (...folders: readonly string[]): Record<string, string> =>
    Object.fromEntries(folders.map((folder) => [`${folder}/package.json`, json({ name: 'twin' })]));
  const told = async (...folders: readonly string[]): Promise<string | undefined> =>
    (await init(makeRepository(twins(...folders)))).notices[0]?.message;
  expect(await told('a', 'b')).toContain('as b/package.json does: ');
  expect(await told('a', 'b', 'c')).toContain('as b/package.json, c/package.json do: ');
});
