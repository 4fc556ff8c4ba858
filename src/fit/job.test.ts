import { expect, test } from 'vitest';
import { jobOfCommit, workMsOf } from './job.ts';

test.each([
  [1, 3],
  [2, 4],
  [8, 10],
  [900, 10],
])('%i files take %i minutes', (files, minutes) => {
  expect(workMsOf(files)).toBe(minutes * 60_000);
});

test('a commit is known by its first letters; a path that cannot be locked is left out, and takes its time', () => {
  const id = '0123456789abcdef0123456789abcdef01234567';
  expect(jobOfCommit({ id, files: ['a/x', 'b\u0007', 'a/x'] })).toEqual({
    name: '0123456789',
    files: ['a/x'],
    scopes: [],
    workMs: 300_000,
  });
});
