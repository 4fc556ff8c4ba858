/** `rhema migrate` as people type it, in repositories as Rhema has left them. */
import { chmodSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  commitAll,
  git,
  makeRepository,
  scan,
  write,
  type Files,
} from '../../src/repository/testing/fixture.ts';
import { stages } from '../../src/init/index.ts';
import { Person } from './acme.ts';
import { bytesOf as allBytesOf } from './bytes.ts';
import { context, flat, rhemaShapes as shapes } from './rhema-shapes.ts';
import { runHere, type Run } from './run.ts';

/** But what is kept so that it can be undone. */
const bytesOf = (root: string): Record<string, string> =>
  Object.fromEntries(
    Object.entries(allBytesOf(root)).filter(([name]) => !/^\.git\/rhema(?:\/|$)/.test(name)),
  );

const migrate = (root: string, ...words: string[]): Promise<Run> => runHere(root, ['migrate', ...words]);

describe.each(shapes)('a repository with %s', (_title, file, text) => {
  it.each(stages)('comes to stage %s by lines added at the end, and no other byte changes', async (stage) => {
    const root = makeRepository({ ...context, [file]: text });
    commitAll(root);
    const before = bytesOf(root);
    const { code, stderr } = await migrate(root, '--stage', stage, '--yes');
    expect([code, stderr]).toEqual([0, '']);
    const { [file]: after, ...others } = bytesOf(root);
    const { [file]: _, ...othersBefore } = before;
    expect(others).toEqual(othersBefore);
    const now = readFileSync(join(root, file), 'utf8');
    const kept = text.startsWith('{') ? text.replace(/ \}\n$/, '') : text;
    expect(now.slice(0, kept.length)).toBe(kept);
    expect(after?.slice(0, 4)).toBe(before[file]?.slice(0, 4));
    expect(now.endsWith('\n')).toBe(text.endsWith('\n'));
    if (text.includes('\r')) expect(now.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
    const { config, problems } = await scan(root);
    expect([config.problems, problems.filter(({ severity }) => severity === 'error')]).toEqual([[], []]);
    expect([config.config.enabled, config.config.strictMode]).toEqual([
      stage !== 'optional',
      stage === 'strict',
    ]);
  });

  it('has nothing to do the second time', async () => {
    const root = makeRepository({ ...context, [file]: text });
    for (const stage of stages) {
      await migrate(root, '--stage', stage, '--yes');
      const before = bytesOf(root);
      const { code, stdout, body } = await migrate(root, '--stage', stage, '--yes', '--json');
      expect([code, body['written'], body['changes']]).toEqual([0, false, []]);
      expect(stdout).toContain('"ok":true');
      expect((await migrate(root, '--stage', stage)).stdout).toContain('nothing to do');
      expect(bytesOf(root)).toEqual(before);
    }
  });
});

describe('another stage', () => {
  const changed = (before: string, after: string): string[] => {
    const kept = new Set(before.split('\n'));
    return after.split('\n').filter((one) => !kept.has(one));
  };

  it('changes only the lines that differ', async () => {
    const root = makeRepository({ 'rhema.yaml': flat });
    const text = (): string => readFileSync(join(root, 'rhema.yaml'), 'utf8');
    await migrate(root, '--yes');
    const first = text();
    await migrate(root, '--stage', 'optional', '--yes');
    expect(changed(first, text())).toEqual([
      '  enabled: false # false: nothing is locked here, and nobody waits',
    ]);
    await migrate(root, '--stage', 'default', '--yes');
    expect(text()).toBe(first);
    await migrate(root, '--stage', 'strict', '--yes');
    const strict = text();
    expect(changed(first, strict)).toEqual(['  safety_validation:', '    strict_mode: true']);
    await migrate(root, '--stage', 'default', '--yes');
    expect(changed(strict, text())).toEqual(['    strict_mode: false']);
  });

  it.each([
    [
      'a block that says nothing',
      'agent_coordination:\n',
      'agent_coordination:\n  safety_validation:\n    strict_mode: true\n',
    ],
    [
      'a block in braces',
      'agent_coordination: { enabled: false }\n',
      'agent_coordination: { enabled: true, safety_validation: { strict_mode: true } }\n',
    ],
    [
      'an empty section',
      'agent_coordination:\n  safety_validation: # later\n  claim: file\n',
      'agent_coordination:\n  safety_validation: # later\n    strict_mode: true\n  claim: file\n',
    ],
    [
      'an option without a value',
      'agent_coordination:\n  safety_validation:\n    strict_mode:\n',
      'agent_coordination:\n  safety_validation:\n    strict_mode: true\n',
    ],
    [
      'the block as the proposal has it',
      'agent_coordination:\n  enabled: true\n  safety_validation:\n    enabled: true\n    strict_mode: false   # no\n  sync_settings:\n    auto_sync: true\n',
      'agent_coordination:\n  enabled: true\n  safety_validation:\n    enabled: true\n    strict_mode: true   # no\n  sync_settings:\n    auto_sync: true\n',
    ],
    [
      'a block under rhema',
      'rhema:\n  scope: { name: x, type: y }\n  agent_coordination:\n    enabled: yes\n',
      'rhema:\n  scope: { name: x, type: y }\n  agent_coordination:\n    enabled: true\n    safety_validation:\n      strict_mode: true\n',
    ],
  ])('is set in %s', async (_title, block, wanted) => {
    const head = block.startsWith('rhema') ? '' : 'name: x\n';
    const root = makeRepository({ 'rhema.yaml': head + block });
    expect((await migrate(root, '--stage', 'strict', '--yes')).code).toBe(0);
    expect(readFileSync(join(root, 'rhema.yaml'), 'utf8')).toBe(head + wanted);
  });
});

