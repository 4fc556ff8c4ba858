import fc from 'fast-check';
import { expect, it, test } from 'vitest';
import { stringify } from 'yaml';
import { escapeUnclear } from '../../core/index.ts';
import { contextKinds } from '../kinds.ts';
import { examineContext } from './examine.ts';
import { bytesOf, found, listWith, messages } from './testing.ts';

it.each([
  ['not UTF-8', Uint8Array.of(0xff, 0xfe, 0x00), 'NOT_UTF8'],
  ['too large', new Uint8Array(1024 * 1024 + 1).fill(0x20), 'FILE_TOO_LARGE'],
  ['too deep', bytesOf('['.repeat(200)), 'TOO_DEEP'],
  ['a crowd of small things', bytesOf(`a: [${'1,'.repeat(60_000)}]`), 'TOO_COMPLEX'],
  ['no YAML', bytesOf('todos: [}'), 'YAML_SYNTAX'],
  ['twice the same key', bytesOf('todos: []\ntodos: []'), 'DUPLICATE_KEY'],
  ['several documents', bytesOf('a: 1\n---\nb: 2'), 'SEVERAL_DOCUMENTS'],
])('a file that is %s has an error, and no entries', (_what, bytes, rule) => {
  const { design, entries, problems } = examineContext('c.yaml', 'todos', bytes);
  expect({ design, entries, rule: problems[0]?.rule }).toEqual({ design: 'none', entries: [], rule });
  expect(problems[0]).toMatchObject({ file: 'c.yaml', entry: null, severity: 'error' });
});

it('follows aliases, and none of them in a circle', () => {
  const text =
    'x: &when 2026-01-31T09:00:00Z\ntodos:\n  - {id: a, title: A, status: pending, priority: low, created_at: *when}\n';
  expect(found('todos', text)).toEqual([]);
  expect(found('todos', 'todos: &t [*t, {id: *t}]').length).toBeGreaterThan(0);
  expect(found('todos', 'active: &t {x: *t, context: *t}').length).toBeGreaterThan(0);
});

it('checks once what many aliases stand for', () => {
  const anchor = `x: &x [${'y'.repeat(101)}, ${'y, '.repeat(15_000)}y]\n`;
  const aliases = `conventions:\n${`  - {tools: *x}\n`.repeat(90)}`;
  expect(found('conventions', anchor + aliases).filter((text) => text.includes('TOO_LONG'))).toEqual([
    'warning TOO_LONG 1:8 -',
  ]);
});

it('tells a bounded number of problems, and errors before warnings', () => {
  const ids = Array.from({ length: 900 }, (_, index) => `  - {id: "t ${index}"}`);
  const problems = found('todos', `todos:\n${ids.join('\n')}\n`);
  expect(problems.filter((text) => text.startsWith('error')).length).toBe(500);
  expect(problems.length).toBe(1001);
  expect(problems.at(-1)).toBe('warning TOO_MANY_PROBLEMS - -');
});

it('shows what drives a terminal as an escape', () => {
  const hostile = listWith('todos', { status: '\u001b[2J\u202e', id: '\u001b]0;x\u0007' });
  const told = messages('todos', hostile);
  expect(told.length).toBeGreaterThan(1);
  expect(told.filter((text) => escapeUnclear(text) !== text)).toEqual([]);
});

const node = fc.letrec<{ any: unknown }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 5 },
    fc.constantFrom(null, true, 7, 1.5, '', 'pending', 'done', 'a', '2026-01-31', '2026-01-31T09:00:00Z'),
    fc.array(tie('any'), { maxLength: 3 }),
    fc.dictionary(
      fc.constantFrom(
        'id',
        'title',
        'status',
        'context',
        'related_files',
        'created_at',
        'tags',
        'usage',
        '__proto__',
      ),
      tie('any'),
      { maxKeys: 5 },
    ),
  ),
})).any;

const keys = [
  'entries',
  'categories',
  'components',
  'todos',
  'tasks',
  'active',
  'completed',
  'decisions',
  'patterns',
  'conventions',
];

test('whatever stands in a file, it is read without a throw, and each problem has a place in it', () => {
  const file = fc.dictionary(fc.constantFrom(...keys), node, { maxKeys: 4 });
  fc.assert(
    fc.property(file, fc.constantFrom(...contextKinds), (content, kind) => {
      const text = stringify(content);
      const lines = text.split('\n').length;
      for (const { line, column, message, rule } of examineContext('c.yaml', kind, bytesOf(text)).problems) {
        expect(line === null || (line >= 1 && line <= lines)).toBe(true);
        expect(line === null).toBe(column === null);
        expect(message.length).toBeGreaterThan(10);
        expect(rule).toMatch(/^[A-Z_]+$/);
      }
    }),
    { numRuns: 300 },
  );
});

test('whatever bytes a file has, it is read without a throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.constantFrom(...contextKinds), (bytes, kind) => {
      expect(examineContext('c.yaml', kind, bytes).problems).toBeInstanceOf(Array);
    }),
    { numRuns: 500 },
  );
});

test('whatever is nearly YAML, it is read without a throw', () => {
  const piece = fc.constantFrom(
    'todos:',
    '\n',
    '  ',
    '- ',
    'id: a',
    '&a ',
    '*a',
    '? ',
    ': ',
    '[',
    ']',
    '{',
    '}',
    '|',
    '>',
    '"',
    "'",
    '#',
    '!!x ',
    '%',
    '---',
    ',',
    '\t',
    'active:',
    'é',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), fc.constantFrom(...contextKinds), (pieces, kind) => {
      const { yaml, problems } = examineContext('c.yaml', kind, bytesOf(pieces.join('')));
      expect(yaml !== null || problems.some(({ severity }) => severity === 'error')).toBe(true);
    }),
    { numRuns: 2_000 },
  );
});
