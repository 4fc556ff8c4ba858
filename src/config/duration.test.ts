import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { asDurationMs } from '../core/index.ts';
import { formatDuration, parseDuration } from './index.ts';

test.each([
  ['90', 90_000],
  [90, 90_000],
  [0.5, 500],
  ['0', 0],
  ['0s', 0],
  ['500ms', 500],
  ['90s', 90_000],
  ['5m', 300_000],
  ['1.5h', 5_400_000],
  ['7d', 604_800_000],
  ['1m40s', 100_000],
  ['1h30m', 5_400_000],
  ['1d2h3m4s5ms', 93_784_005],
  ['1s500ms', 1_500],
  [' 2h ', 7_200_000],
])('%j is a duration', (input, expected) => {
  expect(parseDuration(input)).toEqual({ ok: true, value: expected });
});

describe('what is not a duration is refused with the valid forms', () => {
  test.each([
    [
      '',
      ' ',
      '-1',
      '-5m',
      '5x',
      '5 minutes',
      '30m1h',
      '1m1m',
      '1.5h30m',
      '1h 30m',
      '5M',
      'five',
      '1,5s',
      '٣s',
      '5\n6',
      '.5s',
    ],
    ['NaN', 'Infinity', '1e3', '0.5ms', '1.0001ms', '999999999999999d', `1${'0'.repeat(10_000)}`],
    [-1, NaN, Infinity, 1e21, 0.00001],
  ])('%j', (...inputs) => {
    for (const input of inputs)
      expect(parseDuration(input)).toMatchObject({
        ok: false,
        problem: expect.stringContaining('500ms, 90s, 5m, 1m40s, 2h, 7d'),
      });
  });
});

test('a duration is written so that it reads as the same length', () => {
  fc.assert(
    fc.property(fc.nat({ max: 10_000 * 86_400_000 }), (length) => {
      expect(parseDuration(formatDuration(asDurationMs(length)))).toEqual({ ok: true, value: length });
    }),
  );
});

test.each([
  [0, '0s'],
  [1_500, '1500ms'],
  [90_000, '90s'],
  [30_000_000, '8h20m'],
  [8_640_000_000, '100d'],
  [300_000, '5m'],
  [86_400_000, '1d'],
])('%d ms is written %s', (length, text) => {
  expect(formatDuration(asDurationMs(length))).toBe(text);
});
