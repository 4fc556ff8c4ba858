import { describe, expect, it } from 'vitest';
import { makeRepository } from '../../src/context/testing/fixture.ts';
import { derived, init, json, noticesOf } from './support.ts';

const workspace = (...patterns: readonly string[]): string =>
  json({ name: 'acme', private: true, workspaces: patterns });
const library = (name: string, more: object = {}): string => json({ name, version: '1.0.0', ...more });

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
  expect(graph).toEqual({ '.': [], client: [], server: ['client'] });
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

describe('imports', () => {
  const two = {
    'package.json': workspace('*'),
    'a/package.json': library('a'),
    'b/package.json': library('b'),
  };

  it.each([
    ['import', 'import { x } from "b";'],
    ['import of a file', "import x from 'b/deep/file.js';"],
    ['import for its effects', "import 'b';"],
    ['import of types', "import type { X } from 'b';"],
    ['type by import', "export type X = import('b').X;"],
    ['export', "export * from 'b';"],
    ['export of names', "export { x } from 'b';"],
    ['import on demand', 'const x = await import(`b`);'],
    ['require', "const x = require('b');"],
    ['require.resolve', "const x = require.resolve('b/package.json');"],
    ['reference to a file', '/// <reference path="../../b/types.d.ts" />'],
    ['reference to types', '/// <reference types="b" />'],
    ['import of old TypeScript', "import x = require('b');"],
    ['relative path', "import { x } from '../../b/src/index.ts';"],
  ])('%s makes a dependency that no manifest names', async (_name, text) => {
    const graph = await derived({ ...two, 'a/src/index.ts': `${text}\n` });
    expect(graph).toEqual({ '.': [], a: ['b'], b: [] });
  });

  it.each([
    ['in a comment', "// import 'b'\n/* import 'b' */"],
    ['in a text', 'const text = "import x from \'b\'"; const b = "b";'],
    ['of a package of a similar name', "import 'b-more'; import '@b/b'; import 'node:b';"],
    ['of a module of Node', "import util from 'util'; import 'node:util'; require('fs/promises');"],
  ])('%s makes none', async (_name, text) => {
    const more = { 'util/package.json': library('util'), 'fs/package.json': library('fs') };
    const graph = await derived({ ...two, ...more, 'a/src/index.ts': `${text}\n` });
    expect(graph).toEqual({ '.': [], a: [], b: [], fs: [], util: [] });
  });

  it.each(['index.tsx', 'index.jsx', 'index.mjs', 'index.cjs', 'index.mts', 'index.d.ts'])(
    'are read from %s',
    async (file) => {
      const graph = await derived({ ...two, [`a/${file}`]: "import { x } from 'b';\n" });
      expect(graph['a']).toEqual(['b']);
    },
  );

  it.each([
    [
      'page.vue',
      '<template><b></template>\n<!-- <script> -->\n<script lang="ts" setup generic="T extends Set<X>">\nimport B from "b";\n</script>\n',
    ],
    ['page.vue', '<script>\nexport default {};\n</script>\n<SCRIPT setup>\nimport B from "b";\n</SCRIPT>\n'],
    ['page.svelte', '<script context="module">\n$: x = 1;\nimport B from "b";\n</script>\n<B />\n'],
    ['page.astro', '---\nimport B from "b";\nif (!B) return;\n---\n<B />\n'],
    ['page.astro', '<p>---</p>\n<script>import "b";</script>\n'],
    ['page.mdx', '---\nimport: x\n---\n\nimport {\n  B,\n} from "b"\n\n# It is <B />\n'],
    ['page.mdx', '# Title\n\n```js\nimport x from "no"\n```\n\nexport * from "b"\n'],
  ])('are read from the programs in %s', async (file, text) => {
    const root = makeRepository({ ...two, [`a/${file}`]: text });
    const plan = await init(root);
    expect(plan.links).toMatchObject([{ from: 'a', to: 'b', kind: 'import', files: [`a/${file}`] }]);
    expect(noticesOf(plan)).toEqual([]);
  });

  it.each([
    ['page.vue', '<template>import "b"</template>\n<!-- <script>import "b"</script> -->\n'],
    ['page.vue', '<script type="application/ld+json">{ "x": "b" }</script>\n'],
    ['page.svelte', '<script>import "b"'],
    ['page.astro', '---\nimport "b";\n'],
    ['page.mdx', 'One may\nimport it from "b"\n\n```js\nimport "b"\n```\n'],
  ])('are not read from the rest of %s', async (file, text) => {
    const root = makeRepository({ ...two, [`a/${file}`]: text });
    const plan = await init(root);
    expect(plan.links).toEqual([]);
    expect(noticesOf(plan)).toEqual([]);
  });

  it('by the names that a package.json gives to others under imports, whatever the condition', async () => {
    const graph = await derived({
      ...two,
      'a/package.json': library('a', {
        imports: {
          '#b': 'b',
          '#c': { node: ['c/deep.js', null], default: './shim.js' },
          '#inner/*.js': './src/*.ts',
          '#d/*': './../d/*',
          '#e': 'util',
        },
      }),
      'a/src/index.ts':
        "import '#b'; import '#c'; import '#inner/x.js'; import '#d/x'; import '#e'; import '#f';\n",
      'c/package.json': library('c'),
      'd/package.json': library('d'),
      'f/package.json': library('f'),
      'util/package.json': library('util'),
    });
    expect(graph['a']).toEqual(['b', 'c', 'd']);
  });

  it('follow the aliases of tsconfig.json, inherited ones too', async () => {
    const graph = await derived({
      'nx.json': '{}',
      'tsconfig.base.json': `{
        // comments and trailing commas are allowed here
        "compilerOptions": { "baseUrl": ".", "paths": { "@acme/*": ["libs/*/src/index.ts"], "one": ["libs/one/main.ts"], }, },
      }`,
      'apps/web/project.json': json({ name: 'web', projectType: 'application' }),
      'apps/web/tsconfig.json': json({ extends: '../../tsconfig.base.json' }),
      'apps/web/src/main.ts': "import '@acme/two'; import 'one'; import '@acme-else/three';\n",
      'libs/one/project.json': json({ name: 'one' }),
      'libs/two/project.json': json({ name: 'two', implicitDependencies: ['one', '!web'] }),
      'libs/three/project.json': json({
        name: 'three',
        targets: { build: { dependsOn: [{ projects: ['two'] }] } },
      }),
    });
    expect(graph).toEqual({
      '.': [],
      'apps/web': ['libs/one', 'libs/two'],
      'libs/one': [],
      'libs/three': ['libs/two'],
      'libs/two': ['libs/one'],
    });
  });

  it('of a file that cannot be parsed are found by their looks, and it is said', async () => {
    const root = makeRepository({ ...two, 'a/src/index.ts': "import x from 'b';\nclass {{{ <<<<<<<\n" });
    const plan = await init(root);
    expect(noticesOf(plan)).toEqual(['SOURCE_BROKEN a/src/index.ts']);
    expect(plan.links).toMatchObject([{ from: 'a', to: 'b', kind: 'import', files: ['a/src/index.ts'] }]);
  });

  it('by tests count less than those by other files', async () => {
    const root = makeRepository({ ...two, 'a/src/index.test.ts': "import 'b';\n" });
    expect((await init(root)).links).toMatchObject([{ kind: 'development' }]);
  });
});

