import { describe, expect, it, test } from 'vitest';
import { contextKinds, type ContextKind } from '../kinds.ts';
import type { ContextAround } from './around.ts';
import { examineContext } from './examine.ts';
import { bytesOf, found, listWith, messages } from './testing.ts';

const designIn = (kind: ContextKind, text: string): string =>
  examineContext('c.yaml', kind, bytesOf(text)).design;

test.each([
  ['todos', 'todos: []', 'list'],
  ['todos', 'todos:', 'list'],
  ['todos', 'active: {}', 'map'],
  ['todos', 'todos: []\nactive: {}', 'mixed'],
  ['todos', 'other: []', 'none'],
  ['todos', '- a', 'none'],
  ['todos', '', 'none'],
  ['todos', 'todos: {', 'none'],
  ['decisions', 'decisions: []', 'list'],
  ['decisions', 'decisions: {}', 'map'],
  ['conventions', 'conventions: []\ntesting: vitest', 'list'],
] as const)('%s of %j is of design %s', (kind, text, design) => {
  expect(designIn(kind, text)).toBe(design);
});

describe('a file without entries', () => {
  const usual = { knowledge: 'entries', todos: 'todos', decisions: 'decisions', patterns: 'patterns' };

  it.each(contextKinds)('of %s is sound with an empty list', (kind) => {
    const key = { ...usual, conventions: 'conventions' }[kind];
    expect(found(kind, `# begun\n${key}: []\n`)).toEqual([]);
    expect(found(kind, `${key}:\n`)).toEqual(['warning WRONG_TYPE 1:1 -']);
    expect(found(kind, `${key}: some\n`)).toEqual([`error WRONG_TYPE 1:${key.length + 3} -`]);
    expect(found(kind, '# begun\n')).toEqual(['warning EMPTY_FILE - -']);
    expect(found(kind, 'other: 1\n')).toEqual(['warning KEY_MISSING - -']);
    expect(found(kind, '- 1\n')).toEqual(['error NOT_A_MAP 1:1 -']);
  });
});

describe('todos in a map', () => {
  const active = (fields: string): string => `active:\n  t1: {title: A, priority: low, ${fields}}\n`;

  it.each([
    ['status: todo, created: 2026-01-31', []],
    ['status: review, created: 2026-01-31T09:00:00Z', []],
    ['status: pending, created: 2026-01-31', ['warning WORD_OF_OTHER_DESIGN 2:41 t1']],
    ['status: nope, created: 2026-01-31', ['error STATUS_UNKNOWN 2:41 t1']],
    ['status: todo', ['error KEY_MISSING 2:3 t1']],
    ['status: todo, created_at: 2026-01-31T09:00:00Z', ['warning KEY_CALLED_OTHERWISE 2:47 t1']],
  ])('with %s', (fields, expected) => {
    expect(found('todos', active(fields))).toEqual(expected);
  });

  it('names the word of this design', () => {
    expect(messages('todos', active('status: completed, created: 2026-01-31'))[0]).toMatch(/: write done$/);
    expect(messages('todos', active('status: cancelled, created: 2026-01-31'))[0]).toMatch(
      /: write one of todo, in_progress, blocked, review, done$/,
    );
  });

  it('that are completed need to say when', () => {
    expect(found('todos', 'completed: {t1: {title: A}}')).toEqual(['error KEY_MISSING 1:13 t1']);
    expect(found('todos', 'completed: {t1: {title: A, completed: 2026-01-31}}')).toEqual([]);
  });

  it('are told when no map, and when one of both parts of the file has the id of the other', () => {
    expect(found('todos', 'active: []')).toEqual(['error WRONG_TYPE 1:9 -']);
    expect(found('todos', 'active: {t1: soon}')).toEqual(['error WRONG_TYPE 1:10 t1']);
    const both = `${active('status: todo, created: 2026-01-31')}completed: {t1: {title: A, completed: 2026-01-31}}`;
    expect(found('todos', both)).toEqual(['warning ID_REPEATED 3:13 t1']);
  });
});

