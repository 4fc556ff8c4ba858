import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { addEntry, removeEntry, setFields, type Changed } from './change.ts';
import { mergeContext, type Merged } from './merge.ts';

const base = `# remarks of base
todos:
  - id: one
    title: One
    status: pending
  - id: two
    title: Two
categories:
  a: A
`;
const edited = (text: string, ...edits: readonly (readonly [string, string])[]): string =>
  edits.reduce((now, [from, to]) => {
    expect(now).toContain(from);
    return now.replace(from, to);
  }, text);
const merged = (mine: string, theirs: string): Merged => mergeContext({ kind: 'todos', base, mine, theirs });

describe('two versions are brought together', () => {
  it.each([
    [
      'another entry each',
      [['Two\n', 'Two\n  - id: my\n    title: M\n']],
      [['Two\n', 'Two\n  - id: their\n    title: T\n']],
      [['Two\n', 'Two\n  - id: their\n    title: T\n  - id: my\n    title: M\n']],
    ],
    [
      'another key of one entry each',
      [['pending', 'done']],
      [['One', 'Uno']],
      [
        ['pending', 'done'],
        ['One', 'Uno'],
      ],
    ],
    ['the same by both', [['pending', 'done']], [['pending', 'done']], [['pending', 'done']]],
    [
      'one removes what the other left alone',
      [['  - id: two\n    title: Two\n', '']],
      [['pending', 'done']],
      [
        ['  - id: two\n    title: Two\n', ''],
        ['pending', 'done'],
      ],
    ],
    [
      'a key at the top',
      [['a: A', 'a: B']],
      [
        ['One', 'Uno'],
        ['of base', 'of theirs'],
      ],
      [
        ['a: A', 'a: B'],
        ['One', 'Uno'],
        ['of base', 'of theirs'],
      ],
    ],
  ] as const)('%s', (_title, mine, theirs, expected) => {
    expect(merged(edited(base, ...mine), edited(base, ...theirs))).toEqual({
      kind: 'merged',
      text: edited(base, ...expected),
    });
  });

  it('a todo that one moves to what is completed', () => {
    const kind = 'todos';
    const from = 'active:\n  a: { title: A }\n  b: { title: B }\n';
    const mine = 'active:\n  b: { title: B }\ncompleted:\n  a:\n    title: A\n';
    const theirs = 'active:\n  a: { title: A }\n  b: { title: Be }\n';
    const result = mergeContext({ kind, base: from, mine, theirs });
    expect(result.kind === 'merged' && parse(result.text)).toEqual({
      active: { b: { title: 'Be' } },
      completed: { a: { title: 'A' } },
    });
  });

  it.each([
    [
      'one key to different things',
      [['pending', 'done']],
      [['pending', 'blocked']],
      { id: 'one', key: 'status', base: 'pending', mine: 'done', theirs: 'blocked' },
    ],
    [
      'removed here and changed there',
      [['  - id: two\n    title: Two\n', '']],
      [['Two', 'Zwei']],
      { id: 'two', key: null },
    ],
    [
      'changed here and removed there',
      [['Two', 'Zwei']],
      [['  - id: two\n    title: Two\n', '']],
      { id: 'two', key: null, theirs: undefined },
    ],
    [
      'one id for two new entries',
      [['Two\n', 'Two\n  - id: x\n    title: M\n']],
      [['Two\n', 'Two\n  - id: x\n    title: T\n']],
      { id: 'x', key: null, base: undefined },
    ],
    ['a key at the top', [['a: A', 'a: B']], [['a: A', 'a: C']], { id: null, key: 'categories' }],
  ] as const)('but not %s', (_title, mine, theirs, clash) => {
    const result = merged(edited(base, ...mine), edited(base, ...theirs));
    expect(result).toMatchObject({ kind: 'clash', clashes: [clash] });
  });

  it.each([
    ['cannot be read', 'todos: [\n'],
    ['has no id', 'todos:\n  - title: T\n'],
    ['have one id', 'todos:\n  - id: a\n  - id: a\n'],
    ['form of their own', 'todos: text\n'],
  ])('nor where a version %s', (why, theirs) => {
    expect(merged(base, theirs)).toEqual({
      kind: 'unmergeable',
      why: expect.stringContaining(why) as string,
    });
  });
});

const changes = fc.array(
  fc.record({
    act: fc.constantFrom('add', 'set', 'unset', 'remove'),
    at: fc.nat(3),
    value: fc.constantFrom('x', 'no', 'a\nb', 7, ['l'], true),
  }),
  { maxLength: 5 },
);
const textOf = (changed: Changed, before: string): string =>
  changed.kind === 'changed' ? changed.text : before;

/** Changes of entries, or keys, whose names end in a letter: two that have letters of their own never clash. */
function play(
  text: string,
  letter: string,
  acts: readonly { act: string; at: number; value: unknown }[],
): string {
  return acts.reduce((now, { act, at, value }) => {
    const file = { path: 'todos.yaml', kind: 'todos', text: now } as const;
    const id = `${at}${letter}`;
    const shared = `shared${at}`;
    if (act === 'add') return textOf(addEntry(file, { id, fields: { title: value }, collection: null }), now);
    if (act === 'remove') return textOf(removeEntry(file, id), now);
    const set = act === 'set' ? { [letter]: value } : {};
    return textOf(setFields(file, { id: shared, set, unset: act === 'unset' ? [letter] : [] }), now);
  }, text);
}

it('whatever two change apart from each other is all there in the end, whoever comes first', () => {
  const shared = [0, 1, 2, 3].map((at) => `  - id: shared${at}\n    m: 1\n    t: 1\n`).join('');
  const from = play(`todos:\n${shared}`, 'm', [{ act: 'add', at: 0, value: 'm' }]);
  const begun = play(from, 't', [{ act: 'add', at: 0, value: 't' }]);
  fc.assert(
    fc.property(changes, changes, (my, their) => {
      const [mine, theirs] = [play(begun, 'm', my), play(begun, 't', their)];
      const both = play(mine, 't', their);
      const result = mergeContext({ kind: 'todos', base: begun, mine, theirs });
      if (result.kind !== 'merged') throw new Error(JSON.stringify(result));
      expect(asMap(result.text)).toEqual(asMap(both));
    }),
  );
});

function asMap(text: string): object {
  const { todos } = parse(text) as { todos: readonly { id: string }[] };
  return Object.fromEntries(todos.map((todo) => [todo.id, todo]));
}
