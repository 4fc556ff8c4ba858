import { expect, test } from 'vitest';
import type { Outcome } from './experiment.ts';
import { comparison, summed, verdict } from './table.ts';

const outcome = (more: Partial<Outcome>): Outcome => ({
  written: 10,
  lost: 0,
  overwritten: 0,
  swept: 0,
  commits: 4,
  failedCommits: 0,
  refusals: 0,
  waits: 0,
  seconds: 1.5,
  ...more,
});

test('runs are summed, and stand side by side', () => {
  const without = summed([outcome({ lost: 1 }), outcome({ lost: 2 })]);
  expect(comparison(new Map([['without', without]]))).toContain(
    '| lost: in no commit, nor in the tree | 3 |',
  );
  expect(without.seconds).toBe(3);
});

test('it proves nothing where nothing is lost without rhema, and the contrary where hooks lose', () => {
  const lossy = outcome({ lost: 1 });
  expect(verdict(new Map([['without', outcome({ overwritten: 5 })]]))).toMatch(/proves nothing/);
  const shows = (hooks: Outcome): string | null =>
    verdict(
      new Map([
        ['without', lossy],
        ['hooks', hooks],
      ]),
    );
  expect(shows(outcome({ refusals: 3 }))).toBeNull();
  for (const one of ['lost', 'overwritten', 'swept'] as const)
    expect(shows(outcome({ [one]: 1 }))).toMatch(/with hooks/);
});
