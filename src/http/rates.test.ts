import { expect, it } from 'vitest';
import { ManualTime } from '../time/index.ts';
import { Rates } from './rates.ts';

it('so many at once, and as many a second in the long run, for each key its own', () => {
  const time = new ManualTime();
  const rates = new Rates({ burst: 3, perSecond: 2 }, time);
  const take = (key: string, times: number): boolean[] =>
    Array.from({ length: times }, () => rates.take(key));
  expect(take('a', 4)).toEqual([true, true, true, false]);
  expect(take('b', 1)).toEqual([true]);
  time.advance(1_000);
  expect(take('a', 3)).toEqual([true, true, false]);
  time.advance(3_600_000);
  expect(take('a', 4)).toEqual([true, true, true, false]);
});

it('it says when there is one again, and that is true', () => {
  const time = new ManualTime();
  const rates = new Rates({ burst: 1, perSecond: 0.2 }, time);
  expect(rates.secondsUntilNext('a')).toBe(0);
  rates.take('a');
  expect(rates.secondsUntilNext('a')).toBe(5);
  time.advance(4_000);
  expect(rates.take('a')).toBe(false);
  time.advance(1_000);
  expect(rates.take('a')).toBe(true);
});

it('it remembers no more keys than it may, and forgets the one that was not seen for longest', () => {
  const rates = new Rates({ burst: 1, perSecond: 0.001 }, new ManualTime());
  rates.take('first');
  rates.take('second');
  for (let key = 0; key < 9_998; key += 1) rates.take(`k${key}`);
  expect(rates.take('first')).toBe(false);
  rates.take('one more');
  expect(rates.take('first')).toBe(false);
  expect(rates.take('second')).toBe(true);
});
