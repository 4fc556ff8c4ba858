import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addEntry, removeEntry, setFields, type Changed, type ContextText } from './change.ts';
import type { ContextKind } from './kinds.ts';

const file = (kind: ContextKind, text: string | null): ContextText => ({
  path: `.rhema/${kind}.yaml`,
  kind,
  text,
});
const textOf = (changed: Changed): string => (changed.kind === 'changed' ? changed.text : changed.kind);
const lines = (...all: readonly string[]): string => `${all.join('\n')}\n`;

const todos = lines(
  '# what is left',
  'todos:',
  '  # first',
  '  - id: one',
  '    title: Do it   # soon',
  '    tags: [a, b]',
  '',
  '  - id: two',
  '    title: "Two"',
  '    description: |',
  '      Long.',
  '',
  '      Longer.',
  '    status: pending',
  'categories:',
  '  a: b',
);

describe('an entry is added', () => {
  const add = (text: string | null, kind: ContextKind = 'todos'): string =>
    textOf(addEntry(file(kind, text), { id: 'new', fields: { title: 'N: 1' }, collection: null }));

  it('behind the last one, and nothing else is touched', () => {
    expect(add(todos)).toBe(
      todos.replace('    status: pending\n', '    status: pending\n  - id: new\n    title: "N: 1"\n'),
    );
  });
  it.each([
    ['no file', null, 'todos:\n  - id: new\n    title: "N: 1"\n'],
    ['a file of remarks', '# none yet', '# none yet\ntodos:\n  - id: new\n    title: "N: 1"\n'],
    ['an empty list', 'todos: []\n', 'todos:\n  - id: new\n    title: "N: 1"\n'],
    ['a key without a value', 'todos:\n', 'todos:\n  - id: new\n    title: "N: 1"\n'],
    ['another key only', 'categories: {}\n', 'categories: {}\ntodos:\n  - id: new\n    title: "N: 1"\n'],
    [
      'a map',
      'active:\n  old:\n    title: O\n',
      'active:\n  old:\n    title: O\n  new:\n    title: "N: 1"\n',
    ],
    ['an empty map', 'active: {}\n', 'active:\n  new:\n    title: "N: 1"\n'],
    ['a list in brackets', 'todos: [{id: a}]\n', 'todos: [{id: a}, {"id":"new","title":"N: 1"}]\n'],
    [
      'other line ends',
      'todos:\r\n  - id: a\r\n',
      'todos:\r\n  - id: a\r\n  - id: new\r\n    title: "N: 1"\r\n',
    ],
  ])('to %s', (_title, text, expected) => {
    expect(add(text)).toBe(expected);
  });
  it('where a decision stands in a map', () => {
    expect(add('decisions:\n  ADR-001:\n    title: O\n', 'decisions')).toBe(
      'decisions:\n  ADR-001:\n    title: O\n  new:\n    title: "N: 1"\n',
    );
  });
  it('not twice under one id', () => {
    expect(addEntry(file('todos', todos), { id: 'one', fields: {}, collection: null })).toMatchObject({
      code: 'ENTRY_EXISTS',
    });
  });
  it('not under a key that holds no entries', () => {
    const wish = { id: 'x', fields: {}, collection: 'categories' };
    expect(addEntry(file('todos', todos), wish)).toMatchObject({ code: 'ENTRY_NOT_EDITABLE' });
  });
});

