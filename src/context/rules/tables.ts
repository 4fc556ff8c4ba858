import type { ContextKind } from '../kinds.ts';
import type { Field, KindRules, ListOf, MapOf, Moment, Text, Whole, Words } from './shapes.ts';

/**
 * What upstream's program asks of lists, and upstream's JSON schemas of maps. What the schemas bound and the program does
 * not look at is a warning: lengths, ranges, the letters of ids. Keys that are not here are kept and nobody's business.
 */

const text = (max?: number): Text => ({ is: 'text', ...(max === undefined ? {} : { max }) });
const listOf = (of: ListOf['of'], ...also: readonly ('map' | 'list')[]): ListOf => ({ is: 'list', of, also });
const time: Moment = { is: 'moment', form: 'time' };
const day: Moment = { is: 'moment', form: 'day' };

const oneToTen: Whole = { is: 'whole', least: 1, most: 10, words: ['low', 'medium', 'high'] };

const priority: Words = {
  is: 'words',
  words: ['low', 'medium', 'high', 'critical'],
  others: {},
  unknown: 'PRIORITY_UNKNOWN',
};

const severity: Words = { ...priority, unknown: 'SEVERITY_UNKNOWN' };

const howStrict = ['required', 'recommended', 'optional', 'deprecated'];

const usage: Words = {
  is: 'words',
  words: howStrict,
  others: { widespread: 'recommended' },
  unknown: 'USAGE_UNKNOWN',
};

const usageInMap: Words = { ...usage, words: [...howStrict, 'widespread'], others: {} };

const enforcement: Words = { is: 'words', words: howStrict, others: {}, unknown: 'ENFORCEMENT_UNKNOWN' };

const todoStatus: Words = {
  is: 'words',
  words: ['pending', 'in_progress', 'blocked', 'completed', 'cancelled'],
  others: { todo: 'pending', review: 'in_progress', done: 'completed' },
  unknown: 'STATUS_UNKNOWN',
};

const todoStatusInMap: Words = {
  is: 'words',
  words: ['todo', 'in_progress', 'blocked', 'review', 'done'],
  others: { pending: 'todo', completed: 'done', cancelled: null },
  unknown: 'STATUS_UNKNOWN',
};

const decisionStatus: Words = {
  is: 'words',
  words: ['proposed', 'under_review', 'approved', 'rejected', 'implemented', 'deprecated'],
  others: { accepted: 'approved', superseded: 'deprecated' },
  unknown: 'STATUS_UNKNOWN',
};

const decisionStatusInMap: Words = {
  is: 'words',
  words: ['proposed', 'accepted', 'deprecated', 'superseded'],
  others: { under_review: 'proposed', approved: 'accepted', implemented: 'accepted', rejected: null },
  unknown: 'STATUS_UNKNOWN',
};

const id: Field = {
  key: 'id',
  needed: true,
  shape: {
    is: 'text',
    form: { pattern: /^[a-zA-Z0-9_-]+$/, words: 'letters, digits, - and _', severity: 'warning' },
  },
};

const decisionNumber: Field = {
  key: 'id',
  needed: true,
  shape: {
    is: 'text',
    form: { pattern: /^ADR-\d{3}$/, words: 'ADR- and three digits, as ADR-001', severity: 'error' },
  },
};

const title: Field = { key: 'title', needed: true, shape: { ...text(200), blank: 'TITLE_BLANK' } };
const name: Field = {
  key: 'name',
  needed: true,
  shape: { ...text(100), blank: 'NAME_BLANK' },
  alsoCalled: ['title'],
};
const description: Field = {
  key: 'description',
  needed: true,
  shape: { ...text(2_000), blank: 'DESCRIPTION_BLANK' },
};
const tags: Field = { key: 'tags', shape: listOf(text(50)) };
const createdAt: Field = {
  key: 'created_at',
  needed: true,
  shape: time,
  alsoCalled: ['created_date', 'created'],
};
const updatedAt: Field = { key: 'updated_at', shape: time };

const relatedFiles: Field = { key: 'related_files', shape: listOf({ is: 'reference', to: 'file' }) };

/** What is found in files of both designs, though upstream's program does not look at it: only its references are. */
const surroundings: MapOf = {
  is: 'map',
  isLoose: true,
  fields: [
    relatedFiles,
    {
      key: 'cross_scope_dependencies',
      shape: listOf({
        is: 'map',
        isLoose: true,
        fields: [{ key: 'scope', shape: { is: 'reference', to: 'scope' } }],
      }),
    },
  ],
};

const context: Field = { key: 'context', shape: surroundings };

