/** What lies in folders whose parts are left to the scope around them is nobody's: nothing is said of it, and nothing waits for it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commitAll, makeRepository, write, type Files } from '../../src/repository/testing/fixture.ts';
import { runHere } from './run.ts';
import { json, library, workspace } from './support.ts';

it('what is broken there, or called alike, is no trouble, and keeps nothing from being in step', async () => {
  const root = makeRepository({
    'pnpm-workspace.yaml': "packages: ['packages/*', 'playground/**']\n",
    'package.json': json({ name: 'acme' }),
    'packages/core/package.json': library('core', { dependencies: { twin: '*' } }),
    'packages/twin/package.json': library('twin'),
    'playground/package.json': json({ name: 'playground', private: true }),
    'playground/one/package.json': json({ name: 'twin', dependencies: { core: '*' } }),
    'playground/two/package.json': json({ name: 'twin' }),
    'playground/three/package.json': '{',
    'playground/four/package.json': json({ name: 'four' }),
    'playground/four/tsconfig.json': '{ "extends": ',
    'playground/four/main.ts': 'import {{ from "core";\n',
  });
  commitAll(root);
  const { code, body } = await runHere(root, ['init', '--yes', '--json']);
  expect(code).toBe(0);
  expect(body).toMatchObject({ leftAside: { exclude: ['**/playground/**'], parts: 3 }, notices: [] });
  expect(body['dependencies']).toMatchObject([{ from: 'packages/core', to: 'packages/twin' }]);
  const check = await runHere(root, ['scope', 'refresh', '--check']);
  expect(check).toMatchObject({ code: 0, stdout: 'the scopes are in step with the code\n', stderr: '' });
});

/** The scopes after `rhema init --yes`, and the patterns that it wrote under `exclude`. */
async function scopesAndExclude(files: Files): Promise<{ scopes: string[]; exclude: readonly string[] }> {
  const root = makeRepository(files);
  commitAll(root);
  const { body } = await runHere(root, ['init', '--yes', '--json']);
  const listed = (await runHere(root, ['scope', 'list', '--json'])).body;
  const scopes = (listed['scopes'] as readonly { readonly path: string }[]).map(({ path }) => path);
  return { scopes, exclude: (body['leftAside'] as { readonly exclude: readonly string[] }).exclude };
}

describe('packages inside of a package that a workspace lists', () => {
  const create: Files = {
    'package.json': workspace('packages/*'),
    'packages/core/package.json': library('core'),
    'packages/create/package.json': library('create'),
    'packages/create/template-one/package.json': json({ name: 'starter', dependencies: { core: '*' } }),
    'packages/create/template-two/package.json': json({ name: 'starter' }),
  };

  it('are left to it where no workspace lists them: they are its templates', async () => {
    expect(await scopesAndExclude(create)).toEqual({
      scopes: ['.', 'packages/core', 'packages/create'],
      exclude: ['packages/create/**'],
    });
  });

  it('are scopes where one does, or where another tool has a part there', async () => {
    const listed = { ...create, 'package.json': workspace('packages/*', 'packages/create/template-one') };
    expect(await scopesAndExclude(listed)).toEqual({
      scopes: ['.', 'packages/core', 'packages/create', 'packages/create/template-one'],
      exclude: ['packages/create/template-two'],
    });
    const native = { ...create, 'packages/create/native/Cargo.toml': '[package]\nname = "native"\n' };
    expect((await scopesAndExclude(native)).scopes).toContain('packages/create/native');
  });

  it('are left to it where they are its tests, listed or not, and not where they test the whole', async () => {
    const tests = {
      'package.json': workspace('packages/*', '**/test', '**/__tests__', '**/__tests__/*'),
      'packages/core/package.json': library('core'),
      'packages/core/test/package.json': library('core-tests'),
      'packages/core/src/__tests__/package.json': library('unit'),
      'packages/core/src/__tests__/one/package.json': library('unit-one'),
      'test/package.json': library('all-tests'),
    };
    expect(await scopesAndExclude(tests)).toEqual({
      scopes: ['.', 'packages/core', 'test'],
      exclude: ['**/__tests__/**', 'packages/core/src/__tests__', 'packages/core/test'],
    });
  });
});

describe('code of others that is in the repository', () => {
  const vendored: Files = {
    'vendor/example.org/up/go.mod': 'module example.org/up\n',
    'vendor/example.org/up/up.go': 'package up\n',
    'vendor/example.org/up/rhema.yaml': 'name: up\nscope_type: library\nversion: 1.0.0\n',
    'vendor/modules.txt': '# example.org/up v1.0.0\n',
    'web/vendor/lib/package.json': library('lib', { version: '9.0.0' }),
    'web/vendor/lib/rhema.yaml': 'name: [\n',
    'node_modules/left/package.json': library('left'),
    'node_modules/left/rhema.yaml': 'name: left\nscope_type: library\nversion: 1.0.0\n',
    'third_party/tool/Cargo.toml': '[package]\nname = "tool"\n',
  };
  const ours: Files = {
    'go.mod': 'module example.org/acme\nrequire example.org/up v1.0.0\n',
    'cmd/main.go': 'package main\nimport _ "example.org/up"\n',
    'package.json': workspace('web'),
    'web/package.json': library('web', { dependencies: { lib: '9.0.0', left: '*' } }),
    'web/index.js': "import 'lib'; import 'left'; import './vendor/lib/index.js';\n",
  };

  it('makes no scopes, also where it brings scope files of its own, and nothing depends on it', async () => {
    const { scopes, exclude } = await scopesAndExclude({ ...ours, ...vendored });
    expect({ scopes, exclude }).toEqual({
      scopes: ['.', 'cmd', 'third_party', 'vendor', 'web'],
      exclude: ['**/vendor/**'],
    });
  });

  it('is left out as well where people have described their own scopes', async () => {
    const { scopes, exclude } = await scopesAndExclude({
      ...vendored,
      'rhema.yaml': 'name: acme\n',
      'web/rhema.yaml': 'name: web\nscope_type: service\nversion: 1.0.0\n',
    });
    expect({ scopes, exclude }).toEqual({ scopes: ['.', 'web'], exclude: ['**/vendor/**'] });
  });

  it('is scopes where a person says so: a workspace and include, or a scope that needs it', async () => {
    const root = makeRepository({ ...ours, ...vendored, 'package.json': workspace('web', 'web/vendor/*') });
    commitAll(root);
    await runHere(root, ['init', '--yes']);
    const text = readFileSync(join(root, 'rhema.yaml'), 'utf8');
    write(root, { 'rhema.yaml': text.replace('  exclude:\n', '  include: [web/vendor/lib]\n  exclude:\n') });
    write(root, { 'web/vendor/lib/rhema.yaml': 'name: lib\n' });
    await runHere(root, ['scope', 'refresh', '--yes']);
    const { body } = await runHere(root, ['scope', 'graph', '--json']);
    expect(body['scopes']).toContainEqual({ path: 'web', dependencies: ['web/vendor/lib'] });

    const { scopes, exclude } = await scopesAndExclude({
      'rhema.yaml': 'name: acme\ndependencies: [./vendor/ours]\n',
      'vendor/ours/rhema.yaml': 'name: ours\n',
    });
    expect({ scopes, exclude }).toEqual({ scopes: ['.', 'vendor/ours'], exclude: [] });
  });
});
