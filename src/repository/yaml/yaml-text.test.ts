import { describe, expect, it } from 'vitest';
import { YamlText, type ListItem } from './yaml-text.ts';

const item = (name: string): ListItem => ({
  lines: [`- path: ${name}`, '  type: x'],
  flow: `{ path: ${name} }`,
});
const added = (text: string, ...names: readonly string[]): string | null =>
  new YamlText(text).withItems(['list'], names.map(item))?.text ?? null;
const removed = (text: string, index: number): string | null =>
  new YamlText(text).withoutItem(['list'], index)?.text ?? null;

describe('an entry is added', () => {
  it.each([
    [
      'below the last',
      'list:\n  - path: a\n    type: x\nmore: 1\n',
      'list:\n  - path: a\n    type: x\n  - path: b\n    type: x\nmore: 1\n',
    ],
    [
      'where the list is not indented',
      'list:\n- a\nmore: 1\n',
      'list:\n- a\n- path: b\n  type: x\nmore: 1\n',
    ],
    [
      'before remarks that follow',
      'list:\n  - a # one\n  # end\nmore: 1\n',
      'list:\n  - a # one\n  - path: b\n    type: x\n  # end\nmore: 1\n',
    ],
    ['at an end without a line end', 'list:\n  - a', 'list:\n  - a\n  - path: b\n    type: x'],
    ['with other line ends', 'list:\r\n  - a\r\n', 'list:\r\n  - a\r\n  - path: b\r\n    type: x\r\n'],
    ['to a key without a value', 'list:\nmore: 1\n', 'list:\n  - path: b\n    type: x\nmore: 1\n'],
    [
      'to a key with a remark only',
      'list: # none\nmore: 1\n',
      'list: # none\n  - path: b\n    type: x\nmore: 1\n',
    ],
    [
      'in place of a word for nothing',
      'list: null # none\nmore: 1\n',
      'list: # none\n  - path: b\n    type: x\nmore: 1\n',
    ],
    ['in place of a sign for nothing', 'list: ~\r\n', 'list:\r\n  - path: b\r\n    type: x\r\n'],
    ['in brackets', 'list: [a, c] # both\n', 'list: [a, c, { path: b }] # both\n'],
    ['in brackets after a comma', 'list: [ a, ]\n', 'list: [ a, { path: b } ]\n'],
    ['in empty brackets', 'list: []\n', 'list: [{ path: b }]\n'],
    ['in brackets over several lines', 'list: [\n  a,\n  c\n]\n', 'list: [\n  a,\n  c, { path: b }\n]\n'],
    [
      'after a folded text',
      'list:\n  - >\n    a\n    b\nmore: 1\n',
      'list:\n  - >\n    a\n    b\n  - path: b\n    type: x\nmore: 1\n',
    ],
  ])('%s', (_title, text, expected) => {
    expect(added(text, 'b')).toBe(expected);
    expect(new YamlText(expected).problem).toBeNull();
  });

  it.each([
    ['the key is missing', 'more: 1\n'],
    ['the value is a text', 'list: a\n'],
    ['the value is a map', 'list:\n  a: b\n'],
    ['a remark stands before the bracket', 'list: [ a # ]\n]\n'],
    ['nothing has a tag', 'list: !!null null\n'],
    ['nothing stands on a line of its own', 'list:\n  null\n'],
  ])('not where %s', (_title, text) => {
    expect(added(text, 'b')).toBeNull();
  });
});

describe('an entry is taken out', () => {
  it.each([
    ['with its lines', 'list:\n  - path: a\n    type: x\n  - b\n', 0, 'list:\n  - b\n'],
    ['as the last one', 'list:\n  - a\n  - b\nmore: 1\n', 1, 'list:\n  - a\nmore: 1\n'],
    ['leaving the remarks above it', 'list:\n  # one\n  - a\n  - b\n', 0, 'list:\n  # one\n  - b\n'],
    ['of brackets, the first', 'list: [a, b, c]\n', 0, 'list: [b, c]\n'],
    ['of brackets, the last', 'list: [ a, b ]\n', 1, 'list: [ a ]\n'],
    ['of brackets, the only one', 'list: [ a ]\n', 0, 'list: [  ]\n'],
    ['with other line ends', 'list:\r\n  - a\r\n  - b\r\n', 0, 'list:\r\n  - b\r\n'],
  ])('%s', (_title, text, index, expected) => {
    expect(removed(text, index)).toBe(expected);
  });

  it.each([
    ['a remark stands in it', 'list:\n  - a # why\n', 0],
    ['a remark stands between its lines', 'list:\n  - path: a\n    # why\n    type: x\n', 0],
    ['there is none', 'list:\n  - a\n', 1],
  ])('not when %s', (_title, text, index) => {
    expect(removed(text, index)).toBeNull();
  });
});

describe('a key is added to a map below', () => {
  it.each([
    ['at its end', 'part:\n  a: 1\nmore: 1\n', 'part:\n  a: 1\n  b: 2\nmore: 1\n'],
    ['in braces', 'part: { a: 1 }\nmore: 1\n', 'part: { a: 1, b: 2 }\nmore: 1\n'],
  ])('%s', (_title, text, expected) => {
    expect(new YamlText(text).withKey(['b: 2'], 'b: 2', ['part'])?.text).toBe(expected);
  });
});
