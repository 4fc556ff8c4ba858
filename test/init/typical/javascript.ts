/** Packages of JavaScript and TypeScript. */
import { Builder, middle, numbered, type Model } from './model.ts';

const beside = (path: string): string => path.replace(/\.ts$/, '.test.ts');
const names = (count: number, stem: string): string[] => numbered(count, (index) => `${stem}${index + 1}`);
const needs = (...packages: readonly string[]): Record<string, string> =>
  Object.fromEntries(packages.map((name) => [name, 'workspace:*']));

/** Modules of a folder, each of which imports the one before it and what all of them import. */
function modules(
  folder: string,
  list: readonly string[],
  imported: readonly string[] = [],
): Record<string, string> {
  const text = (index: number): string =>
    [...imported, ...(index > 0 ? [`./${list[index - 1]}.ts`] : [])]
      .map((specifier) => `import '${specifier}';\n`)
      .join('') + `export const ${list[index]?.replace(/\W/g, '_')} = ${index};\n`;
  return Object.fromEntries(list.map((name, index) => [`${folder}/${name}.ts`, text(index)]));
}

/** A site with hundreds of test sites and examples in one pnpm workspace, and a file for each change; like withastro/astro. */
export function pnpmWorkspace(): Model {
  const files = new Builder();
  files.add(
    'pnpm-workspace.yaml',
    "packages:\n  - 'packages/**/*'\n  - 'examples/**/*'\n  - 'scripts'\n  - 'benchmark/**'\n",
  );
  files.json('package.json', { name: 'root', private: true, devDependencies: needs('star-scripts') });
  files.json('.changeset/config.json', { access: 'public', ignore: ['@example/*', '@test/*'] });
  files.add('pnpm-lock.yaml', 'lockfileVersion: "9.0"\n');
  files.add('.github/workflows/ci.yml', 'name: CI\n');
  files.json('tsconfig.base.json', { compilerOptions: { strict: true } });
  const core = 'packages/star';
  files.json(`${core}/package.json`, {
    name: 'star',
    version: '5.4.1',
    bin: './star.js',
    dependencies: { ...needs('@star/helpers', '@star/markdown'), vite: '^7.0.0' },
    devDependencies: needs('star-scripts'),
  });
  const inTests = (path: string): string =>
    `${core}/test/${path.split('/').slice(3).join('-').replace(/\.ts$/, '.test.js')}`;
  for (const folder of [
    'core/build',
    'core/render',
    'core/routing',
    'core/config',
    'content',
    'assets',
    'vite-plugin-star',
    'runtime/server',
    'types/public',
  ])
    files.area(modules(`${core}/src/${folder}`, names(9, 'part'), ['@star/helpers']), inTests);
  for (const [folder, count] of [
    ['test/fixtures', 240],
    ['e2e/fixtures', 40],
    ['performance/fixtures', 3],
  ] as const)
    for (const name of names(count, 'site-')) {
      files.json(`${core}/${folder}/${name}/package.json`, {
        name: `@test/${name}`,
        private: true,
        dependencies: needs('star'),
      });
      files.add(
        `${core}/${folder}/${name}/src/pages/index.astro`,
        '---\nimport "star";\n---\n<html></html>\n',
      );
    }
  for (const name of [
    'react',
    'vue',
    'svelte',
    'solid',
    'mdx',
    'node',
    'cloud',
    'sitemap',
    'partytown',
    'markdoc',
  ]) {
    const folder = `packages/integrations/${name}`;
    files.json(`${folder}/package.json`, {
      name: `@star/${name}`,
      version: '4.1.0',
      dependencies: needs('@star/helpers'),
      peerDependencies: { star: '^5.0.0' },
      devDependencies: needs('star', 'star-scripts'),
    });
    files.area(modules(`${folder}/src`, ['index', 'server', 'client', 'options'], ['star']), (path) =>
      path.replace('/src/', '/test/').replace(/\.ts$/, '.test.js'),
    );
    files.json(`${folder}/test/fixtures/basic/package.json`, {
      name: `@test/${name}-basic`,
      private: true,
      dependencies: needs('star', `@star/${name}`),
    });
  }
  for (const [path, name, needed] of [
    ['markdown/remark', '@star/markdown', ['@star/helpers']],
    ['helpers', '@star/helpers', []],
    ['create-star', 'create-star', []],
    ['db', '@star/db', ['star']],
    ['upgrade', '@star/upgrade', []],
  ] as const) {
    files.json(`packages/${path}/package.json`, {
      name,
      version: '1.2.0',
      dependencies: needs(...needed),
      devDependencies: needs('star-scripts'),
    });
    files.area(modules(`packages/${path}/src`, names(4, 'module')), (one) =>
      one.replace('/src/', '/test/').replace(/\.ts$/, '.test.js'),
    );
  }
  for (const name of names(30, 'example-')) {
    files.json(`examples/${name}/package.json`, {
      name: `@example/${name}`,
      private: true,
      dependencies: { star: '^5.4.1' },
    });
    files.add(`examples/${name}/src/pages/index.astro`, '<html></html>\n');
  }
  files.json('benchmark/package.json', {
    name: 'star-benchmark',
    private: true,
    dependencies: needs('star', '@star/node'),
  });
  files.json('scripts/package.json', { name: 'star-scripts', private: true, bin: { scripts: './index.js' } });
  return files.model({
    name: 'pnpm-workspace',
    measured: { sizes: [1, 2, 5, 11, 57], overlap: [16, 7, 5], leader: 26, tested: 48 },
    shared: {
      [`${core}/package.json`]: 8,
      [`${core}/src/types/public/part1.ts`]: 8,
      '.github/workflows/ci.yml': 4,
    },
    recorded: { 'pnpm-lock.yaml': 20 },
    notes: { folder: '.changeset', ending: '.md', share: 50 },
  });
}

