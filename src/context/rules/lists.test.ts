import { describe, expect, it, test } from 'vitest';
import { contextKinds, type ContextKind } from '../kinds.ts';
import { found, listWith, messages, soundKeys } from './testing.ts';

describe.each(contextKinds)('%s in a list', (kind) => {
  it('is sound with what upstream needs', () => {
    expect(found(kind, listWith(kind))).toEqual([]);
  });

  it.each(soundKeys(kind))('needs %s', (key) => {
    const problems = found(kind, listWith(kind, { [key]: undefined }));
    expect(problems).toEqual([`error KEY_MISSING 3:5 ${key === 'id' ? '-' : 'a'}`]);
    // Nothing under the key is no better than no key.
    expect(found(kind, listWith(kind, { [key]: null }))).toEqual(problems);
  });

  it('keeps keys that nobody knows, and does not mention them', () => {
    expect(found(kind, listWith(kind, { mood: { x: [1, 2] }, 'x-team': 'core' }))).toEqual([]);
  });

  it('has no merge keys that are followed, and that is told', () => {
    const text = `base: &base { mood: x }\n${listWith(kind).trimEnd()}\n    <<: *base\n`;
    expect(found(kind, text)).toEqual([expect.stringMatching(/^warning MERGE_KEY .* a$/)]);
    expect(messages(kind, text)[0]).toMatch(/"a": `<<` is not followed, .*write out the keys/);
  });

  it('has no two entries of one id', () => {
    const text = listWith(kind);
    const twice = text + text.slice(text.indexOf('\n') + 1);
    const line = text.split('\n').length + 1;
    expect(found(kind, twice)).toEqual([`error ID_REPEATED ${line}:5 a`]);
    expect(messages(kind, twice)[0]).toMatch(/ "a" has the id of the one in line 3: give it another$/);
  });
});

const day = '2026-01-31T09:00:00Z';

/** What is written, and what is said of it. */
const rows: readonly (readonly [ContextKind, Record<string, unknown>, string[]])[] = [
  ['todos', { title: ' ' }, ['error TITLE_BLANK a']],
  ['knowledge', { content: '' }, ['error CONTENT_BLANK a']],
  ['decisions', { description: '' }, ['error DESCRIPTION_BLANK a']],
  ['patterns', { name: '' }, ['error NAME_BLANK a']],
  ['todos', { title: { en: 'x' } }, ['error WRONG_TYPE a']],
  ['todos', { title: 7 }, ['warning WRONG_TYPE a']],
  ['todos', { title: 'x'.repeat(201) }, ['warning TOO_LONG a']],
  ['todos', { title: '🫠'.repeat(200) }, []],
  ['knowledge', { tags: ['x'.repeat(51)] }, ['warning TOO_LONG a']],
  ['knowledge', { tags: 'one' }, ['warning WRONG_TYPE a']],
  ['knowledge', { tags: { a: 1 } }, ['error WRONG_TYPE a']],
  ['todos', { id: 't 1' }, ['warning ID_FORM t 1']],
  ['todos', { id: 7 }, ['warning WRONG_TYPE 7']],
  ['todos', { status: 'waiting' }, ['error STATUS_UNKNOWN a']],
  ['todos', { status: 'todo' }, ['warning WORD_OF_OTHER_DESIGN a']],
  ['todos', { status: 'in-progress' }, ['warning WORD_SPELT_OTHERWISE a']],
  ['todos', { status: 'toString' }, ['error STATUS_UNKNOWN a']],
  ['todos', { priority: 'urgent' }, ['error PRIORITY_UNKNOWN a']],
  ['decisions', { status: 'superseded' }, ['warning WORD_OF_OTHER_DESIGN a']],
  ['decisions', { status: 'maybe' }, ['error STATUS_UNKNOWN a']],
  ['patterns', { usage: 'widespread' }, ['warning WORD_OF_OTHER_DESIGN a']],
  ['patterns', { usage: 'never' }, ['error USAGE_UNKNOWN a']],
  ['conventions', { enforcement: 'strict' }, ['error ENFORCEMENT_UNKNOWN a']],
  ['knowledge', { confidence: 11 }, ['warning OUT_OF_RANGE a']],
  ['knowledge', { confidence: 'high' }, ['warning WRONG_TYPE a']],
  ['knowledge', { confidence: 'maybe' }, ['error WRONG_TYPE a']],
  ['knowledge', { confidence: 10 }, []],
  ['todos', { due_date: 'soon' }, ['error DATE_INVALID a']],
  ['todos', { due_date: '2026-02-30' }, ['error DATE_INVALID a']],
  ['todos', { due_date: '2026-02-28' }, ['warning DATE_FORM a']],
  ['todos', { due_date: '2026-02-28T10:00:00' }, ['warning DATE_FORM a']],
  ['todos', { due_date: '2026-02-28T10:00:00.5+01:00' }, []],
  ['todos', { status: 'completed' }, ['error COMPLETED_AT_MISSING a']],
  ['todos', { status: 'completed', completed_at: day }, []],
  ['todos', { completed_at: day }, ['error COMPLETED_AT_UNEXPECTED a']],
  ['todos', { status: 'done' }, ['warning COMPLETED_AT_MISSING a', 'warning WORD_OF_OTHER_DESIGN a']],
  ['decisions', { review_date: '2026-01-30T09:00:00Z' }, ['error REVIEW_BEFORE_DECISION a']],
  ['decisions', { review_date: '2026-01-31' }, ['warning DATE_FORM a']],
  ['patterns', { related_patterns: ['a'] }, []],
  ['patterns', { related_patterns: ['b'] }, ['warning RELATED_UNKNOWN a']],
];