test('decisions in a map have a number', () => {
  const of = (id: string): string =>
    `decisions: {one: {id: ${id}, title: A, date: 2026-01-31, status: accepted}}`;
  expect(found('decisions', of('ADR-001'))).toEqual([]);
  expect(found('decisions', of('D1'))).toEqual(['error ID_FORM 1:23 one']);
});

test('what stands in maps of which the schemas need nothing may be anything', () => {
  expect(found('conventions', 'testing: {runner: vitest}\ndeployment: by hand\n')).toEqual([]);
  expect(found('patterns', 'anti_patterns: {singleton: {usage: widespread}}')).toEqual([]);
  expect(found('knowledge', 'components: {api: {known_issues: [{issue: slow, severity: bad}]}}')).toEqual([
    'error SEVERITY_UNKNOWN 1:59 api',
  ]);
});

/** Files of public repositories have these forms, and nobody is in doubt about their meaning. */
describe('forms in use that upstream itself does not read', () => {
  it('knowledge by insights', () => {
    const text = [
      'knowledge:',
      '  - id: K-1',
      '    insight: Caches are cold after a deployment',
      '    confidence: medium',
      '    created_date: "2026-01-31T09:00:00Z"',
      '    context: {evidence: [graphs], related_files: [src/]}',
    ].join('\n');
    expect(found('knowledge', text)).toEqual([
      'warning KEY_CALLED_OTHERWISE 1:1 -',
      'warning KEY_CALLED_OTHERWISE 3:5 K-1',
      'warning WRONG_TYPE 4:17 K-1',
      'warning KEY_CALLED_OTHERWISE 5:5 K-1',
    ]);
    expect(messages('knowledge', text)[1]).toBe(
      'entry "K-1": `insight` is read as `title` and `content`: call it so',
    );
  });

  it.each([
    ['todos', { status: 'todo', created_at: undefined, created_date: '2026-01-31T09:00:00Z' }],
    ['todos', { status: 'completed', completed_date: '2026-01-31T09:00:00Z' }],
    ['todos', { context: { related_files: ['a'], dependencies: ['b'] }, acceptance_criteria: ['c'] }],
    ['todos', { context: 'said in the meeting' }],
    ['decisions', { decided_at: undefined, created_date: '2026-01-31T09:00:00Z', context: { problem: 'x' } }],
    ['decisions', { alternatives: [{ name: 'Go', pros: ['x'] }], consequences: { positive: ['fast'] } }],
  ] as const)('%s with %j', (kind, over) => {
    expect(found(kind, listWith(kind, over)).filter((text) => text.startsWith('error'))).toEqual([]);
  });
});

describe('references', () => {
  const around: ContextAround = {
    idsOf: (kind) => (kind === 'knowledge' ? new Set(['k1']) : null),
    isScope: (text) => text === 'api',
    isThere: (path) => path === 'src/a.ts',
  };
  const dependencies = [{ scope: 'web' }, { scope: 'api' }];

  it.each([
    [{ related_knowledge: ['k1'] }, []],
    [{ related_knowledge: ['k2'] }, ['warning RELATED_UNKNOWN a']],
    [{ context: { related_files: ['src/a.ts', 'src/a.ts:12', 'src/*.ts', 'https://x.y/z'] } }, []],
    [
      { context: { related_files: ['src/b.ts', '../..'] } },
      ['warning FILE_UNKNOWN a', 'warning FILE_UNKNOWN a'],
    ],
    [{ context: { cross_scope_dependencies: dependencies } }, ['warning SCOPE_UNKNOWN a']],
  ])('of a todo with %j', (over, expected) => {
    const text = listWith('todos', over);
    expect(found('todos', text, around).map((one) => one.replace(/ \d+:\d+ /, ' '))).toEqual(expected);
    // Where nobody knows what there is, nothing is missing.
    expect(found('todos', text)).toEqual([]);
  });

  it('say which one it is', () => {
    const text = listWith('todos', { context: { cross_scope_dependencies: dependencies } });
    expect(messages('todos', text, around)).toEqual([
      'todo "a": `context.cross_scope_dependencies[0].scope` "web" is no scope: `rhema scope list` has them',
    ]);
  });
});