it('turbo.json adds what tasks of one package await of another', async () => {
  const graph = await derived({
    'package.json': workspace('*'),
    'turbo.json': '{ "tasks": { "web#build": { "dependsOn": ["^build", "api#schema"] } } }',
    'web/package.json': library('web'),
    'api/package.json': library('api'),
    'docs/package.json': library('docs'),
    'docs/turbo.json': json({ extends: ['//'], tasks: { build: { dependsOn: ['web#build'] } } }),
  });
  expect(graph).toEqual({ '.': [], api: [], docs: ['web'], web: ['api'] });
});

it('a task of all packages in turbo.json that awaits one of another counts for those that have it', async () => {
  const graph = await derived({
    'package.json': workspace('*'),
    'turbo.json': json({
      tasks: { lint: { dependsOn: ['conf#build'] }, '//#check': { dependsOn: ['web#build'] } },
    }),
    'conf/package.json': library('conf', { scripts: { build: 'x', lint: 'x' } }),
    'web/package.json': library('web', { scripts: { lint: 'x' } }),
    'docs/package.json': library('docs', { scripts: { build: 'x' } }),
  });
  expect(graph).toEqual({ '.': ['web'], conf: [], docs: [], web: ['conf'] });
});

describe('Nx', () => {
  it('projects may be declared in package.json', async () => {
    const graph = await derived({
      'package.json': workspace('*'),
      'nx.json': '{}',
      'a/package.json': library('@s/a', {
        scripts: { 'c:build': 'x' },
        nx: {
          implicitDependencies: ['b'],
          targets: { build: { dependsOn: ['^build', 'c:build', 'd:build'] } },
        },
      }),
      'b/package.json': library('@s/b', { nx: { name: 'b' } }),
      'c/package.json': library('c'),
      'd/package.json': library('d'),
    });
    expect(graph).toEqual({ '.': [], a: ['b', 'd'], b: [], c: [], d: [] });
  });

  it('targets await those of other projects, also where nx.json says so for all', async () => {
    const graph = await derived({
      'nx.json': json({ targetDefaults: { lint: { dependsOn: ['c:build'] } } }),
      'a/project.json': json({
        name: 'a',
        targets: { build: { dependsOn: ['b:build', 'build:css', 'self:x'] }, 'build:css': {}, lint: {} },
      }),
      'b/project.json': json({ name: 'b', targets: { lint: { dependsOn: [] } } }),
      'build/project.json': json({ name: 'build' }),
      'c/project.json': json({ name: 'c' }),
    });
    expect(graph).toEqual({ '.': [], a: ['b', 'c'], b: [], build: [], c: [] });
  });

  it.each([
    [['feat-*'], ['feat-x', 'feat-y']],
    [['*', '!feat-*'], ['other']],
    [
      ['feat-*', '!feat-y', 'other'],
      ['feat-x', 'other'],
    ],
    [['!feat-x'], []],
    [['no-*', `${'*a'.repeat(30)}`], []],
  ])('projects are named by patterns: %j', async (implicitDependencies, expected) => {
    const graph = await derived({
      'nx.json': '{}',
      'a/project.json': json({ name: 'a', implicitDependencies }),
      'feat-x/project.json': json({ name: 'feat-x' }),
      'feat-y/project.json': json({ name: 'feat-y' }),
      'other/project.json': json({ name: 'other' }),
      'jobs/go.mod': 'module example.com/jobs\n',
      'jobs/main.go': 'package main\n',
    });
    expect(graph['a']).toEqual(expected);
  });

  it('configuration that is broken is named', async () => {
    const root = makeRepository({ 'nx.json': '{ "x": ', 'a/project.json': json({ name: 'a' }) });
    const plan = await init(root);
    expect(noticesOf(plan)).toEqual(['MANIFEST_BROKEN nx.json:1:8']);
    expect(plan.scopes.map(({ path }) => path)).toEqual(['.', 'a']);
  });
});
