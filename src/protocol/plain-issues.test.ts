import { expect, it } from 'vitest';
import { z } from 'zod';
import { issueText, pathText, valueAt, type Issue } from './plain-issues.ts';

const schema = z.strictObject({
  scopes: z.array(z.string()).min(1).max(2),
  wait: z.number().min(0).max(50).optional(),
  run: z.number().int().optional(),
  ttlMs: z.number().min(1).max(604_800_000).optional(),
  reason: z.string().min(1).max(100).optional(),
  name: z
    .string()
    .refine((text) => text !== 'rhema', { message: 'that is a word of ours' })
    .optional(),
  action: z.enum(['start', 'stop']).optional(),
});

const told = (value: unknown): string[] =>
  (schema.safeParse(value).error?.issues ?? []).map(
    (issue) => `${pathText(issue.path)}: ${issueText(issue as Issue, valueAt(value, issue.path))}`,
  );

it.each([
  [{}, 'scopes: it is missing: write a list, such as ["one", "two"]'],
  [{ scopes: 'a' }, 'scopes: "a" is text: write a list, such as ["one", "two"]'],
  [{ scopes: ['a', 5] }, 'scopes[1]: 5 is a number: write text'],
  [{ scopes: [] }, 'scopes: the list is empty: name at least 1'],
  [{ scopes: ['a', 'b', 'c'] }, 'scopes: the list is too long: at most 2 in one call'],
  [{ scopes: ['a'], wait: 300 }, 'wait: 300 is too much: at most 50'],
  [{ scopes: ['a'], wait: -1 }, 'wait: -1 is too little: at least 0'],
  [{ scopes: ['a'], run: 1.5 }, 'run: 1.5 is a number: write a whole number'],
  [{ scopes: ['a'], ttlMs: 0 }, 'ttlMs: 0s is too little: at least 1ms'],
  [{ scopes: ['a'], ttlMs: 8_640_000_000 }, 'ttlMs: 100d is too much: at most 7d'],
  [{ scopes: ['a'], reason: 'x'.repeat(101) }, 'reason: it has 101 characters: at most 100 are allowed'],
  [{ scopes: ['a'], reason: '' }, 'reason: it is empty: write text, or leave it out'],
  [{ scopes: ['a'], name: 'rhema' }, 'name: that is a word of ours'],
  [{ scopes: ['a'], action: 'jump' }, 'action: write one of start, stop'],
  [{ scopes: ['a'], force: true }, ': there is no argument "force"'],
])('%j is told in plain words', (value, text) => {
  expect(told(value)).toEqual([text]);
});

it('a long value is not repeated whole', () => {
  expect(told({ scopes: 'x'.repeat(500) })[0]?.length).toBeLessThan(120);
});