const knowledge: KindRules = {
  noun: 'entry',
  nouns: 'entries',
  list: {
    fields: [
      id,
      { ...title, alsoCalled: ['insight', 'finding', 'name'] },
      {
        key: 'content',
        needed: true,
        shape: { ...text(10_000), blank: 'CONTENT_BLANK' },
        alsoCalled: ['insight', 'finding', 'description'],
      },
      { key: 'category', shape: { is: 'reference', to: 'category' } },
      tags,
      { key: 'confidence', shape: oneToTen },
      createdAt,
      updatedAt,
      { key: 'source', shape: text() },
      context,
    ],
    relations: [],
  },
  map: {
    components: {
      fields: [
        { key: 'key_files', shape: listOf({ is: 'reference', to: 'file' }) },
        {
          key: 'known_issues',
          shape: listOf({
            is: 'map',
            fields: [
              { key: 'issue', needed: true, shape: text() },
              { key: 'severity', needed: true, shape: severity },
            ],
          }),
        },
      ],
      relations: [],
    },
  },
};

const todos: KindRules = {
  noun: 'todo',
  nouns: 'todos',
  list: {
    fields: [
      id,
      title,
      { key: 'description', shape: text(2_000) },
      { key: 'status', needed: true, shape: todoStatus },
      { key: 'priority', needed: true, shape: priority },
      { key: 'assigned_to', shape: text() },
      { key: 'due_date', shape: time },
      createdAt,
      { key: 'completed_at', shape: time, alsoCalled: ['completed_date', 'completed'] },
      { key: 'outcome', shape: text(500) },
      { key: 'related_knowledge', shape: listOf({ is: 'reference', to: 'knowledge' }) },
      context,
    ],
    relations: [
      {
        is: 'presence',
        key: 'completed_at',
        of: 'status',
        word: 'completed',
        missing: 'COMPLETED_AT_MISSING',
        unexpected: 'COMPLETED_AT_UNEXPECTED',
      },
    ],
  },
  map: {
    active: {
      fields: [
        title,
        { key: 'priority', needed: true, shape: priority },
        { key: 'status', needed: true, shape: todoStatusInMap },
        { key: 'created', needed: true, shape: day, alsoCalled: ['created_at', 'created_date'] },
        context,
      ],
      relations: [],
    },
    completed: {
      fields: [
        title,
        { key: 'completed', needed: true, shape: day, alsoCalled: ['completed_at', 'completed_date'] },
        context,
      ],
      relations: [],
    },
  },
};

const decisions: KindRules = {
  noun: 'decision',
  nouns: 'decisions',
  list: {
    fields: [
      id,
      title,
      description,
      { key: 'status', needed: true, shape: decisionStatus },
      { key: 'context', shape: { ...text(1_000), also: ['map', 'list'] } },
      { key: 'alternatives', shape: listOf({ ...text(200), also: ['map'] }, 'map') },
      { key: 'rationale', shape: text(2_000) },
      { key: 'consequences', shape: listOf({ ...text(500), also: ['map'] }, 'map') },
      {
        key: 'decided_at',
        needed: true,
        shape: time,
        alsoCalled: ['decision_date', 'date', 'created_at', 'created_date'],
      },
      { key: 'review_date', shape: time },
      { key: 'decision_makers', shape: listOf(text(100)) },
    ],
    relations: [{ is: 'order', first: 'decided_at', last: 'review_date', broken: 'REVIEW_BEFORE_DECISION' }],
  },
  map: {
    decisions: {
      fields: [
        decisionNumber,
        title,
        { key: 'date', needed: true, shape: day, alsoCalled: ['decided_at', 'created_date', 'created_at'] },
        { key: 'status', needed: true, shape: decisionStatusInMap },
      ],
      relations: [],
    },
  },
};

const patterns: KindRules = {
  noun: 'pattern',
  nouns: 'patterns',
  list: {
    fields: [
      id,
      name,
      description,
      { key: 'pattern_type', needed: true, shape: text(), alsoCalled: ['type'] },
      { key: 'usage', needed: true, shape: usage },
      { key: 'effectiveness', shape: oneToTen },
      { key: 'examples', shape: listOf({ ...text(1_000), also: ['map'] }) },
      { key: 'anti_patterns', shape: listOf(text(200)) },
      { key: 'related_patterns', shape: listOf({ is: 'reference', to: 'patterns' }) },
      createdAt,
      updatedAt,
    ],
    relations: [],
  },
  map: Object.fromEntries(
    [
      'architectural_patterns',
      'performance_patterns',
      'security_patterns',
      'anti_patterns',
      'coding_conventions',
      'testing_patterns',
    ].map((key) => [
      key,
      {
        fields: [
          { key: 'usage', shape: usageInMap },
          { key: 'related_patterns', shape: listOf({ is: 'reference', to: 'patterns' }) },
        ],
        relations: [],
      },
    ]),
  ),
};

const conventions: KindRules = {
  noun: 'convention',
  nouns: 'conventions',
  list: {
    fields: [
      id,
      name,
      description,
      { key: 'convention_type', needed: true, shape: text(), alsoCalled: ['type'] },
      { key: 'enforcement', needed: true, shape: enforcement },
      { key: 'examples', shape: listOf({ ...text(1_000), also: ['map'] }) },
      { key: 'tools', shape: listOf(text(100)) },
      createdAt,
      updatedAt,
    ],
    relations: [],
  },
  map: {},
};

export const rulesOf: { readonly [Kind in ContextKind]: KindRules } = {
  knowledge,
  todos,
  decisions,
  patterns,
  conventions,
};