describe('keys of an entry are set', () => {
  const set = (text: string, fields: Record<string, unknown>, ...unset: readonly string[]): string =>
    textOf(setFields(file('todos', text), { id: 'two', set: fields, unset }));

  it('in place of a text over several lines', () => {
    expect(set(todos, { description: 'Short' })).toBe(
      todos.replace('description: |\n      Long.\n\n      Longer.\n', 'description: Short\n'),
    );
  });
  it('to a text over several lines', () => {
    expect(set(todos, { title: 'A\nB' })).toBe(
      todos.replace('    title: "Two"\n', '    title: |-\n      A\n      B\n'),
    );
  });
  it('to a list, and behind what there is', () => {
    expect(set(todos, { tags: ['a', 'no'] })).toBe(
      todos.replace('    status: pending\n', '    status: pending\n    tags:\n      - a\n      - "no"\n'),
    );
  });
  it('and a remark behind a value stays', () => {
    const text = lines('todos:', '  - id: two', '    status: pending # since May');
    expect(set(text, { status: 'blocked', tags: undefined })).toBe(text.replace('pending', 'blocked'));
  });
  it('on one line where a remark stands behind it', () => {
    const text = lines('todos:', '  - id: two', '    tags: x # none');
    expect(set(text, { tags: ['a', 'b'] })).toBe(text.replace('x #', '["a","b"] #'));
  });
  it('in braces', () => {
    expect(set('todos: [{id: two, a: 1}]\n', { a: [2], b: 'c d' })).toBe(
      'todos: [{id: two, a: [2], "b": "c d"}]\n',
    );
  });
  it('and others taken out, the first one too', () => {
    const text = lines('todos:', '  - title: T', '    id: two', '    tags:', '      - a # x', '    rest: r');
    expect(set(text, {}, 'title', 'tags')).toBe(lines('todos:', '  - id: two', '    rest: r'));
  });
  it('and nothing is changed where they say so already', () => {
    expect(set(todos, { title: 'Two' }, 'nothing')).toBe('unchanged');
  });
  it('but not where a remark stands between the key and its value', () => {
    expect(set(lines('todos:', '  - id: two', '    tags: # mine', '      - a'), { tags: ['b'] })).toBe(
      'refused',
    );
  });
  it('but not where others refer to it', () => {
    const text = lines('todos:', '  - &it', '    id: two', '  - id: x', '    copy: *it');
    expect(set(text, { title: 'T' })).toBe('refused');
  });
  it('of no entry that is not there', () => {
    expect(setFields(file('todos', todos), { id: 'tow', set: {}, unset: [] })).toMatchObject({
      kind: 'refused',
    });
    expect(setFields(file('todos', todos), { id: 'tow', set: { a: 1 }, unset: [] })).toMatchObject({
      code: 'ENTRY_NOT_FOUND',
      message: '.rhema/todos.yaml has no entry "tow": it has one, two',
    });
  });
});

describe('an entry is removed', () => {
  const remove = (text: string, id = 'one', kind: ContextKind = 'todos'): string =>
    textOf(removeEntry(file(kind, text), id));

  it('with its lines and no others', () => {
    expect(remove(todos)).toBe(
      todos.replace('  - id: one\n    title: Do it   # soon\n    tags: [a, b]\n', ''),
    );
    expect(remove(todos, 'two')).toBe(todos.replace(/ {2}- id: two\n[^]*status: pending\n/, ''));
  });
  it('and the remarks behind a last key without a value stay', () => {
    const text = lines('todos:', '  - id: one', '    rest:', '# tail', '  - id: two', '    rest:', '# end');
    expect(remove(text)).toBe(lines('todos:', '# tail', '  - id: two', '    rest:', '# end'));
    expect(remove(text, 'two')).toBe(lines('todos:', '  - id: one', '    rest:', '# tail', '# end'));
    expect(remove('todos:\n- id: one\n  rest:\n# tail\n')).toBe('todos: []\n# tail\n');
  });
  it('so that an empty list is left', () => {
    expect(remove('todos:\n  - id: one\n    a: b\nmore: 1\n')).toBe('todos: []\nmore: 1\n');
    expect(remove('active:\n  one:\n    a: b\n')).toBe('active: {}\n');
  });
  it('out of a map, and out of brackets', () => {
    expect(remove('active:\n  one:\n    a: b\n  two: {}\n')).toBe('active:\n  two: {}\n');
    expect(remove('todos: [{id: one}, {id: two}]\n')).toBe('todos: [{id: two}]\n');
    expect(remove('active: {zero: {}, one: {}}\n')).toBe('active: {zero: {}}\n');
  });
});

it('two entries of one id are not told apart', () => {
  const text = lines('todos:', '  - id: a', '  - id: a');
  expect(removeEntry(file('todos', text), 'a')).toMatchObject({ code: 'ENTRY_NOT_EDITABLE' });
  expect(setFields(file('todos', text), { id: 'a', set: { b: 1 }, unset: [] })).toMatchObject({
    code: 'ENTRY_NOT_EDITABLE',
  });
});

it('a file that cannot be read is not changed', () => {
  expect(removeEntry(file('todos', 'todos: [\n'), 'one')).toMatchObject({
    code: 'CONTEXT_UNREADABLE',
    message: expect.stringContaining('.rhema/todos.yaml:') as string,
  });
  expect(removeEntry(file('todos', '- a\n'), 'one')).toMatchObject({ code: 'CONTEXT_UNREADABLE' });
});

