import { describe, expect, test } from 'vitest';
import { problemsOf } from '../testing/fixture.ts';
import { readScope, type ScopeReading } from './read-scope.ts';

const read = (text: string | Uint8Array): ScopeReading =>
  readScope(typeof text === 'string' ? Buffer.from(text) : text, { file: 'a/rhema.yaml', folderName: 'a' });

const dependenciesOf = (text: string): string[] =>
  (read(text).scope?.dependencies ?? []).map(({ by, text: written }) => `${by} ${written}`);

describe('shapes', () => {
  test('flat, as upstream writes it', () => {
    const text = `name: auth
scope_type: service
description: logs people in
version: 1.0.0
schema_version: 1.0.0
dependencies:
  - path: ../shared
    dependency_type: required
    version: '>=1.0.0'
protocol_info: null
custom_key: { anything: [1, 2] }
`;
    expect(read(text)).toMatchObject({
      scope: {
        name: 'auth',
        type: 'service',
        dependencies: [
          { text: '../shared', by: 'path', position: { file: 'a/rhema.yaml', line: 7, column: 11 } },
        ],
      },
      problems: [],
    });
  });

  test('flat with `type` and dependencies as plain texts', () => {
    expect(read('name: a\ntype: library\ndependencies: [../b, c]\n').scope).toMatchObject({
      type: 'library',
    });
    expect(dependenciesOf('name: a\ndependencies: [../b, c]\n')).toEqual(['path ../b', 'path c']);
  });

  test('nested, as in the published schema: children and peers are dependencies, the parent is not', () => {
    const text = `rhema:
  version: 1.0.0
  scope:
    type: application
    name: shop
    description: sells
    dependencies:
      parent: ../
      children: [./cart, { path: ./pay }]
      peers: ../mail
  tooling: {}
`;
    expect(read(text)).toMatchObject({ scope: { name: 'shop', type: 'application' }, problems: [] });
    expect(dependenciesOf(text)).toEqual(['path ./cart', 'path ./pay', 'path ../mail']);
  });

  test('with `scope` at the top, and with dependencies by name', () => {
    expect(read('scope:\n  name: ws\n  dependencies: []\ntodos: []\n').scope).toMatchObject({ name: 'ws' });
    expect(dependenciesOf('name: a\ndependencies:\n  - name: core\n    version: 1.0.0\n')).toEqual([
      'name core',
    ]);
  });

  test('a name at the top makes a file flat even when it has a key called scope', () => {
    expect(read('name: outer\nscope: { name: inner }\n').scope?.name).toBe('outer');
  });

  test.each(['dependencies:', 'dependencies: ~', 'dependencies: []', 'dependencies: {}', 'version: 1'])(
    'without dependencies: %s',
    (line) => {
      expect(read(`name: a\n${line}\n`)).toMatchObject({ scope: { dependencies: [] }, problems: [] });
    },
  );

  test('anchors and aliases stand for their values', () => {
    const text = 'x: &core ../core\nname: &n a\nscope_type: *n\ndependencies: [*core, { path: *core }]\n';
    expect(read(text).scope).toMatchObject({ name: 'a', type: 'a' });
    expect(dependenciesOf(text)).toEqual(['path ../core', 'path ../core']);
  });

  test('a byte order mark and Windows line ends are fine', () => {
    expect(read('\uFEFFname: a\r\nscope_type: service\r\ndependencies:\r\n  - path: ../b\r\n')).toMatchObject(
      {
        scope: {
          name: 'a',
          type: 'service',
          dependencies: [{ text: '../b', position: { line: 4, column: 11 } }],
        },
        problems: [],
      },
    );
  });

  test('a file without a name is named after its folder, with a warning', () => {
    const reading = read('scope_type: service\n');
    expect(reading.scope?.name).toBe('a');
    expect(reading.problems).toMatchObject([{ code: 'NAME_MISSING', severity: 'warning' }]);
  });

  test('a type that is not a text is a warning', () => {
    const reading = read('name: a\nscope_type: [x]\n');
    expect(reading.scope?.type).toBe('unspecified');
    expect(problemsOf(reading)).toEqual(['WRONG_TYPE a/rhema.yaml:2:13']);
  });

  test('a name is the same in every Unicode form', () => {
    expect(read('name: "e\\u0301"\n').scope?.name).toBe('\u00e9');
  });
});

