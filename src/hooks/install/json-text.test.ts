import { expect, test } from 'vitest';
import { insertFirst, readJson, remove } from './json-text.ts';

const nested = (depth: number): string => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;

test('what is nested without end is told as that, and not read', () => {
  expect(readJson(nested(100)).ok).toBe(true);
  for (const text of [nested(5_000), '['.repeat(100_000)])
    expect(readJson(text)).toEqual({ ok: false, problem: 'it is nested more than 200 levels deep' });
});

test('the mark with which some editors begin a file is kept, and what is behind it read', () => {
  const text = '\uFEFF{\n  "a": 1\n}\n';
  expect(readJson(text)).toEqual({ ok: true, value: { a: 1 } });
  const longer = insertFirst(text, [], 'b', 2);
  expect(longer).toBe('\uFEFF{\n  "b": 2,\n  "a": 1\n}\n');
  expect(remove(longer, ['b'])).toBe(text);
  expect(readJson('{\uFEFF}').ok).toBe(false);
});
