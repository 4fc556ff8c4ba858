import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { slowTests } from '../speeds.ts';

test('the slow tests are files that there are, each named once', () => {
  expect(slowTests.filter((file) => !existsSync(file))).toEqual([]);
  expect(new Set(slowTests).size).toBe(slowTests.length);
});