describe('what is wrong is said with line and column', () => {
  test.each([
    ['', 'EMPTY_FILE a/rhema.yaml'],
    ['# only a comment\n', 'EMPTY_FILE a/rhema.yaml'],
    ['---\n', 'EMPTY_FILE a/rhema.yaml'],
    ['null\n', 'EMPTY_FILE a/rhema.yaml'],
    ['{} # nothing\n', 'EMPTY_FILE a/rhema.yaml'],
    ['- a\n- b\n', 'NOT_A_MAP a/rhema.yaml:1:1'],
    ['just text', 'NOT_A_MAP a/rhema.yaml:1:1'],
    ['name: a\n  b: c\n', 'YAML_SYNTAX a/rhema.yaml:1:7'],
    ['name: a\nscope_type: [x\n', 'YAML_SYNTAX a/rhema.yaml:3:1'],
    ['name: a\n\tb: c\n', 'YAML_SYNTAX a/rhema.yaml:2:1'],
    ['name: a\nversion: 1\nname: b\n', 'DUPLICATE_KEY a/rhema.yaml:3:1'],
    ['name: a\nx:\n  y: 1\n  y: 2\n', 'DUPLICATE_KEY a/rhema.yaml:4:3'],
    ['name: a\n---\nname: b\n', 'SEVERAL_DOCUMENTS a/rhema.yaml:2:1'],
    ['name: 5\n', 'WRONG_TYPE a/rhema.yaml:1:7'],
    ['name: [a]\n', 'WRONG_TYPE a/rhema.yaml:1:7'],
    ['x: 1\nname: ""\n', 'INVALID_NAME a/rhema.yaml:2:7'],
    ['name: "a\\nb"\n', 'INVALID_NAME a/rhema.yaml:1:7'],
    ['name: "a\\0b"\n', 'INVALID_NAME a/rhema.yaml:1:7'],
    ['name: "a\\u202eb"\n', 'INVALID_NAME a/rhema.yaml:1:7'],
    [`name: ${'x'.repeat(10_000)}\n`, 'INVALID_NAME a/rhema.yaml:1:7'],
    ['name: a\ndependencies: 5\n', 'WRONG_TYPE a/rhema.yaml:2:15'],
    ['name: a\ndependencies:\n  - 5\n', 'INVALID_DEPENDENCY a/rhema.yaml:3:5'],
    ['name: a\ndependencies:\n  - version: 1\n', 'INVALID_DEPENDENCY a/rhema.yaml:3:5'],
    ['name: a\ndependencies:\n  - path: ""\n', 'INVALID_DEPENDENCY a/rhema.yaml:3:5'],
    ['name: a\ndependencies: [*gone]\n', 'YAML_SYNTAX a/rhema.yaml:2:16'],
  ])('%j', (text, problem) => {
    const reading = read(text);
    expect(reading.scope).toBeNull();
    expect(problemsOf(reading)).toContain(problem);
  });

  test('all of it at once', () => {
    const reading = read('name: 5\ndependencies:\n  - 1\n  - path: ok\n  - {}\n');
    expect(problemsOf(reading)).toEqual([
      'WRONG_TYPE a/rhema.yaml:1:7',
      'INVALID_DEPENDENCY a/rhema.yaml:3:5',
      'INVALID_DEPENDENCY a/rhema.yaml:5:5',
    ]);
  });

  test.each([
    ['<<<<<<< HEAD\nname: a\n=======\nname: b\n>>>>>>> other\n', 1],
    ['name: a\r\n<<<<<<< ours\r\nx: 1\r\n=======\r\nx: 2\r\n>>>>>>> theirs\r\n', 2],
    ['name: a\n||||||| 4f2643f\nx: 1\n', 2],
    ['name: a\nx: 1\n=======\n', 3],
    ['name: a\n>>>>>>> other\n', 2],
    ['<<<<<<< HEAD\n=======\n>>>>>>> other\n', 1],
  ])('a merge that is not resolved is one error, at its first marker: %j', (text, line) => {
    const reading = read(text);
    expect(reading).toMatchObject({ scope: null, yaml: null });
    expect(problemsOf(reading)).toEqual([`MERGE_CONFLICT a/rhema.yaml:${line}:1`]);
    expect(reading.problems[0]?.message).toContain('merge conflict is not resolved');
  });

  test('what only looks like the marker of a merge is a text like any other', () => {
    const text = 'name: a\ndescription: |\n  <<<<<<< HEAD\n  =======\n# ======= a headline\n';
    expect(read(text)).toMatchObject({ scope: { name: 'a' }, problems: [] });
  });

  test('a tab says what to do', () => {
    expect(read('name: a\n\tb: c\n').problems[0]?.message).toContain('spaces');
  });
});

describe('what is run when a scope is synced', () => {
  const syncOf = (text: string): unknown => read(`name: a\n${text}`).scope?.sync;

  test('is a line for the shell, with a time limit', () => {
    expect(syncOf('sync: { run: make test, timeout: 90s }\n')).toEqual({
      run: 'make test',
      timeoutMs: 90_000,
    });
    expect(syncOf('sync:\n  run: >\n    make test\n')).toEqual({ run: 'make test', timeoutMs: 600_000 });
  });

  test.each(['', 'sync: true\n', 'sync: { every: day }\n'])(
    'is nothing where nothing is said of it: %j',
    (text) => {
      expect(read(`name: a\n${text}`)).toMatchObject({ scope: { name: 'a' }, problems: [] });
      expect(syncOf(text)).toBeUndefined();
    },
  );

  test.each([
    ['run: ""', 'must be a command'],
    ['run: [make]', 'must be a command'],
    ['run: 1', 'must be a command'],
    ['run: "a\\nb"', 'must be one line'],
    ['run: "a\\u202eb"', 'must be one line'],
    [`run: ${'x'.repeat(4_097)}`, 'is too long'],
    ['run: make, timeout: soon', 'is not a duration'],
    ['run: make, timeout: 1ms', 'must be from 1s to 24h'],
    ['run: make, timeout: [1]', 'must be a duration'],
  ])('refuses %j', (text, problem) => {
    expect(read(`name: a\nsync: { ${text} }\n`)).toMatchObject({
      scope: null,
      problems: [{ code: 'WRONG_TYPE', line: 2, message: expect.stringContaining(problem) as string }],
    });
  });
});
