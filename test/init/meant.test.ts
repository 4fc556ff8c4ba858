/** A dependency by a name that something here bears, and that means something else: tried with the commands as people type them. */
import { describe, expect, it } from 'vitest';
import { commitAll, makeRepository, type Files } from '../../src/repository/testing/fixture.ts';
import { runHere } from './run.ts';
import { json, library, workspace } from './support.ts';

/** What `rhema scope graph` says after `rhema init --yes`. */
async function graphAfterInit(
  files: Files,
  ...words: readonly string[]
): Promise<Record<string, readonly string[]>> {
  const root = makeRepository(files);
  commitAll(root);
  const written = await runHere(root, ['init', '--yes', '--json', ...words]);
  expect(written.body).toMatchObject({ ok: true, notices: [] });
  const { body } = await runHere(root, ['scope', 'graph', '--json']);
  const scopes = body['scopes'] as readonly { readonly path: string; readonly dependencies: string[] }[];
  return Object.fromEntries(scopes.map(({ path, dependencies }) => [path, dependencies]));
}

describe('of npm', () => {
  const needing = (specifier: string, version = '2.1.0'): Files => ({
    'package.json': workspace('*'),
    'a/package.json': library('a', { dependencies: { b: specifier } }),
    'a/index.js': "import 'b';\nimport 'b/deep';\n",
    'b/package.json': library('b', { version }),
    'other/package.json': library('other', { version: '1.0.0' }),
  });

  it.each(['^1.0.0', '1.x', '<2', '>=2.2 || 1', 'npm:^1', 'npm:elsewhere@^2', 'npm:other@^2', 'npm:other@2'])(
    '%j comes from the registry beside version 2.1.0, for the manifest and for what is imported',
    async (specifier) => {
      expect((await graphAfterInit(needing(specifier)))['a']).toEqual([]);
    },
  );

  it.each([
    '^2.0.0',
    '2.x',
    '>1',
    '',
    '*',
    'latest',
    'next',
    'catalog:',
    'npm:^2',
    'workspace:*',
    'workspace:^1',
  ])('%j is the member of version 2.1.0', async (specifier) => {
    expect((await graphAfterInit(needing(specifier)))['a']).toEqual(['b']);
  });

  it('an alias is what it stands for, for the manifest and for what is imported', async () => {
    expect((await graphAfterInit(needing('npm:other@^1')))['a']).toEqual(['other']);
    expect((await graphAfterInit(needing('npm:other')))['a']).toEqual(['other']);
  });

  it('a version that is none, or that is yet to come, is taken for what is here', async () => {
    expect((await graphAfterInit(needing('^1', 'to be set')))['a']).toEqual(['b']);
    expect((await graphAfterInit(needing('^3.0.0-beta.1', '3.0.0-beta.2')))['a']).toEqual(['b']);
    expect((await graphAfterInit(needing('^2', '3.0.0-beta.2')))['a']).toEqual([]);
  });

  it('what a manifest further up says holds where no nearer one names it; one of several entries is enough', async () => {
    const graph = await graphAfterInit({
      'package.json': json({ name: 'acme', workspaces: ['*'], devDependencies: { b: 'npm:elsewhere@1' } }),
      'a/package.json': library('a'),
      'a/index.js': "import 'b';\n",
      'b/package.json': library('b'),
      'c/package.json': library('c', { peerDependencies: { b: '^9' }, devDependencies: { b: '*' } }),
      'c/index.js': "import 'b';\n",
    });
    expect(graph).toEqual({ '.': [], a: [], b: [], c: ['b'] });
  });
});

it('of Cargo only what has a path, or is patched by one, is meant, however it is called', async () => {
  const graph = await graphAfterInit({
    'Cargo.toml': '[workspace]\nmembers = ["*"]\n',
    'a/Cargo.toml':
      '[package]\nname = "a"\n[dependencies]\nb = "1"\nc = { version = "1", package = "b" }\nd = { package = "c", path = "../c" }\n',
    'b/Cargo.toml': '[package]\nname = "b"\n',
    'c/Cargo.toml': '[package]\nname = "c"\n',
    'd/Cargo.toml': '[package]\nname = "d"\n',
  });
  expect(graph['a']).toEqual(['c']);
});

it('of Cargo a crate of no workspace that is a scope by another manifest needs what its paths lead to, also among templates', async () => {
  const crate = (name: string): string =>
    `[package]\nname = "${name}"\n[dependencies]\ncore = { path = "../../crates/core" }\n`;
  const files = {
    'Cargo.toml': '[workspace]\nmembers = ["crates/*"]\nexclude = ["bindings", "template"]\n',
    'crates/core/Cargo.toml': '[package]\nname = "core"\n',
    'package.json': workspace('bindings/*', 'template/*'),
    'bindings/node/package.json': library('node'),
    'bindings/node/Cargo.toml': crate('node'),
    'template/addon/package.json': library('addon', { dependencies: { node: '*' } }),
    'template/addon/Cargo.toml': crate('addon'),
    'rhema.yaml': 'name: acme\nagent_coordination:\n  enabled: true\n',
  };
  expect(await graphAfterInit(files, '--derive')).toEqual({
    '.': [],
    'bindings/node': ['crates/core'],
    'crates/core': [],
    'template/addon': ['bindings/node', 'crates/core'],
  });
});

it('of Go a module that is replaced by one from elsewhere is not the one that is here', async () => {
  const graph = await graphAfterInit({
    'a/go.mod': 'module x/a\nrequire x/b v1.0.0\nreplace x/b => y/b v1.2.0\nreplace x/c => ../fork\n',
    'a/a.go': 'package a\nimport (\n\t_ "x/b"\n\t_ "x/c/in"\n)\n',
    'b/go.mod': 'module x/b\n',
    'b/b.go': 'package b\n',
    'c/go.mod': 'module x/c\n',
    'c/in/in.go': 'package in\n',
    'fork/go.mod': 'module x/c-fork\n',
    'fork/in/in.go': 'package in\n',
  });
  expect(graph['a']).toEqual(['fork/in']);
});
