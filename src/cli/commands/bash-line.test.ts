import { describe, expect, it } from 'vitest';
import { insertionOf, parseLine } from './bash-line.ts';

const breaks = ' \t\n"\'><=;|&(:';

describe('a line of bash', () => {
  it.each([
    ['rhema lock ', ['rhema', 'lock'], ''],
    ['rhema  lock\tacq', ['rhema', 'lock'], 'acq'],
    [String.raw`rhema my\ pkg pack`, ['rhema', 'my pkg'], 'pack'],
    [String.raw`rhema packages/my\ p`, ['rhema'], 'packages/my p'],
    [`rhema "it's" 'a "b' x`, ['rhema', "it's", 'a "b'], 'x'],
    [`rhema '' "" a`, ['rhema', '', ''], 'a'],
    ['rhema "packages/my p', ['rhema'], 'packages/my p'],
    [String.raw`rhema "a\$b\x" c`, ['rhema', String.raw`a$b\x`], 'c'],
    [String.raw`rhema 'a\' b`, ['rhema', 'a\\'], 'b'],
    [`rhema pack'ages'/m`, ['rhema'], 'packages/m'],
    ['rhema packages/m\\', ['rhema'], 'packages/m'],
  ])('%j has the words %j, and then %j', (line, words, value) => {
    const read = parseLine(line, breaks);
    expect([read.words, read.last.value]).toEqual([words, value]);
  });
});

describe('what bash is to put in', () => {
  const inserted = (typed: string, word: string): string =>
    insertionOf(word, parseLine(`rhema ${typed}`, breaks).last);

  it.each([
    ['packages/m', 'packages/my pkg', String.raw`packages/my\ pkg`],
    ['packages/i', "packages/it's", String.raw`packages/it\'s`],
    ['packages/d', 'packages/do$lar', String.raw`packages/do\$lar`],
    ['packages/ü', 'packages/übung', 'packages/übung'],
    [String.raw`packages/my\ p`, 'packages/my pkg', String.raw`packages/my\ pkg`],
    ['"packages/d', 'packages/do$lar', String.raw`packages/do\$lar`],
    ["'packages/i", "packages/it's", String.raw`packages/it'\''s`],
    ['"packages"/m', 'packages/my pkg', String.raw`packages/my\ pkg`],
  ])('after %s of %j is %s', (typed, word, insertion) => {
    expect(inserted(typed, word)).toBe(insertion);
  });

  it.each([
    ['packages/co:l', 'packages/co:lon', 'lon'],
    ['--stage=s', '--stage=strict', 'strict'],
    [String.raw`packages/co\:l`, 'packages/co:lon', 'packages/co:lon'],
    ['"packages/co:l', 'packages/co:lon', 'packages/co:lon'],
    ['pack"ages/m', 'packages/my pkg', 'ages/my pkg'],
  ])('after %s of %j is only %s, since it replaces no more', (typed, word, insertion) => {
    expect(inserted(typed, word)).toBe(insertion);
  });
});
