import { describe, expect, it } from 'vitest';
import { displayWidth } from '../format/width.ts';
import { FakeCoordinator } from '../testing/fake-coordinator.ts';
import { Harness, type HarnessOptions } from '../testing/harness.ts';
import { treeWith } from '../testing/context-tree.ts';

const todos = `todos:
  - id: login
    title: Check what is typed
    status: pending
    priority: high
    assigned_to: alice
    created_at: "2026-01-31T09:00:00Z"
    description: |
      first line
      second "line"
  - id: evil
    title: "\\e[2J\\e]0;owned\\a\\u202etxt"
    status: done
    priority: low
    created_at: "2026-01-31T09:00:00Z"
    "\\e[31mkey": [1, {a: true}]
`;

const harnessWith = (text: string, over: Partial<HarnessOptions> = {}): Harness =>
  new Harness({
    coordinator: new FakeCoordinator({}),
    inspection: treeWith(['.'], { '.rhema/todos.yaml': text }),
    ...over,
  });

describe('context show', () => {
  it('has a line for each entry, and says what is wrong with the file', async () => {
    const { code, stdout } = await harnessWith(todos).run('context', 'show', 'todos');
    expect(code).toBe(0);
    expect(stdout).toMatchInlineSnapshot(`
      "ID     TITLE                                   STATUS   PRIORITY  ASSIGNED TO
      login  Check what is typed                     pending  high      alice
      evil   \\u001b[2J\\u001b]0;owned\\u0007\\u202etxt  done     low       -

      2 warnings: rhema context check .rhema/todos.yaml
      "
    `);
  });

  it('has one entry in full, as YAML, with its problems', async () => {
    expect((await harnessWith(todos).run('context', 'show', 'todos', 'login')).stdout).toMatchInlineSnapshot(`
      "login .rhema/todos.yaml:2
      id: login
      title: Check what is typed
      status: pending
      priority: high
      assigned_to: alice
      created_at: "2026-01-31T09:00:00Z"
      description: |
        first line
        second "line"
      "
    `);
    expect((await harnessWith(todos).run('context', 'show', 'todos', 'evil')).stdout).toMatchInlineSnapshot(`
      "evil .rhema/todos.yaml:11
      id: evil
      title: "\\e[2J\\e]0;owned\\a\\u202etxt"
      status: done
      priority: low
      created_at: "2026-01-31T09:00:00Z"
      "\\e[31mkey":
        - 1
        - a: true

      .rhema/todos.yaml:13:13: warning: todo "evil": \`status\` is "done", a word of the other design of this file: write completed (WORD_OF_OTHER_DESIGN)
      .rhema/todos.yaml:13:13: warning: todo "evil" is completed and has no \`completed_at\`: add when, such as 2026-01-31T09:00:00Z (COMPLETED_AT_MISSING)
      "
    `);
  });

  it('gives programs the entries as they are', async () => {
    const { body } = await harnessWith(todos).json('context', 'show', '.rhema/todos.yaml', 'evil');
    expect(body).toMatchObject({
      ok: true,
      file: '.rhema/todos.yaml',
      scope: '.',
      kind: 'todos',
      design: 'list',
    });
    const [entry] = body['entries'] as { fields: Record<string, unknown> }[];
    expect(entry).toMatchObject({
      id: 'evil',
      collection: 'todos',
      line: 11,
      fields: { title: '\u001b[2J\u001b]0;owned\u0007\u202etxt', '\u001b[31mkey': [1, { a: true }] },
    });
    expect((body['problems'] as { entry: string }[]).map((problem) => problem.entry)).toEqual([
      'evil',
      'evil',
    ]);
  });

  it('writes out aliases, but none in a circle and none without end', async () => {
    const bomb = Array.from(
      { length: 20 },
      (_, index) => `  k${index}: &k${index} [${`*k${index - 1}, `.repeat(4)}]`,
    );
    const text = `x:\n  k-1: &k-1 [lol]\n${bomb.join('\n')}\ntodos: &t [{id: a, all: *t, more: *k19}]\n`;
    const { stdout, code } = await harnessWith(text).run('context', 'show', 'todos', 'a');
    expect(code).toBe(0);
    expect(stdout).toContain('(left out: too much)');
    expect(stdout.length).toBeLessThan(2_000_000);
  });

  it('shows what stands in maps, and what is no map', async () => {
    const text = 'active:\n  t1: {title: A, priority: low, status: todo, created: 2026-01-31}\n  t2: later\n';
    expect((await harnessWith(text).run('context', 'show', 'todos')).stdout).toMatchInlineSnapshot(`
      "ID  TITLE  STATUS  PRIORITY  ASSIGNED TO
      t1  A      todo    low       -
      t2  later  -       -         -

      1 error: rhema context check .rhema/todos.yaml
      "
    `);
    expect((await harnessWith(text).run('context', 'show', 'todos', 't2')).stdout).toContain('value: later');
  });

  it('fits a terminal', async () => {
    const long = todos.replace('Check what is typed', 'word '.repeat(60).trim());
    const { stdout } = await harnessWith(long, { terminal: true, columns: 50 }).run(
      'context',
      'show',
      'todos',
    );
    expect(stdout.split('\n').filter((text) => displayWidth(text) > 50)).toEqual([]);
  });

  it('says that there are no entries', async () => {
    expect(await harnessWith('todos: []\n').run('context', 'show', 'todos')).toMatchObject({
      code: 0,
      stdout: '.rhema/todos.yaml has no entries\n',
    });
  });

  it.each([
    ['an id that is not there', ['todos', 'logon'], 'has no entry "logon": did you mean login?', 1],
    ['a folder', ['.rhema'], '.rhema is a folder: name a context file, or a kind of them', 2],
    ['a file that is not there', ['.rhema/notes.yaml'], 'there is no file ".rhema/notes.yaml"', 1],
  ])('refuses %s', async (_what, words, told, expected) => {
    const { code, stderr } = await harnessWith(todos).run('context', 'show', ...words);
    expect(code).toBe(expected);
    expect(stderr).toContain(told);
  });

  it('refuses a file that is no YAML, with the place', async () => {
    const { code, body } = await harnessWith('todos: [}').json('context', 'show', 'todos');
    expect({ code, body }).toMatchObject({
      code: 3,
      body: { code: 'CONTEXT_UNSOUND', details: { problems: [{ rule: 'YAML_SYNTAX', line: 1 }] } },
    });
  });
});