describe('what is broken', () => {
  const broken: Files = {
    '.rhema/rhema.yaml':
      'name: shop\nscope_type: app\nversion: 1.0.0\ndependencies:\n  - path: ../nowhere\n    dependency_type: required\n',
    '.rhema/todos.yaml':
      'todos:\n- id: a\n  title: ""\n  status: pending\n  priority: low\n  created_at: 2025-08-01T10:00:00Z\n  related_knowledge: [gone]\n',
    'a/.rhema/rhema.yaml':
      'name: a\nscope_type: library\nversion: 1.0.0\ndependencies: [{ path: ../b, dependency_type: required }]\n',
    'b/rhema.yaml': 'name: b\n\ndependencies:\n  - path: ../c\n',
    'c/rhema.yaml': 'name: c\nparent: ../gone\ndependencies: [../a]\n',
    'd/rhema.yaml': 'name: [d\n',
    'd/rhema.yaml.99999999.tmp': 'left by a process that was killed',
  };

  it('is told with its place and what to do, hinders nothing, and stays', async () => {
    const root = makeRepository(broken);
    const before = bytesOf(root);
    const { code, body } = await migrate(root, '--yes', '--json');
    expect(code).toBe(0);
    const problems = body['problems'] as { code: string; file: string; line: number; message: string }[];
    const places = problems.map((one) => `${one.code} ${one.file}:${one.line}`);
    expect(places).toEqual(
      expect.arrayContaining([
        'OUTSIDE_REPOSITORY .rhema/rhema.yaml:5',
        'CYCLE_BY_HAND a/.rhema/rhema.yaml:4',
        'YAML_SYNTAX d/rhema.yaml:2',
        'UNKNOWN_PARENT c/rhema.yaml:2',
        'TITLE_BLANK .rhema/todos.yaml:3',
        'RELATED_UNKNOWN .rhema/todos.yaml:7',
      ]),
    );
    expect(problems.find((one) => one.code === 'CYCLE_BY_HAND')?.message).toContain('a -> b -> c -> a');
    const { '.rhema/rhema.yaml': _now, ...others } = bytesOf(root);
    const { '.rhema/rhema.yaml': _before, ...othersBefore } = before;
    expect(others).toEqual(othersBefore);
    const again = await migrate(root);
    expect(again.stdout).toContain('nothing to do');
    expect(again.stdout).toContain('d/rhema.yaml:2');
  });

  it('of one kind is told once for each file, for people', async () => {
    const todo = (id: string): string =>
      `- id: ${id}\n  title: T\n  status: todo\n  priority: low\n  created_at: 2025-08-01T10:00:00Z\n`;
    const root = makeRepository({
      'rhema.yaml': flat,
      'todos.yaml': `todos:\n${todo('a')}${todo('b')}${todo('c')}`,
    });
    const { stdout } = await migrate(root, '--yes');
    expect(stdout.match(/WORD_OF_OTHER_DESIGN/g)).toHaveLength(1);
    expect(stdout).toContain('  and 2 more of this kind in the file\n');
    expect(stdout).toContain('1 scope described, 3 warnings in files that stay as they are\n');
  });
});

