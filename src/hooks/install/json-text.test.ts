import { expect, test } from 'vitest';
import { readJson } from './json-text.ts';

const nested = (depth: number): string => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;

test('what is nested without end is told as that, and not read', () => {
  expect(readJson(nested(100)).ok).toBe(true);
  for (const text of [nested(5_000), '['.repeat(100_000)])
    expect(readJson(text)).toEqual({ ok: false, problem: 'it is nested more than 200 levels deep' });
});
