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

test('a path of a commit that cannot be locked is left out, and takes its time', () => {
  expect(jobOfCommit({ files: ['a/x', 'b\u0007', 'a/x'] })).toEqual({
    files: ['a/x'],
    scopes: [],
    workMs: 300_000,
  });
});
