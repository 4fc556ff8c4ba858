import { expect, it } from 'vitest';
import { rulesBrokenBy } from './recorded.ts';
import { ruleNames } from './rules.ts';

it.each([
  ['YAML_SYNTAX', 'todos: [\n'],
  ['NOT_A_MAP', '- one\n'],
  ['DUPLICATE_KEY', 'todos: []\ntodos: []\n'],
  ['SEVERAL_DOCUMENTS', 'todos: []\n---\ntodos: []\n'],
  ['MERGE_CONFLICT', '<<<<<<< ours\ntodos: []\n=======\ntodos: []\n>>>>>>> theirs\n'],
  ['TOO_DEEP', `todos: ${'['.repeat(200)}${']'.repeat(200)}\n`],
  ['FILE_TOO_LARGE', `# ${'x'.repeat(4_000_000)}\n`],
  ['NOT_UTF8', '\u00ff'],
  ['TOO_MANY_ALIASES', `a: &a [1]\nb: [${'*a,'.repeat(20_000)}]\n`],
  ['KEY_MISSING', 'todos:\n  - title: x\n'],
  ['ID_REPEATED', 'todos:\n  - {id: a, title: x, status: Pending}\n  - {id: a, title: x, status: Pending}\n'],
])('%s of a context file is a rule with a name of its own', (rule, text) => {
  const broken = rulesBrokenBy('api/todos.yaml', Buffer.from(text, rule === 'NOT_UTF8' ? 'latin1' : 'utf8'));
  expect(broken).toContain(rule);
  expect(broken.filter((one) => !ruleNames.includes(one))).toEqual([]);
});
