import { expect, it } from 'vitest';
import { duration, timeLeft } from './length.ts';

it.each([
  [-5, '0 s', '0 s'],
  [0, '0 s', '0 s'],
  [40, '0 s', '0.1 s'],
  [440, '0.4 s', '0.5 s'],
  [999, '1 s', '1 s'],
  [1_990, '2 s', '2 s'],
  [45_200, '45 s', '46 s'],
  [59_200, '59 s', '1 min'],
  [59_987, '1 min', '1 min'],
  [60_000, '1 min', '1 min'],
  [200_000, '3 min 20 s', '3 min 20 s'],
  [599_100, '9 min 59 s', '10 min'],
  [3_599_900, '1 h', '1 h'],
  [7_500_000, '2 h 5 min', '2 h 5 min'],
  [7_510_000, '2 h 5 min', '2 h 6 min'],
  [86_399_000, '1 d', '1 d'],
  [90_000_000, '1 d 1 h', '1 d 1 h'],
  [90_000_001, '1 d 1 h', '1 d 2 h'],
])('%i ms that have passed are %s, and to come are %s', (ms, passed, toCome) => {
  expect([duration(ms), timeLeft(ms)]).toEqual([passed, toCome]);
});
