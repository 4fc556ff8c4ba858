import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeRepository, write, type Files } from '../../src/repository/testing/fixture.ts';
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
