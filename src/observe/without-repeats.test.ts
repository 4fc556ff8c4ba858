import { beforeEach, expect, it } from 'vitest';
import type { Log } from './log.ts';
import { withoutRepeats } from './without-repeats.ts';

let said: (readonly [event: string, facts: object])[];
let nowMs: number;
let log: Log;
beforeEach(() => {
  [said, nowMs] = [[], 0];
  log = withoutRepeats({ note: (event, facts) => void said.push([event, facts]) }, () => nowMs);
});

it('what is said again within a minute is counted, and told with the next time', () => {
  for (nowMs of [0, 1_000, 59_999, 60_000, 120_000]) log.note('upkeep.failed', { cause: 'EIO' });
  expect(said).toEqual([
    ['upkeep.failed', { cause: 'EIO' }],
    ['upkeep.failed', { cause: 'EIO', repeats: 2 }],
    ['upkeep.failed', { cause: 'EIO' }],
  ]);
});

it('what differs in anything is said, and so is what is no trouble', () => {
  log.note('upkeep.failed', { cause: 'EIO' });
  log.note('upkeep.failed', { cause: 'ENOSPC' });
  log.note('git.notRead', { cause: 'EIO' });
  log.note('owner.listening', {});
  log.note('owner.listening', {});
  expect(said).toHaveLength(5);
});

it('it remembers no more than the last hundred', () => {
  for (let number = 0; number <= 100; number += 1) log.note('commit.slow', { tookMs: number });
  log.note('commit.slow', { tookMs: 100 });
  log.note('commit.slow', { tookMs: 0 });
  expect(said.slice(101)).toEqual([['commit.slow', { tookMs: 0 }]]);
});
