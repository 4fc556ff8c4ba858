import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readShell } from './index.ts';
import { answerOf, parseExamples } from './testing/answers.ts';

const examples = parseExamples(readFileSync(new URL('testing/command-lines.txt', import.meta.url), 'utf8'));

test('there are more than 200 examples, each once', () => {
  expect(examples.length).toBeGreaterThan(200);
  expect(new Set(examples.map(({ command }) => command)).size).toBe(examples.length);
});

test.each(examples)('line $line: $command', ({ command, answer }) => {
  expect(answerOf(readShell(command)).toSorted()).toEqual([...answer].toSorted());
});
