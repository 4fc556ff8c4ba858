import { describe, expect, it } from 'vitest';
import { asTimeMs } from '../../core/index.ts';
import { startMs, withoutClock } from '../testing/harness.ts';
import { endCellText, untilEndText } from './lock-end.ts';

const held = { agent: 'alice', deadlineMs: startMs + 600_000 };
const session = { atMs: asTimeMs(startMs + 30_000), cause: 'session' } as const;
const blocked = { atMs: asTimeMs(startMs + 40_000), cause: 'blocked' } as const;

describe('the end of a lock is told', () => {
  it.each([
    [held, 'until hh:mm:ss (in 10 min)', 'in 10 min'],
    [
      { ...held, endsBefore: session },
      'until hh:mm:ss (in 30 s), when the session of alice ends',
      'in 30 s (end of session)',
    ],
    [
      { ...held, endsBefore: blocked },
      'until hh:mm:ss (in 40 s), when alice has been blocked for too long',
      'in 40 s (blocked too long)',
    ],
    [
      { ...held, latestDeadlineMs: startMs + 900_000 },
      'until hh:mm:ss (in 10 min), and hh:mm:ss at the latest',
      'in 10 min',
    ],
  ])('by what comes first: %j', (lock, sentence, cell) => {
    expect(withoutClock(untilEndText(lock, startMs))).toBe(sentence);
    expect(endCellText(lock, startMs)).toBe(cell);
  });
});
