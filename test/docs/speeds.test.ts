import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { aloneTests, slowTests } from '../speeds.ts';

test('the slow tests are files that there are, each named once', () => {
  expect(slowTests.filter((file) => !existsSync(file))).toEqual([]);
  expect(new Set(slowTests).size).toBe(slowTests.length);
});

test('what replaces modules or the clock, or has Git fall silent, runs in a process of its own', () => {
  const replacing = ['src', 'test', 'sim', 'bench']
    .flatMap((folder) => readdirSync(folder, { recursive: true }).map((file) => `${folder}/${String(file)}`))
    .filter((file) => file.endsWith('.test.ts'))
    .filter((file) =>
      /\bvi\.(?:mock|doMock|resetModules|useFakeTimers)\(|GIT_(?:SILENT)/.test(readFileSync(file, 'utf8')),
    )
    .filter((file) => !slowTests.includes(file));
  expect(replacing.toSorted()).toEqual([...aloneTests].toSorted());
});
