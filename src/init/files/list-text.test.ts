import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { ScopePath } from '../../core/index.ts';
import { ListText } from './list-text.ts';

const file = (...lines: readonly string[]): string =>
  ['name: top', 'agent_coordination:', '  enabled: true', ...lines, 'more: 1', ''].join('\n');

const changed = (text: string, edits: Readonly<Record<string, string | null>>): string | null =>
  new ListText(text).with(new Map(Object.entries(edits) as [ScopePath, string | null][]));

const two = file('  scopes:', '    a:', '      name: a', '    c: # why', '      name: c', '  idle_exit: 1m');

describe('an entry is put', () => {
  it.each([
    ['between those before and after it', { b: 'type: x\n' }, ['    b:', '      type: x', '    c: # why']],
    ['before the first', { A: 'type: x\n' }, ['  scopes:', '    A:', '      type: x', '    a:']],
    ['after the last', { d: 'type: x\n' }, ['      name: c', '    d:', '      type: x', '  idle_exit: 1m']],
    ['with quotes where its name needs them', { '@x': 'a: 1\n' }, ['    "@x":', '      a: 1', '    a:']],
    ['with nothing to it', { b: '' }, ['      name: a', '    b:', '    c: # why']],
  ])('%s', (_title, edits, expected) => {
    expect(changed(two, edits)).toContain(expected.join('\n'));
  });

  it.each([
    ['where there is no list', file(), file('  scopes:', '    a:', '      name: a')],
    ['below a list without a value', file('  scopes:'), file('  scopes:', '    a:', '      name: a')],
    [
      'in place of an empty list',
      file('  scopes: {} # none'),
      file('  scopes: # none', '    a:', '      name: a'),
    ],
    ['in place of a word for nothing', file('  scopes: null'), file('  scopes:', '    a:', '      name: a')],
  ])('%s', (_title, before, after) => {
    expect(changed(before, { a: 'name: a\n' })).toBe(after);
  });

  it('into a block that is made for it', () => {
    expect(changed('name: top\n', { a: 'type: x\n' })).toBe(
      'name: top\n\nagent_coordination:\n  scopes:\n    a:\n      type: x\n',
    );
  });

  it('with the line ends of the file, and after a last line that has none', () => {
    const text = file('  scopes:', '    a: {}').replace('more: 1\n', '').replaceAll('\n', '\r\n').trimEnd();
    expect(changed(text, { b: 'type: x\ndependencies:\n  - y\n' })).toBe(
      `${text}\r\n    b:\r\n      type: x\r\n      dependencies:\r\n        - y\r\n`,
    );
  });
});

describe('an entry is changed', () => {
  it.each([
    ['beside a remark', { c: 'name: d\n' }, ['    c: # why', '      name: d', '  idle_exit']],
    ['or taken out with its lines', { a: null }, ['  scopes:', '    c: # why']],
  ])('%s', (_title, edits, expected) => {
    expect(changed(two, edits)).toContain(expected.join('\n'));
  });

  it.each([
    ['in braces', '    a: { name: x } # why', '{ name: y }', '    a: { name: y } # why\n'],
    ['without a value', '    a: # why', 'name: y\n', '    a: # why\n      name: y\n'],
    ['with a word for nothing', '    a: ~ # why', 'name: y\n', '    a: # why\n      name: y\n'],
    ['with a slash behind it', '    ./a/:\n      name: x', 'name: y\n', '    ./a/:\n      name: y\n'],
  ])('%s', (_title, line, said, expected) => {
    expect(changed(file('  scopes:', line), { a: said })).toContain(expected);
  });

  it.each([
    ['what others refer to', file('  scopes:', '    a: &x', '      name: a', '    b: *x'), { a: null }],
    ['a text', file('  scopes:', '    a: text'), { a: 'name: x\n' }],
    ['a list in braces', file('  scopes: { a: { name: x } }'), { b: 'name: x\n' }],
    ['what is no YAML', 'name: [', { a: 'name: x\n' }],
    ['by what is none', two, { a: 'name: [\n' }],
  ])('but not %s', (_title, text, edits) => {
    expect(changed(text, edits)).toBeNull();
  });
});

it('an entry is read as a text of its own, with its remarks', () => {
  const text = file(
    '  scopes:',
    '    a:',
    '      # one',
    '      name: a # two',
    '      list:',
    '        - 1',
    '    b: {x: 1}',
  );
  const list = new ListText(text);
  expect(list.at({ line: 5, column: 5 })).toEqual({
    text: 'name: a # two\nlist:\n  - 1\n',
    value: { name: 'a', list: [1] },
    isBare: false,
    isWhole: true,
  });
  expect(list.at({ line: 10, column: 5 })).toMatchObject({ text: '{x: 1}', value: { x: 1 }, isBare: false });
  expect(list.at({ line: 1, column: 1 })).toBeNull();
});

const names = fc.constantFrom('a', 'b', 'c/d', '@e', 'f g', '.h', '10', 'null');
const said = fc.constantFrom(
  '',
  'name: x\n',
  'type: "y"\ndependencies: [/a, /b]\n',
  'a:\n  - b: 1\n    c: |\n      text\n',
);
const edits = fc.dictionary(names, fc.option(said), { maxKeys: 5 });

it('whatever is put in, changed and taken out, the others say the same', () => {
  fc.assert(
    fc.property(edits, edits, fc.boolean(), (first, second, crlf) => {
      const start = crlf ? two.replaceAll('\n', '\r\n') : two;
      const between = changed(start, first) ?? '';
      const after = changed(between, second) ?? '';
      const wanted = { a: { name: 'a' }, c: { name: 'c' }, ...values(first), ...values(second) };
      const expected = Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined));
      const read = parse(after) as { agent_coordination: { scopes: unknown } };
      expect(read.agent_coordination.scopes ?? {}).toEqual(expected);
    }),
  );
});

function values(given: Readonly<Record<string, string | null>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(given).map(([path, text]) => [path, text === null ? undefined : parse(text)]),
  );
}
