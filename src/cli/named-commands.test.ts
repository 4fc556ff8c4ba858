/** A command that a page or a remedy names in backticks is one, and has the options that are named with it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { expect, it } from 'vitest';
import { createProgram } from './program.ts';
import { FakeCoordinator } from './testing/fake-coordinator.ts';
import { Harness } from './testing/harness.ts';

const { ports } = new Harness({ coordinator: new FakeCoordinator({}) });
const program = createProgram({ ports, exitCode: 0 });

const pages = [
  'README.md',
  ...readdirSync('docs', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
];

/** What stands in backticks in prose and begins with the program's name; blocks are run by a test of their own. */
function namedIn(page: string): string[] {
  const prose = readFileSync(page, 'utf8').replaceAll(/^ *```[^]*?^ *```/gm, '');
  return [...prose.matchAll(/`(rhema [^`]+)`/g)].map(([, text = '']) => text.replaceAll(/\s+/g, ' '));
}

/** What is wrong with the words; null: they are a command, or a group of commands, with its options. */
function problemWith(text: string): string | null {
  let at: Command = program;
  const [, ...words] = (text.split(' -- ')[0] ?? '').split(/ [|><&;] ?| && /)[0]?.split(' ') ?? [];
  // What stands behind -C is a folder.
  const named = words.filter((word, index) => /^[a-z]/.test(word) && words[index - 1] !== '-C');
  for (const word of named) {
    const child = at.commands.find((one) => one.name() === word);
    if (child !== undefined) at = child;
    else if (at.commands.length > 0) return `no command ${word}`;
    else break;
  }
  const known = optionsOf(at);
  const given = words.flatMap((word) => /^--[a-z][a-z-]*/.exec(word)?.[0] ?? []);
  const missing = given.filter((option) => !known.includes(option) && option !== '--help');
  return missing.length === 0 ? null : `no option ${missing.join(', ')}`;
}

const optionsOf = (command: Command): string[] =>
  [command, program].flatMap(({ options }) => options.flatMap(({ long }) => long ?? []));

it.each(pages)('what %s names is there', (page) => {
  const wrong = namedIn(page).flatMap((text) => {
    const problem = problemWith(text);
    return problem === null ? [] : [`${text}: ${problem}`];
  });
  expect(wrong).toEqual([]);
});
