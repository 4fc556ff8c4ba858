import { expect, test } from 'vitest';
import { nearest, nearestPath } from './index.ts';

test.each([
  ['lock', ['clock', 'locks', 'unrelated'], 'clock'],
  ['LOCK_TIMEOUT', ['lock_timeout'], 'lock_timeout'],
  ['kore', ['core', 'store'], 'core'],
  ['x', ['y'], 'y'],
  ['lokc', ['lost', 'lock'], 'lock'],
  ['alcie', ['alice'], 'alice'],
  ['ba', ['ab'], 'ab'],
  ['bca', ['abc'], null],
  ['core', ['docs', 'web'], null],
  ['core', [], null],
  ['', ['core'], null],
  ['a'.repeat(100_000), ['a'.repeat(99_999)], null],
])('%s among %j is taken for %s', (word, candidates, expected) => {
  expect(nearest(word, candidates)).toBe(expected);
});

test.each([
  ['packages/cor', ['packages/core', 'packages/web'], 'packages/core'],
  ['pakages/core', ['packages/core'], 'packages/core'],
  ['packages/docs', ['packages/web'], null],
  ['web', ['packages/web'], null],
  ['kore', ['core'], 'core'],
])('the path %s among %j is taken for %s', (path, candidates, expected) => {
  expect(nearestPath(path, candidates)).toBe(expected);
});
