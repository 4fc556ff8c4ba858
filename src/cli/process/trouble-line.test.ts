import { expect, it } from 'vitest';
import { CoordinatorError } from '../../protocol/index.ts';
import { troubleLine } from './trouble-line.ts';

const failure = new CoordinatorError('UNAVAILABLE', 'the server cannot be reached');

it('tells of trouble that goes on once, and of later trouble anew', () => {
  const told: string[] = [];
  let nowMs = 0;
  const tell = troubleLine(
    () => nowMs,
    (text) => told.push(text),
  );
  const at = (ms: number): number => {
    nowMs = ms;
    tell(failure);
    return told.length;
  };
  expect([0, 1_000, 1_999, 2_000, 3_000, 30_000].map(at)).toEqual([0, 0, 0, 1, 1, 1]);
  expect(told).toEqual(['the server cannot be reached; trying again']);
  expect([100_000, 101_000, 102_000].map(at)).toEqual([1, 1, 2]);
});