test.each(rows)('%s with %j', (kind, over, expected) => {
  const told = found(kind, listWith(kind, over)).map((text) => text.replace(/ \d+:\d+ /, ' '));
  expect(told.toSorted()).toEqual(expected);
});

it('says of a number that is out of range just that, and not that it is text', () => {
  expect(messages('knowledge', listWith('knowledge', { confidence: 11 }))).toEqual([
    'entry "a": `confidence` is 11, out of range: write a whole number from 1 to 10',
  ]);
});

it('names the word of this design, and the words that there are', () => {
  expect(messages('todos', listWith('todos', { status: 'todo' }))).toEqual([
    'todo "a": `status` is "todo", a word of the other design of this file: write pending',
  ]);
  expect(messages('todos', listWith('todos', { status: 'x' }))).toEqual([
    'todo "a": `status` is "x": write one of pending, in_progress, blocked, completed, cancelled',
  ]);
});

it('tells the place of a value, in lists too', () => {
  const text = 'entries:\n  - id: a\n    title: A\n    content: B\n    created_at: 2026-01-31T09:00:00Z\n';
  const tags = `    tags:\n      - ok\n      - ${'x'.repeat(51)}\n`;
  expect(found('knowledge', text + tags)).toEqual(['warning TOO_LONG 8:9 a']);
  expect(messages('knowledge', text + tags)).toEqual([
    'entry "a": `tags[1]` has 51 letters: write at most 50',
  ]);
});

describe('categories', () => {
  const of = (categories: string): string => `${listWith('knowledge', { category: 'auth' })}${categories}`;

  it.each([
    ['none at all', '', []],
    ['nothing yet', 'categories:', []],
    ['it', 'categories: {auth: who is who}', []],
    ['others', 'categories: {db: tables}', ['error CATEGORY_UNKNOWN 7:15 a']],
    ['a list of names', 'categories: [auth]', ['warning WRONG_TYPE 8:13 -']],
    ['text', 'categories: auth', ['error WRONG_TYPE 8:13 -']],
  ])('where the file has %s', (_what, categories, expected) => {
    expect(found('knowledge', of(categories))).toEqual(expected);
  });
});
