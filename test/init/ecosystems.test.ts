import { describe, expect, it } from 'vitest';
import { git, makeRepository } from '../../src/repository/testing/fixture.ts';
import { changesOf, derived, graph, init, json, noticesOf, planRefresh } from './support.ts';

describe('folders', () => {
  it('at the top are scopes where no tool names any, with the imports between them', async () => {
    const graph = await derived({
      'README.md': '',
      'src/core/index.ts': '',
      'src/api/index.ts': "import '../core/index.ts';\n",
      'docs/index.md': '',
      'tools/build/main.mjs': "import '../../src/api/index.ts';\n",
      '.github/workflows/test.yaml': '',
    });
    expect(graph).toEqual({
      '.': [],
      '.github': [],
      docs: [],
      'src/api': ['src/core'],
      'src/core': [],
      tools: ['src/api'],
    });
  });

  it('of a repository with one package are scopes, too', async () => {
    const graph = await derived({
      'package.json': json({ name: 'single' }),
      'src/index.ts': '',
      'test/index.test.ts': "import '../src/index.ts';\n",
    });
    expect(graph).toEqual({ '.': [], src: [], test: ['src'] });
  });

  it('are no scopes where they are installed or built, also where Git does not ignore them, which is named', async () => {
    const root = makeRepository({
      'package.json': json({ name: 'single', dependencies: { picomatch: '*' } }),
      'node_modules/picomatch/index.js': '',
      'dist/a.js': '',
      'target/debug/build/a.d': '',
      'vendor/x/dist/x.php': '',
      'src/a.js': '',
      'src/node_modules/b/index.js': '',
      'src/core/b.js': '',
      'src/api/b.js': '',
      'build/make.sh': '',
      '.cache/dist/a.js': '',
    });
    git(root, 'add', 'build');
    const plan = await init(root);
    expect(Object.keys(graph(plan))).toEqual(['.', 'build', 'src/api', 'src/core']);
    expect(plan.notices).toMatchObject([{ code: 'NOT_IGNORED', severity: 'warning' }]);
    expect(plan.notices[0]?.message).toBe(
      'installed or built, by the name, and no part of the code: dist, node_modules, src/node_modules, target, vendor. Put it into .gitignore; if people write what is in there, git add it and run this again',
    );
    const later = await planRefresh(root);
    expect([changesOf(later), noticesOf(later)]).toEqual([[], []]);
    git(root, 'add', '-f', 'dist', 'node_modules');
    expect(changesOf(await planRefresh(root))).toEqual(['add dist/rhema.yaml']);
  });

  it('are no scopes in an empty repository: only the top is', async () => {
    expect(await derived({})).toEqual({ '.': [] });
  });
});

it('ecosystems lie side by side, and two in one folder are one scope', async () => {
  const root = makeRepository({
    'package.json': json({ name: 'acme', workspaces: ['bindings/*', 'web'] }),
    'web/package.json': json({ name: 'web', dependencies: { 'native-node': '*' } }),
    'bindings/node/package.json': json({ name: 'native-node' }),
    'bindings/node/Cargo.toml':
      '[package]\nname = "native-node"\n[dependencies]\nnative = { path = "../../native" }\n',
    'native/Cargo.toml': '[package]\nname = "native"\n',
    'jobs/go.mod': 'module example.com/jobs\n',
    'jobs/run/main.go': 'package main\n',
    'models/pyproject.toml': '[project]\nname = "models"\n',
  });
  const plan = await init(root);
  expect(plan.origins).toEqual(['package.json', 'Cargo.toml', 'go.mod', 'pyproject.toml']);
  expect(plan.scopes.map(({ path, name, type }) => `${path}: ${name}, ${type}`)).toEqual([
    '.: acme, repository',
    'bindings/node: native-node, library',
    'jobs/run: run, application',
    'models: models, library',
    'native: native, library',
    'web: web, library',
  ]);
  expect(plan.links.map(({ from, to }) => `${from} -> ${to}`)).toEqual([
    'bindings/node -> native',
    'web -> bindings/node',
  ]);
});