/** A router of a dozen packages with a folder of integration tests and playgrounds, in a yarn workspace; like remix-run/react-router. */
export function yarnWorkspace(): Model {
  const files = new Builder();
  files.json('package.json', {
    name: 'way-root',
    private: true,
    workspaces: { packages: ['packages/*', 'integration', 'integration/helpers/*', 'playground/*'] },
  });
  files.add('yarn.lock', '# yarn lockfile v1\n');
  files.add('contributors.yml', '- ann\n');
  files.add('CHANGELOG.md', '# Changes\n');
  files.add('.github/workflows/test.yml', 'name: test\n');
  const packages: Readonly<Record<string, readonly string[]>> = {
    way: [],
    'way-dom': ['way'],
    'way-dev': ['way', '@way/node'],
    'way-node': ['way'],
    'way-serve': ['way', '@way/node', '@way/express'],
    'way-express': ['way', '@way/node'],
    'way-cloud': ['way'],
    'create-way': [],
  };
  for (const [folder, needed] of Object.entries(packages)) {
    const name = /^way-(?!dom)/.test(folder) ? folder.replace('way-', '@way/') : folder;
    files.json(`packages/${folder}/package.json`, {
      name,
      version: '7.1.0',
      files: ['dist/', 'README.md'],
      dependencies: Object.fromEntries(needed.map((one) => [one, '7.1.0'])),
    });
    files.add(`packages/${folder}/CHANGELOG.md`, '# Changes\n');
    for (const inner of folder === 'way'
      ? ['lib/router', 'lib/components', 'lib/server', 'lib/dom']
      : ['lib'])
      files.area(modules(`packages/${folder}/${inner}`, names(folder === 'way' ? 8 : 5, 'file')), (path) =>
        path.replace('/lib/', '/__tests__/').replace(/\.ts$/, '-test.ts'),
      );
  }
  files.json('integration/package.json', {
    name: 'integration',
    private: true,
    dependencies: { '@way/dev': '*', '@way/serve': '*' },
  });
  files.area(modules('integration', names(30, 'feature')), () => null);
  for (const name of ['vite-template', 'cloud-template'])
    files.json(`integration/helpers/${name}/package.json`, {
      name: `integration-${name}`,
      private: true,
      dependencies: { '@way/dev': '*' },
    });
  for (const name of ['framework', 'data', 'spa', 'rsc'])
    files.json(`playground/${name}/package.json`, {
      name: `@playground/${name}`,
      private: true,
      dependencies: { way: '*' },
    });
  files.area(
    Object.fromEntries(
      names(40, 'page').map((name, index) => [
        `docs/${['start', 'api', 'how-to', 'explain'][index % 4]}/${name}.md`,
        '# Page\n',
      ]),
    ),
    () => null,
  );
  const manifests = ['way-dev', 'create-way', 'way', 'way-serve'].map(
    (folder) => `packages/${folder}/package.json`,
  );
  return files.model({
    name: 'yarn-workspace',
    measured: { sizes: [1, 2, 7, 14, 85], overlap: [22, 15, 11], leader: 70, tested: 30 },
    shared: { 'contributors.yml': 12, ...Object.fromEntries(manifests.map((file) => [file, 8])) },
    recorded: { 'yarn.lock': 15, 'packages/way/CHANGELOG.md': 15, 'CHANGELOG.md': 15 },
  });
}

