import { expect, it } from 'vitest';
import { markMadeFrom, markOf, outlivedMarks, stagedFile } from './staged-marks.ts';

const [one, two] = ['1'.repeat(64), '2'.repeat(64)];

it('a text is found by what it was made from and what it is, whoever was to write it', () => {
  const marks = [markOf(null, one, 5), markOf(one, two, 7)];
  expect(markMadeFrom(marks, one, two)).toBe(marks[1]);
  expect(markMadeFrom(marks, null, two)).toBeUndefined();
});

it('what writers of earlier locks have left is outlived, unless it is what was recorded', () => {
  const marks = [markOf(null, one, 5), markOf(one, two, 7), markOf(two, one, 8), 'bak', 'none-1-2'];
  expect(outlivedMarks(marks, { token: 8, recorded: null })).toEqual([marks[0], marks[1]]);
  expect(outlivedMarks(marks, { token: 8, recorded: one })).toEqual([marks[1]]);
});

it.each([
  [`api/.rhema/.todos.yaml.${markOf(null, one, 5)}`, 'api/.rhema/todos.yaml'],
  [`..hidden.${markOf(one, two, 5)}`, '.hidden'],
  ['api/.todos.yaml.swp', undefined],
  [`api/todos.yaml.${markOf(null, one, 5)}`, undefined],
])('%s is what was to become %s', (path, file) => {
  expect(stagedFile(path)?.file).toBe(file);
});
