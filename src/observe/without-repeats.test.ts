import { beforeEach, expect, it } from 'vitest';
import type { Log } from './log.ts';
import { withoutRepeats } from './without-repeats.ts';

let said: (readonly [level: string, facts: object, message: string])[];
let nowMs: number;
let log: Log;
beforeEach(() => {
  [said, nowMs] = [[], 0];
  const at = (level: string) => (facts: object, message: string) => void said.push([level, facts, message]);
  log = withoutRepeats({ info: at('info'), warn: at('warn'), error: at('error') }, () => nowMs);
});

it('what is said again within a minute is counted, and told with the next time', () => {
  for (nowMs of [0, 1_000, 59_999, 60_000, 120_000]) log.error({ cause: 'EIO' }, 'no room');
  expect(said).toEqual([
    ['error', { cause: 'EIO' }, 'no room'],
    ['error', { cause: 'EIO', repeats: 2 }, 'no room'],
    ['error', { cause: 'EIO' }, 'no room'],
  ]);
});

it('what differs in anything is said, and so is what is no trouble', () => {
  log.error({ cause: 'EIO' }, 'no room');
  log.error({ cause: 'ENOSPC' }, 'no room');
  log.warn({ cause: 'EIO' }, 'no room');
  log.info({}, 'listening');
  log.info({}, 'listening');
  expect(said).toHaveLength(5);
});

it('it remembers no more than the last hundred', () => {
  for (let number = 0; number <= 100; number += 1) log.warn({ number }, 'odd');
  log.warn({ number: 100 }, 'odd');
  log.warn({ number: 0 }, 'odd');
  expect(said.slice(101)).toEqual([['warn', { number: 0 }, 'odd']]);
});
