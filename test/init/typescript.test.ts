import { describe, expect, it } from 'vitest';
import { makeRepository } from '../../src/repository/testing/fixture.ts';
import { derived, init, json, noticesOf } from './support.ts';

const packages = {
  'package.json': json({ name: 'acme', workspaces: ['packages/*'] }),
  'packages/a/package.json': json({ name: 'a' }),
  'packages/b/package.json': json({ name: 'b-of-another-name' }),
  'packages/b/y.ts': '',
  'packages/b/index.ts': '',
};
const options = (compilerOptions: object, more: object = {}): string => json({ compilerOptions, ...more });

describe('an import', () => {
  it.each([
    ['the top', { 'tsconfig.json': options({ baseUrl: '.' }) }, 'packages/b/y'],
    ['a folder', { 'tsconfig.json': options({ baseUrl: './packages' }) }, 'b/y.js'],
    ['the index of a folder', { 'packages/a/tsconfig.json': options({ baseUrl: '..' }) }, 'b'],
    [
      'where it is inherited from',
      {
        'packages/base.json': options({ baseUrl: '.' }),
        'packages/a/tsconfig.json': json({ extends: '../base' }),
      },
      'b/y',
    ],
  ])('may be seen from baseUrl: %s', async (_title, files, specifier) => {
    const graph = await derived({ ...packages, ...files, 'packages/a/x.ts': `import '${specifier}';\n` });
    expect(graph['packages/a']).toEqual(['packages/b']);
  });

  it('of what is not there below baseUrl means the package of that name', async () => {
    const graph = await derived({
      ...packages,
      'tsconfig.json': options({ baseUrl: 'packages' }),
      'packages/a/x.ts': "import 'b-of-another-name'; import 'react'; import 'a/react';\n",
    });
    expect(graph).toEqual({ '.': [], 'packages/a': ['packages/b'], 'packages/b': [] });
  });

  it('of an alias with several places leads to the first that is there', async () => {
    const graph = await derived({
      ...packages,
      'packages/a/tsconfig.json': options({ paths: { '@/*': ['./gen/*', '../b/*', '../c/*'] } }),
      'packages/a/x.ts': "import '@/y';\n",
      'packages/c/package.json': json({ name: 'c' }),
      'packages/c/y.ts': '',
    });
    expect(graph['packages/a']).toEqual(['packages/b']);
  });

  it('of an alias with no place that is there leads to the first, which is made when it is built', async () => {
    const graph = await derived({
      ...packages,
      'packages/a/tsconfig.json': options({ paths: { '@/*': ['../b/gen/*'] } }),
      'packages/a/x.ts': "import '@/y';\n",
    });
    expect(graph['packages/a']).toEqual(['packages/b']);
  });

  it('by the alias of every name leads only to what is there', async () => {
    const graph = await derived({
      ...packages,
      'tsconfig.json': options({ paths: { '*': ['./types/*', './packages/*'] } }),
      'packages/a/x.ts': "import 'b/y'; import 'react';\n",
      'types/package.json': json({ name: 'types' }),
    });
    expect(graph['packages/a']).toEqual(['packages/b']);
  });

  it('by an alias that is seen from who inherits it is found', async () => {
    const graph = await derived({
      ...packages,
      'tsconfig.base.json': options({ paths: { '~/*': ['${configDir}/../b/*'] } }),
      'packages/a/tsconfig.json': json({ extends: '../../tsconfig.base.json' }),
      'packages/a/x.ts': "import '~/y';\n",
    });
    expect(graph['packages/a']).toEqual(['packages/b']);
  });

  it('follows the aliases of the projects that the nearest configuration is only a list of', async () => {
    const graph = await derived({
      ...packages,
      'packages/a/tsconfig.json': json({
        files: [],
        references: [{ path: './tsconfig.app.json' }, { path: './tsconfig.node.json' }],
      }),
      'packages/a/tsconfig.app.json': options({ paths: { '@b/*': ['../b/*'] } }),
      'packages/a/tsconfig.node.json': options({}, { include: ['vite.config.ts'] }),
      'packages/a/x.ts': "import '@b/y';\n",
    });
    expect(graph['packages/a']).toEqual(['packages/b']);
  });

  it('follows tsconfig.base.json at the top where no configuration is nearer', async () => {
    const graph = await derived({
      'nx.json': '{}',
      'tsconfig.base.json': options({ paths: { '@acme/b': ['libs/b/src/index.ts'] } }),
      'libs/a/project.json': json({ name: 'a' }),
      'libs/a/x.ts': "import '@acme/b';\n",
      'libs/b/project.json': json({ name: 'b' }),
      'libs/b/src/index.ts': '',
    });
    expect(graph).toEqual({ '.': [], 'libs/a': ['libs/b'], 'libs/b': [] });
  });
});

