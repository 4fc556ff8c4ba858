import { expect, test } from 'vitest';
import { choice, jobs } from '../../test/fit/support.ts';
import { hottestOf, jobFigures, spreadOf } from './figures.ts';
import { replay } from './replay.ts';

test('a spread is of values that there are', () => {
  expect(spreadOf([])).toEqual({ p50: 0, p90: 0, p99: 0 });
  expect(spreadOf([7])).toEqual({ p50: 7, p90: 7, p99: 7 });
  const upTo200 = Array.from({ length: 200 }, (_, index) => 200 - index);
  expect(spreadOf(upTo200)).toEqual({ p50: 100, p90: 180, p99: 198 });
});

test('files are counted as they were touched, targets and scopes as they are locked', () => {
  const work = jobs('a/x a/y b/x a/CHANGES.md');
  const same = (value: number) => ({ p50: value, p90: value, p99: value });
  expect(jobFigures(work, choice('a b', { free: ['CHANGES.md'] }))).toEqual({
    files: same(4),
    targets: same(3),
    scopes: same(2),
  });
  expect(jobFigures(work, choice('a b', { claim: 'scope' })).targets).toEqual(same(2));
});

test('the hottest target is the one that was waited for longest', () => {
  const work = jobs('a/x 3', 'a/x 3', 'a/y b/z 9', 'b/z 1');
  const under = choice('a b');
  const hottest = hottestOf(work, under, replay(work, under, { agents: 4, ahead: 1, steps: 1 }), 5);
  expect(hottest).toEqual([
    { target: 'b/z', jobsShare: 0.5, waitedShare: 9 / 12 },
    { target: 'a/x', jobsShare: 0.5, waitedShare: 3 / 12 },
  ]);
  expect(hottestOf(work, under, replay(work, under, { agents: 4, ahead: 1, steps: 1 }), 1)).toHaveLength(1);
});

test('to wait for a place is to wait for no target', () => {
  const work = jobs('a/x 3', 'a/y 3');
  const under = choice('a', { maxConcurrentAgents: 1 });
  expect(hottestOf(work, under, replay(work, under, { agents: 2, ahead: 1, steps: 1 }), 5)).toEqual([
    { target: null, jobsShare: 0, waitedShare: 1 },
  ]);
});
