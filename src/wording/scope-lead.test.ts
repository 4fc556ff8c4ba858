import { expect, test } from 'vitest';
import { nearestPath } from '../config/index.ts';
import type { ScopePath } from '../core/index.ts';
import { leadFrom } from './index.ts';

const scopes = [
  { path: '.' as ScopePath, name: 'shop' },
  { path: 'packages/core' as ScopePath, name: '@shop/core' },
  { path: 'src' as ScopePath, name: 'src' },
];

test.each([
  ['packages/cor', 'packages/core', null],
  ['shopp', '.', 'shop'],
  ['packages/cor/new.ts', 'packages/core/new.ts', null],
  ['srk/hono.ts', 'src/hono.ts', null],
])('%s is spelt like %s', async (path, scope, name) => {
  const lead = await leadFrom(scopes, { path, isThere: false }, async (...asked) => nearestPath(...asked));
  expect(lead).toEqual({ kind: 'spelt', scope, name });
});

test('what is not there of a scope is in that scope', async () => {
  const meant = { path: 'packages/core/new.ts', isThere: false };
  const lead = await leadFrom(scopes, meant, async (...asked) => nearestPath(...asked));
  expect(lead).toEqual({ kind: 'inside', around: 'packages/core' });
});
