import { describe, expect, test } from 'vitest';
import { median, quantile } from './statistics.ts';

describe('quantile', () => {
  test('does not depend on the order of the samples, and leaves them as they are', () => {
    const samples = [9, 1, 5];
    expect(median(samples)).toBe(5);
    expect(samples).toEqual([9, 1, 5]);
  });

  test('lies between the two samples in the middle when their number is even', () => {
    expect(median([1, 2, 4, 100])).toBe(3);
  });

  test.each([
    [0, 0],
    [0.25, 25],
    [0.99, 99],
    [1, 100],
  ])('at %d of 0 to 100 is %d', (fraction, expected) => {
    const samples = Array.from({ length: 101 }, (_, index) => index);
    expect(quantile(samples, fraction)).toBeCloseTo(expected);
  });

  test('is refused for no samples', () => {
    expect(() => median([])).toThrowError(RangeError);
  });
});
