import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeRepository, write, type Files } from '../../src/repository/testing/fixture.ts';
import type { SampleDepth } from '../../src/init/index.ts';
import { runHere } from './run.ts';
import { graph, init, json, noticesOf, planInit, planRefresh, refresh } from './support.ts';

/** `from` needs each of so many others. */
function wide(count: number): Files {
  const names = Array.from({ length: count }, (_, index) => `p${index}`);
  return {
    'package.json': json({ name: 'acme', workspaces: ['*/*'] }),
    'apps/from/package.json': json({
      name: 'from',
      dependencies: Object.fromEntries(names.map((name) => [name, '*'])),
    }),
    ...Object.fromEntries(names.map((name) => [`packages/${name}/package.json`, json({ name })])),
  };
}

it('bounds that are too tight are raised in the block, with room to grow', async () => {
  const root = makeRepository(wide(300));
  const plan = await init(root);
  expect(plan.excesses).toEqual([
    { limit: 'max_dependencies', value: 300, allowed: 256, scope: 'apps/from' },
  ]);
  expect(readFileSync(join(root, 'rhema.yaml'), 'utf8')).toContain('  max_dependencies: 512\n');
  expect((await planRefresh(root)).excesses).toEqual([]);
});

it('a bound that is exactly full is raised with room to grow as well', async () => {
  const plan = await planInit(makeRepository(wide(512)));
  expect(plan.changes[0]?.after).toContain('  max_dependencies: 1024\n');
});

it('a chain that is too deep raises the other bound', async () => {
  const chain = Array.from({ length: 70 }, (_, index) => [
    `p${index}/package.json`,
    json({ name: `p${index}`, dependencies: { [`p${index + 1}`]: '*' } }),
  ]);
  const root = makeRepository({
    'package.json': json({ name: 'x', workspaces: ['*'] }),
    ...Object.fromEntries(chain),
  });
  const plan = await init(root);
  expect(plan.excesses).toMatchObject([{ limit: 'max_scope_depth', value: 69, allowed: 64 }]);
  expect(readFileSync(join(root, 'rhema.yaml'), 'utf8')).toContain('  max_scope_depth: 128\n');
});

it('bounds stay when that is chosen', async () => {
  const plan = await planInit(makeRepository(wide(300)), { raise: false });
  expect(plan.changes[0]?.after).not.toContain('max_dependencies');
});

it('what lies deeper than asked for belongs to its parent, with all its dependencies, and a refresh keeps to that', async () => {
  const root = makeRepository({
    'go.mod': 'module example.com/acme\n',
    'cmd/run/main.go': 'package main\nimport _ "example.com/acme/internal/api/http"\n',
    'internal/api/http/http.go': 'package http\nimport _ "example.com/acme/internal/api/types"\n',
    'internal/api/types/types.go': 'package types\nimport _ "example.com/acme/internal/store"\n',
    'internal/store/store.go': 'package store\n',
  });
  const plan = await init(root, { depth: 2 });
  expect(graph(plan)).toEqual({
    '.': [],
    'cmd/run': ['internal/api'],
    'internal/api': ['internal/store'],
    'internal/store': [],
  });
  write(root, {
    'internal/store/sql/sql.go': 'package sql\nimport _ "example.com/acme/lib/deep/er"\n',
    'lib/deep/er/er.go': 'package er\n',
  });
  expect(graph(await refresh(root))).toMatchObject({ 'internal/store': ['lib/deep'], 'lib/deep': [] });
});

it('cycles are broken by the weakest link, which is told with its files, and stay broken that way', async () => {
  const files: Files = {
    'package.json': json({ name: 'x', workspaces: ['*'] }),
    'a/package.json': json({ name: 'a', dependencies: { b: '*' } }),
    'b/package.json': json({ name: 'b', devDependencies: { a: '*' } }),
    'b/index.test.ts': "import 'a';\n",
  };
  const root = makeRepository(files);
  const plan = await init(root);
  expect(plan.leftOut.map(({ link }) => link)).toEqual([
    { from: 'b', to: 'a', kind: 'development', files: ['b/package.json', 'b/index.test.ts'], fileCount: 2 },
  ]);
  expect((await planRefresh(root)).changes).toEqual([]);
  write(root, { 'a/package.json': json({ name: 'a' }) });
  expect(graph(await refresh(root))).toEqual({ '.': [], a: [], b: ['a'] });
});

it('a cycle is broken where a person chose, and a refresh keeps to that', async () => {
  const files: Files = {
    'package.json': json({ name: 'x', workspaces: ['*'] }),
    'a/package.json': json({ name: 'a', dependencies: { b: '*' } }),
    'b/package.json': json({ name: 'b', devDependencies: { a: '*' } }),
  };
  const root = makeRepository(files);
  const plan = await init(root, { leaveOut: [{ from: 'a' as never, to: 'b' as never }] });
  expect(graph(plan)).toEqual({ '.': [], a: [], b: ['a'] });
  expect((await planRefresh(root)).changes).toEqual([]);
  expect(noticesOf(plan)).toEqual([]);
});

describe('a depth for examples, each of which is a part of its own', () => {
  const crate = (name: string): string => `[package]\nname = "${name}"\n`;
  const samples = (count: number, folder: string) =>
    Object.fromEntries(
      Array.from({ length: count }, (_, index) => [`${folder}/e${index}/Cargo.toml`, crate(`e${index}`)]),
    );
  const members = (...patterns: readonly string[]): string =>
    `[workspace]\nmembers = [${patterns.map((one) => `"${one}"`).join(', ')}]\n`;
  const sampleDepth = async (files: Files, depth: number | null = null): Promise<SampleDepth | null> =>
    (await planInit(makeRepository(files), { depth })).sampleDepth;

  it('is proposed where most are, and leaves the others as they are', async () => {
    const files = {
      'Cargo.toml': members('core', 'examples/*'),
      'core/Cargo.toml': crate('core'),
      ...samples(12, 'examples'),
    };
    expect(await sampleDepth(files)).toEqual({ depth: 1, folded: 12 });
    expect(await sampleDepth(files, 1)).toBe(null);
    const root = makeRepository(files);
    expect((await runHere(root, ['init'])).stdout).toContain(
      '\n\n12 of the 14 scopes are examples or the like, each by itself: rhema init --depth 1 makes one of all in a folder\n\n',
    );
    expect(Object.keys(graph(await planInit(root, { depth: 1 })))).toEqual(['.', 'core', 'examples']);
  });

  it('is not proposed for a few, nor where it would fold other parts as well, nor where they are the fewer', async () => {
    const top = {
      'Cargo.toml': members('core', 'crates/*', 'p*', 'examples/*'),
      'core/Cargo.toml': crate('core'),
    };
    expect(await sampleDepth({ ...top, ...samples(9, 'examples') })).toBe(null);
    const deep = { 'crates/a/Cargo.toml': crate('a'), ...samples(12, 'examples') };
    expect(await sampleDepth({ ...top, ...deep })).toBe(null);
    const tops = Object.fromEntries(
      Array.from({ length: 14 }, (_, index) => [`p${index}/Cargo.toml`, crate(`p${index}`)]),
    );
    expect(await sampleDepth({ ...top, ...tops, ...samples(12, 'examples') })).toBe(null);
  });
});
