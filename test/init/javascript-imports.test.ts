import { describe, expect, it } from 'vitest';
import { makeRepository } from '../../src/repository/testing/fixture.ts';
import { derived, init, json, library, noticesOf, workspace } from './support.ts';

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
    ['a relative path', 'import { a } from "../my lib/i";'],
    ['a path behind an apostrophe', "/* don't */ import { a } from '../my lib/i';"],
    ['a relative path, required', "const a = require('../my lib/i');"],
  ])('lead through a folder with a blank in its name by %s', async (_name, text) => {
    const graph = await derived({ ...two, 'my lib/package.json': library('i'), 'a/index.ts': `${text}\n` });
    expect(graph['a']).toEqual(['my lib']);
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
    ['page.svelte', '<script ports="module">\n$: x = 1;\nimport B from "b";\n</script>\n<B />\n'],
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
