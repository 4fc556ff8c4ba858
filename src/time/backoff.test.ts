import { expect, test } from 'vitest';
import { jitteredBackoff } from './backoff.ts';

const shape = { firstMs: 10, longestMs: 500, jitter: 0.5 };

test('pauses double with each failure up to the longest, and chance takes at most the jitter off', () => {
  const longest = jitteredBackoff(shape, () => 1);
  const shortest = jitteredBackoff(shape, () => 0);
  expect([1, 2, 3, 7, 1_000].map(longest)).toEqual([10, 20, 40, 500, 500]);
  expect([1, 2, 3, 7, 1_000].map(shortest)).toEqual([5, 10, 20, 250, 250]);
});

test('without jitter nothing is left to chance', () => {
  const pauses = jitteredBackoff({ ...shape, jitter: 0 }, () => 0.3);
  expect(pauses(2)).toBe(20);
});