/** One package with many folders of source, a test beside each file; like honojs/hono. */
export function oneLibrary(): Model {
  const files = new Builder();
  files.json('package.json', {
    name: 'flame',
    version: '4.2.0',
    type: 'module',
    files: ['dist'],
    exports: { '.': './dist/index.js' },
  });
  files.add('bun.lock', '{}\n');
  files.json('tsconfig.json', { compilerOptions: { strict: true }, include: ['src'] });
  files.add('.github/workflows/ci.yml', 'name: CI\n');
  files.area(
    {
      'src/flame.ts': "import './context.ts';\nimport './router/tree/node1.ts';\n",
      'src/context.ts': "import './utils/util1.ts';\n",
      'src/request.ts': '',
      'src/types.ts': '',
      'src/index.ts': "import './flame.ts';\n",
    },
    beside,
  );
  for (const folder of [
    'client',
    'jsx',
    'jsx/dom',
    'jsx/hooks',
    'validator',
    'router/tree',
    'router/regexp',
    'router/smart',
  ])
    files.area(modules(`src/${folder}`, names(6, folder.startsWith('router') ? 'node' : 'part')), beside);
  for (const folder of names(14, 'ware'))
    files.area(modules(`src/middleware/${folder}`, ['index', 'options'], ['../../context.ts']), beside);
  for (const folder of ['edge', 'worker', 'lambda', 'node', 'bun'])
    files.area(modules(`src/adapter/${folder}`, ['handler', 'server', 'index'], ['../../types.ts']), beside);
  for (const folder of ['cookie', 'html', 'streaming', 'testing'])
    files.area(modules(`src/helper/${folder}`, ['index', 'inner'], ['../../utils/util1.ts']), beside);
  files.area(modules('src/utils', names(16, 'util')), beside);
  for (const folder of ['node', 'bun', 'edge'])
    files.add(`runtime-tests/${folder}/index.test.ts`, "import '../../src/index.ts';\n");
  files.json('benchmarks/routers/package.json', { name: 'flame-router-benchmark', private: true });
  files.add('benchmarks/routers/src/bench.ts', "import '../../../src/index.ts';\n");
  files.area({ 'docs/CONTRIBUTING.md': '', 'docs/MIGRATION.md': '' }, () => null);
  return files.model({
    name: 'one-library',
    measured: { sizes: [1, 2, 2, 4, 9], overlap: [7, 8, 8], leader: 45, tested: 60 },
    shared: { 'package.json': 21 },
    recorded: { 'bun.lock': 5 },
  });
}

/** A member that Git ignores, whose files were added by force. No one repository is meant. */
export function forcedMember(): Model {
  const files = new Builder();
  files.add('pnpm-workspace.yaml', "packages: ['libs/*', 'apps/*', checks]\n");
  files.json('package.json', { name: 'acme', private: true });
  files.add('.gitignore', 'node_modules/\nchecks/\n');
  files.add('pnpm-lock.yaml', 'lockfileVersion: "9.0"\n');
  for (const [folder, needed] of [
    ['libs/core', []],
    ['libs/ui', ['core']],
    ['libs/http', ['core']],
    ['libs/forms', ['ui', 'core']],
    ['apps/web', ['ui', 'http', 'forms']],
    ['apps/admin', ['ui', 'http']],
    ['checks', ['core', 'http']],
  ] as const) {
    const name = folder.split('/').at(-1) ?? folder;
    files.json(`${folder}/package.json`, {
      name,
      version: '1.0.0',
      private: true,
      exports: './src/index.ts',
      dependencies: needs(...needed),
    });
    files.area(modules(`${folder}/src`, ['index', ...names(12, 'module')], needed), (path) =>
      path.replace('/src/', '/test/').replace(/\.ts$/, '.test.ts'),
    );
  }
  return files.model({
    name: 'forced-member',
    measured: middle,
    shared: { 'libs/core/src/index.ts': 8, 'package.json': 8 },
    recorded: { 'pnpm-lock.yaml': 20 },
  });
}
