import { describe, expect, test } from 'vitest';
import { choice, jobs } from '../../test/fit/support.ts';
import { filePath, scopePath } from '../../test/support/machine.ts';
import { changedBy, splitOf } from './change.ts';

test('each change is of its own part of the choice, one after the other', () => {
  const changed = changedBy(
    choice('.', { free: ['a'] }),
    [
      { key: 'claim', value: 'scope' },
      { key: 'free', add: ['b'] },
      { key: 'max_locks_per_agent', value: 9 },
      { key: 'max_concurrent_agents', value: 7 },
      { key: 'split', add: ['src/*'] },
    ],
    jobs('src/api/x', 'src/web/deep/x', 'src/main.ts', 'docs/x'),
  );
  expect(changed).toMatchObject({
    scopes: ['.', 'src/api', 'src/web'],
    settings: { claimLevel: 'scope', freePaths: ['a', 'b'], maxLocksPerAgent: 9, maxConcurrentAgents: 7 },
  });
});

describe('a scope is split', () => {
  const split = (scope: string, ...files: readonly string[]) =>
    splitOf(scopePath(scope), files.map(filePath));

  test('where its files part', () => {
    expect(split('.', 'src/a/x', 'src/b/x', 'src/c/x')).toBe('/src/*');
    expect(split('src', 'src/a/x', 'src/b/x')).toBe('/src/*');
  });

  test('not for the few that lie elsewhere', () => {
    expect(split('.', 'src/a/x', 'src/a/y', 'src/b/x', 'src/c/x', 'docs/x')).toBe('/src/*');
    expect(split('.', 'src/a/x', 'src/b/x', 'docs/x')).toBe('/*');
  });

  test('not below the last folder, and not at all without one', () => {
    expect(split('.', 'src/x', 'src/y')).toBe('/*');
    expect(split('src', 'src/x', 'src/y')).toBeNull();
  });

  test('by a pattern in which the names of folders mean themselves', () => {
    expect(split('.', 'a*b/c/x', 'a*b/d/x')).toBe('/a?b/*');
  });
});
