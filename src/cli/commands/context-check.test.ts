import { describe, expect, it } from 'vitest';
import { FakeCoordinator } from '../testing/fake-coordinator.ts';
import { Harness } from '../testing/harness.ts';
import { treeWith } from '../testing/context-tree.ts';

const when = '"2026-01-31T09:00:00Z"';
const todo = (id: string, more = ''): string =>
  `  - {id: ${id}, title: T, status: pending, priority: low, created_at: ${when}${more}}\n`;

const files = {
  '.rhema/knowledge.yaml': 'entries: []\n',
  'api/.rhema/todos.yaml': `todos:\n${todo('t1', ', related_knowledge: [k1]')}`,
  'api/knowledge.yaml': `entries:\n  - {id: k1, title: T, content: C, created_at: ${when}}\n`,
  'web/.rhema/todos.yaml': `todos:\n${todo('t1')}${todo('t1')}`,
  'web/todos.yaml': 'never read, since there is one in .rhema',
  'README.md': 'text',
};

const harnessWith = (over: Readonly<Record<string, string>> = {}, scopes = ['.', 'api', 'web']): Harness =>
  new Harness({
    coordinator: new FakeCoordinator({}),
    inspection: treeWith(scopes, { ...files, ...over }),
  });

describe('context check', () => {
  it('checks the files of all scopes, and asks no coordinator', async () => {
    const { code, stdout, stderr } = await harnessWith().run('context', 'check');
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toBe(
      [
        'rhema: 1 context file of 4 unsound: 1 error, 1 warning (CONTEXT_UNSOUND)',
        '  web/.rhema/todos.yaml: warning: web/todos.yaml is not read, since web/.rhema/todos.yaml is: bring both together, or remove one (FILE_PASSED_OVER)',
        '  web/.rhema/todos.yaml:3:5: error: todo "t1" has the id of the one in line 2: give it another (ID_REPEATED)',
        '',
      ].join('\n'),
    );
  });

  it.each([
    [['api'], ['api/knowledge.yaml', 'api/.rhema/todos.yaml']],
    [
      ['--scope', 'api'],
      ['api/knowledge.yaml', 'api/.rhema/todos.yaml'],
    ],
    [['todos', '--scope', 'api'], ['api/.rhema/todos.yaml']],
    [['knowledge'], ['.rhema/knowledge.yaml']],
    [
      ['api/knowledge.yaml', 'api'],
      ['api/knowledge.yaml', 'api/.rhema/todos.yaml'],
    ],
  ])('checks what is named: %j', async (words, expected) => {
    const { code, body } = await harnessWith().json('context', 'check', ...words);
    expect(code).toBe(0);
    expect((body['files'] as { file: string }[]).map(({ file }) => file)).toEqual(expected);
  });

  it('passes warnings, and tells them', async () => {
    const loose = { 'api/.rhema/todos.yaml': `todos:\n${todo('t1', ', related_knowledge: [k9]')}` };
    const { code, stdout } = await harnessWith(loose).run('context', 'check', 'api');
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^2 files with 2 entries, sound, 1 warning\napi\/.rhema\/todos.yaml:2:\d+: warning: /,
    );
  });

  it('gives programs every problem with its place and its rule', async () => {
    const { code, body } = await harnessWith().json('context', 'check', 'web');
    expect({ code, body }).toMatchObject({
      code: 3,
      body: {
        ok: false,
        code: 'CONTEXT_UNSOUND',
        details: {
          files: [{ file: 'web/.rhema/todos.yaml', scope: 'web', kind: 'todos', design: 'list', entries: 2 }],
          problems: [
            { rule: 'FILE_PASSED_OVER', file: 'web/.rhema/todos.yaml', line: null, severity: 'warning' },
            {
              rule: 'ID_REPEATED',
              file: 'web/.rhema/todos.yaml',
              line: 3,
              column: 5,
              entry: 't1',
              severity: 'error',
            },
          ],
        },
      },
    });
  });

  it('knows scopes by path, from where the file is, and by name; and files from there and from the top', async () => {
    const context = (name: string, scope: string): string =>
      `, context: {related_files: [${name}], cross_scope_dependencies: [{scope: ${scope}}]}`;
    const lines = [
      context('../README.md', 'web'),
      context('README.md', '../web'),
      context('.rhema', 'top'),
      context('nope.md', 'nope'),
    ].map((more, index) => todo(`t${index}`, more));
    const over = { 'api/.rhema/todos.yaml': `todos:\n${lines.join('')}` };
    const { body } = await harnessWith(over).json('context', 'check', 'api');
    const problems = body['problems'] as { rule: string; entry: string }[];
    expect(problems.map(({ rule, entry }) => `${entry} ${rule}`)).toEqual([
      't3 FILE_UNKNOWN',
      't3 SCOPE_UNKNOWN',
    ]);
  });

  it.each([
    [
      ['todso'],
      1,
      'there is no file "todso", and no kind of context files is called so: did you mean todos?',
    ],
    [['api/.rhema/todo.yaml'], 1, 'did you mean api/.rhema/todos.yaml?'],
    [['README.md'], 2, 'README.md is no context file: those are called knowledge.yaml, todos.yaml'],
    [['decisions'], 1, 'scope . has no decisions: there is none of .rhema/decisions.yaml'],
    [['todos', '--scope', 'apo'], 3, 'there is no scope "apo": did you mean api?'],
    [['api/.rhema'], 3, 'there is no scope "api/.rhema"'],
    [['README.md', '--scope', 'api'], 2, '--scope goes with a kind of files'],
  ])('refuses %j', async (words, expected, told) => {
    const { code, stderr } = await harnessWith().run('context', 'check', ...words);
    expect(code).toBe(expected);
    expect(stderr).toContain(told);
  });

  it('says where there are no scopes, or nothing to check', async () => {
    expect((await harnessWith({}, []).run('context', 'check')).stderr).toContain('(NO_SCOPES)');
    const nowhere = new Harness({ coordinator: new FakeCoordinator({}), inspection: treeWith(['api'], {}) });
    expect(await nowhere.run('context', 'check')).toMatchObject({
      code: 0,
      stdout: 'there are no context files\n',
    });
    expect((await nowhere.run('context', 'check', 'todos')).stderr).toContain('is in no scope: say which');
  });
});