/** A text of many layouts, its entries with the ids a, b, c ... each on lines of its own. */
const laidOut = fc
  .record({
    eol: fc.constantFrom('\n', '\r\n'),
    head: fc.constantFrom('', '# head', '---'),
    indent: fc.constantFrom('', '  ', '    '),
    entries: fc.array(
      fc.record({
        before: fc.constantFrom(null, '', '# of the next'),
        keys: fc.array(
          fc.constantFrom(
            ['title: plain'],
            ['title: "quoted # text"  # remark'],
            ['text: >', '  folded', '', '  on'],
            ['text: |+', '  kept', ''],
            ['list:', '  - x', '  # within', '  - y: z'],
            ['list:', '- x'],
            ['flow: {a: [1, 2], b: "c"}'],
            ['empty:'],
          ),
          { minLength: 1, maxLength: 4 },
        ),
      }),
      { minLength: 1, maxLength: 5 },
    ),
    tail: fc.constantFrom('', '# tail', 'more: 1'),
  })
  .map(({ eol, head, indent, entries, tail }) => {
    const body = entries.flatMap(({ before, keys }, index) => {
      const unique = [...new Map(keys.map((key) => [key[0]?.split(':')[0], key])).values()];
      const block = [`id: ${idAt(index)}`, ...unique.flat()];
      return [
        ...(before === null ? [] : [before === '' ? '' : `${indent}${before}`]),
        ...block.map((line, at) => (line === '' ? '' : `${indent}${at === 0 ? '- ' : '  '}${line}`)),
      ];
    });
    const all = [...(head === '' ? [] : [head]), 'todos:', ...body, ...(tail === '' ? [] : [tail])];
    return { text: all.join(eol) + eol, count: entries.length, eol };
  });

const idAt = (index: number): string => String.fromCodePoint(97 + index);
const value = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.integer(),
  fc.boolean(),
  fc.array(fc.string(), { maxLength: 3 }),
  fc.dictionary(
    fc.string({ minLength: 1 }).filter((key) => key !== '__proto__'),
    fc.string(),
    { maxKeys: 3, noNullPrototype: true },
  ),
  fc.constantFrom(
    'no',
    '1.0',
    '2024-01-01',
    'a: b',
    '# x',
    '- x',
    '',
    ' ',
    'x\n',
    '\nx',
    'x\n\n',
    '\t',
    '|',
    '&a',
    '*a',
  ),
);

/** What is left of one text where another differs from it. */
function differing(before: string, after: string): { readonly gone: string; readonly at: number } {
  let start = 0;
  while (start < before.length && before[start] === after[start]) start += 1;
  let end = 0;
  const most = Math.min(before.length, after.length) - start;
  while (end < most && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  return { gone: before.slice(start, before.length - end), at: start };
}

describe('whatever the layout', () => {
  it('an entry that is added changes no other byte', () => {
    fc.assert(
      fc.property(laidOut, value, ({ text }, title) => {
        const added = addEntry(file('todos', text), { id: 'new', fields: { title }, collection: null });
        expect(added.kind).toBe('changed');
        expect(differing(text, textOf(added)).gone).toBe('');
      }),
    );
  });
  it('a key that is set changes its entry alone, to what was meant', () => {
    fc.assert(
      fc.property(
        laidOut,
        fc.nat(4),
        fc.constantFrom('title', 'text', 'list', 'flow', 'new'),
        value,
        (laid, nth, key, to) => {
          const id = idAt(nth % laid.count);
          const changed = setFields(file('todos', laid.text), { id, set: { [key]: to }, unset: [] });
          expect(changed.kind).not.toBe('refused');
          if (changed.kind !== 'changed') return;
          const { gone, at } = differing(laid.text, changed.text);
          const from = laid.text.indexOf(`- id: ${id}`);
          const next = laid.text.indexOf(`- id: `, from + 1);
          expect(at).toBeGreaterThan(from);
          expect(at + gone.length).toBeLessThanOrEqual(next === -1 ? laid.text.length : next);
          expect(gone).not.toMatch(/# (head|of the next|tail|remark)/);
        },
      ),
    );
  });
  it('an entry that is removed takes its own lines with it', () => {
    fc.assert(
      fc.property(laidOut, fc.nat(4), (laid, nth) => {
        const id = idAt(nth % laid.count);
        const removed = removeEntry(file('todos', laid.text), id);
        // A text that keeps the empty lines at its end would have more of them.
        if (removed.kind === 'refused' && /\|\+/.test(laid.text)) return;
        expect(removed.kind).toBe('changed');
        const after = textOf(removed);
        for (let index = 0; index < laid.count; index += 1)
          expect(after.includes(`- id: ${idAt(index)}`)).toBe(idAt(index) !== id);
        const kept = (text: string): number =>
          text.split(/#/).filter((part) => / (head|of the next|tail)/.test(part)).length;
        expect(kept(after)).toBe(kept(laid.text));
      }),
    );
  });
});
