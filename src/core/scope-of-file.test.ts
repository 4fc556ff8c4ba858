import { expect, test } from 'vitest';
import type { ScopePath } from './ids.ts';
import { fileIn, scopeAround } from './scope-of-file.ts';

const around = (scopes: readonly string[], path: string) =>
  scopeAround((each) => scopes.includes(each), path as ScopePath);

test('a file belongs to the nearest scope above it, a folder that is a scope to itself', () => {
  const scopes = ['.', 'packages/api', 'packages/api/db'];
  expect(around(scopes, 'packages/api/db/pool.ts')).toBe('packages/api/db');
  expect(around(scopes, 'packages/api/dbx/pool.ts')).toBe('packages/api');
  expect(around(scopes, 'packages/api')).toBe('packages/api');
  expect(around(scopes, 'packages/web/main.ts')).toBe('.');
  expect(around(scopes, '.')).toBe('.');
});

test('without a scope at the top, what no other encloses is in none', () => {
  expect(around(['packages/api'], 'packages/web/main.ts')).toBeNull();
  expect(around(['packages/api'], '.')).toBeNull();
});

test.each(['.git', '.git/config', '.git/hooks/pre-commit', 'a/.git', 'a/b/.git/config', '.Git/config'])(
  "%s is Git's own, and in no scope",
  (path) => expect(around(['.', 'a'], path)).toBeNull(),
);

test.each(['.gitignore', '.github/ci.yaml', 'x.git/notes.md'])('%s is like any other file', (path) =>
  expect(around(['.', 'a'], path)).toBe('.'),
);

test('a file is named as its scope sees it', () => {
  expect(fileIn('packages/api' as ScopePath, 'packages/api/db/pool.ts' as ScopePath)).toBe('db/pool.ts');
  expect(fileIn('.' as ScopePath, 'notes.yaml' as ScopePath)).toBe('notes.yaml');
});