describe('a configuration that is extended', () => {
  const shared = (manifest: object): object => ({
    ...packages,
    'packages/a/x.ts': "import '@b/y';\n",
    'packages/config/package.json': json({ name: '@s/tsconfig', ...manifest }),
    'packages/config/base.json': options({ paths: { '@b/*': ['../b/*'] } }),
    'packages/config/other.json': options({ strict: true }),
  });

  it.each([
    ['by a file of it', {}, '@s/tsconfig/base.json'],
    ['by a file without its ending', {}, '@s/tsconfig/base'],
    ['by what it exports', { exports: { './node': { default: './base.json' } } }, '@s/tsconfig/node'],
    ['by its name', { tsconfig: 'base.json' }, '@s/tsconfig'],
    ['as one of several', {}, ['@s/tsconfig/base.json', '@s/tsconfig/other.json']],
  ])(
    'may be that of another package, %s: it is needed, and its aliases hold',
    async (_title, manifest, base) => {
      const root = makeRepository({
        ...shared(manifest),
        'packages/a/tsconfig.json': json({ extends: base }),
      } as Record<string, string>);
      expect((await init(root)).links).toMatchObject([
        { from: 'packages/a', to: 'packages/b', kind: 'import' },
        { from: 'packages/a', to: 'packages/config', kind: 'development' },
      ]);
    },
  );

  it('is not needed as a scope where it lies around who extends it', async () => {
    const graph = await derived({
      ...packages,
      'tsconfig.base.json': options({}),
      'packages/a/tsconfig.json': json({ extends: '../../tsconfig.base.json' }),
    });
    expect(graph['packages/a']).toEqual([]);
  });

  it('may extend itself: that is no reason to look for ever', async () => {
    const root = makeRepository({
      ...packages,
      'packages/a/tsconfig.json': json({ extends: ['./more.json', './tsconfig.json'] }),
      'packages/a/more.json': json({ extends: './tsconfig.json' }),
      'packages/a/x.ts': "import '@b/y';\n",
    });
    expect(noticesOf(await init(root))).toEqual([]);
  });
});

describe('references', () => {
  it('of tsconfig.json are dependencies that are declared, and those of tests are weaker', async () => {
    const root = makeRepository({
      ...packages,
      'packages/a/tsconfig.json': options({}, { references: [{ path: '../b' }] }),
      'packages/b/tsconfig.json': options({}),
      'packages/b/tsconfig.spec.json': options({}, { references: [{ path: '../c/tsconfig.lib.json' }] }),
      'packages/c/package.json': json({ name: 'c' }),
      'packages/c/tsconfig.lib.json': options({}),
    });
    expect((await init(root)).links).toMatchObject([
      { from: 'packages/a', to: 'packages/b', kind: 'required', files: ['packages/a/tsconfig.json'] },
      { from: 'packages/b', to: 'packages/c', kind: 'development' },
    ]);
  });

  it('to what lies below are a list of what to build, unless the configuration has files of its own', async () => {
    const references = [{ path: './packages/a' }];
    const list = await derived({ ...packages, 'tsconfig.json': json({ files: [], references }) });
    expect(list['.']).toEqual([]);
    const project = { ...packages, 'tsconfig.json': json({ include: ['scripts'], references }) };
    expect((await derived(project))['.']).toEqual(['packages/a']);
  });
});