describe('is refused, and writes nothing', () => {
  const refused = async (root: string, words: readonly string[] = ['--yes']): Promise<Run> => {
    const before = bytesOf(root);
    const run = await migrate(root, ...words);
    expect(run.code).not.toBe(0);
    expect(bytesOf(root)).toEqual(before);
    return run;
  };

  it.each([
    ['no YAML', 'name: [x\n', /^ {2}rhema\.yaml:2.*YAML/m],
    ['an alias that leads nowhere', 'name: x\nmore: *nowhere\n', /rhema\.yaml.*alias/],
    ['a list', '- x\n', /rhema\.yaml/],
    ['an unresolved merge', '<<<<<<< a\nname: x\n=======\nname: y\n>>>>>>> b\n', /rhema\.yaml:1.*merge/],
    ['a block that is a list', 'name: x\nagent_coordination: [a]\n', /rhema\.yaml:2.*agent_coordination/],
    ['two documents', 'name: x\n---\nname: y\n', /rhema\.yaml/],
  ])('where the file of the top is %s', async (_title, text, told) => {
    const { code, stderr } = await refused(makeRepository({ 'rhema.yaml': text }), [
      '--yes',
      '--stage',
      'strict',
    ]);
    expect(code).toBe(3);
    expect(stderr).toContain('nothing was written: rhema.yaml has to be repaired by hand first');
    expect(stderr).toMatch(told);
  });

  it('where it is no UTF-8', async () => {
    const root = makeRepository({ 'a/rhema.yaml': 'name: a\n' });
    write(root, { 'rhema.yaml': Buffer.from('name: caf\xe9\n', 'latin1') as never });
    expect((await refused(root)).stderr).toContain('UTF-8');
  });

  it('where no file describes a scope: init does', async () => {
    const { code, stderr } = await refused(
      makeRepository({ 'package.json': '{}\n', 'knowledge.yaml': 'entries: []\n' }),
    );
    expect([code, stderr]).toEqual([
      3,
      'rhema: no file here describes a scope, as a rhema.yaml does: rhema init derives scopes from what is there (NO_SCOPES)\n',
    ]);
  });

  it('where it is a link that leads out, or may not be written', async () => {
    const elsewhere = makeRepository({ 'rhema.yaml': flat });
    const out = makeRepository({ 'a/rhema.yaml': 'name: a\n' });
    symlinkSync(join(elsewhere, 'rhema.yaml'), join(out, 'rhema.yaml'));
    expect((await refused(out)).stderr).toMatch(/rhema\.yaml.*(?:leads out|link)/);
    expect(readFileSync(join(elsewhere, 'rhema.yaml'), 'utf8')).toBe(flat);
    chmodSync(join(elsewhere, 'rhema.yaml'), 0o444);
    expect((await refused(elsewhere)).stderr).toContain(
      'rhema.yaml is read-only: nothing was written, chmod u+w it first',
    );
    expect((await refused(elsewhere, ['--dry-run'])).stderr).toContain('READ_ONLY');
  });

  it('where nobody can be asked, or an option is no good', async () => {
    const root = makeRepository({ 'rhema.yaml': flat });
    const { code, stdout, stderr } = await refused(root, []);
    expect([code, stderr]).toEqual([
      2,
      'rhema: nothing was written: --yes writes it, --dry-run shows the lines (CONFIRMATION_NEEDED)\n',
    ]);
    expect(stdout).toBe('1 scope described, sound\n\nchange rhema.yaml\n');
    for (const words of [
      ['--stage', 'all'],
      ['--agents', '0'],
      ['--yes', '--dry-run'],
    ])
      expect((await refused(root, words)).code).toBe(2);
  });

  it('where it changes while the person thinks', async () => {
    const root = makeRepository({ 'rhema.yaml': flat });
    const person = new Person(true);
    const confirm = (message: string): Promise<boolean | null> => {
      write(root, { 'rhema.yaml': `${flat}x: 1\n` });
      return person.confirm(message);
    };
    const { code, stderr } = await runHere(root, ['migrate'], {
      secret: async () => null,
      confirm,
      select: async () => null,
    });
    expect(code).toBe(1);
    expect(stderr).toContain('rhema.yaml has been changed meanwhile: nothing was written, run the');
    expect(readFileSync(join(root, 'rhema.yaml'), 'utf8')).toBe(`${flat}x: 1\n`);
  });
});

describe('on a terminal', () => {
  it.each([true, false, null])('it asks first: %s', async (answer) => {
    const root = makeRepository({ '.rhema/rhema.yaml': flat });
    const before = bytesOf(root);
    const { code, stdout } = await runHere(root, ['migrate'], new Person(answer));
    expect(code).toBe(0);
    expect(stdout).toContain('1 scope described, sound\n\nchange .rhema/rhema.yaml\n');
    expect(JSON.stringify(bytesOf(root)) === JSON.stringify(before)).toBe(answer !== true);
  });
});

it('--dry-run shows a diff that Git takes, and that comes to what --yes writes', async () => {
  const root = makeRepository({ '.rhema/rhema.yaml': flat.trimEnd() });
  const { code, stdout, stderr } = await migrate(root, '--dry-run');
  expect(code).toBe(0);
  expect(stderr).toBe('1 scope described, sound\n\nchange .rhema/rhema.yaml\n\n');
  write(root, { 'plan.patch': stdout });

  git(root, 'apply', 'plan.patch');
  const applied = readFileSync(join(root, '.rhema/rhema.yaml'), 'utf8');
  git(root, 'apply', '--reverse', 'plan.patch');
  await migrate(root, '--yes');
  expect(readFileSync(join(root, '.rhema/rhema.yaml'), 'utf8')).toBe(applied);
});

it('where only folders below the top are described the top gets a file', async () => {
  const root = makeRepository({ 'a/.rhema/rhema.yaml': 'name: a\nscope_type: library\nversion: 1.0.0\n' });
  const { body } = await migrate(root, '--yes', '--json');
  expect(body['changes']).toEqual([{ file: 'rhema.yaml', action: 'add' }]);
  expect((await scan(root)).definitions.map(({ path }) => path)).toEqual(['.', 'a']);
});

it('init leaves the configuration that is there, and names who changes its stage', async () => {
  const root = makeRepository({ 'rhema.yaml': `${flat}agent_coordination:\n  enabled: true\n` });
  expect((await runHere(root, ['init', '--stage', 'strict'])).stdout).toContain(
    'rhema migrate --stage strict changes it',
  );
});
