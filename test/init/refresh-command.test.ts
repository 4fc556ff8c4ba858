/** What a refresh does about files that are broken or gone, and about bounds that have become too tight. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { commitAll, git, makeRepository, write } from '../../src/repository/testing/fixture.ts';
import { asBound, closeFolder } from '../../src/repository/testing/nobody.ts';
import { json } from './support.ts';
import { runHere, type Run } from './run.ts';

const manifest = (name: string, ...dependencies: readonly string[]): string =>
  json({ name, dependencies: Object.fromEntries(dependencies.map((one) => [one, '*'])) });

let root = '';
const rhema = (...words: readonly string[]): Promise<Run> => runHere(root, words);
const refresh = (...words: readonly string[]): Promise<Run> => rhema('scope', 'refresh', ...words);
const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const edit = (file: string, change: (text: string) => string): void =>
  writeFileSync(join(root, file), change(read(file)));

/** `p0 <- p1 <- p2 ...` */
function chain(from: number, to: number): Record<string, string> {
  const positions = Array.from({ length: to - from }, (_, index) => from + index);
  return Object.fromEntries(
    positions.map((at) => [`p${at}/package.json`, manifest(`p${at}`, ...(at > 0 ? [`p${at - 1}`] : []))]),
  );
}

beforeEach(async () => {
  root = makeRepository({ 'package.json': json({ name: 'acme', workspaces: ['*'] }), ...chain(0, 3) });
  await rhema('init', '--yes', '--layout', 'files');
});

describe('rhema scope refresh where a file is broken or gone', () => {
  it('stops at a top file that is no YAML, and writes nothing', async () => {
    edit('rhema.yaml', (text) => `${text}version: [\n`);
    write(root, chain(3, 4));
    for (const mode of ['--check', '--yes', '--dry-run']) {
      const { code, stderr } = await refresh(mode);
      expect(code).toBe(3);
      expect(stderr).toContain(
        'rhema.yaml: error: says how deep scopes may lie: it has to be repaired first',
      );
    }
    expect(existsSync(join(root, 'p3/rhema.yaml'))).toBe(false);
  });

  it('misses a top file that was removed, and writes it anew', async () => {
    rmSync(join(root, 'rhema.yaml'));
    const checked = await refresh('--check');
    expect([checked.code, checked.stderr]).toEqual([3, expect.stringContaining('add    rhema.yaml')]);
    expect((await refresh('--yes')).code).toBe(0);
    expect((await refresh('--check')).code).toBe(0);
    expect((await rhema('init', '--yes', '--layout', 'files')).stdout).toContain('change rhema.yaml');
    expect(read('rhema.yaml')).toContain('agent_coordination:\n  enabled: true');
  });

  it('--check names a file of another scope that is no YAML', async () => {
    edit('p1/rhema.yaml', (text) => `${text}version: [\n`);
    const { code, stderr } = await refresh('--check');
    expect(code).toBe(3);
    expect(stderr).toContain('p1/rhema.yaml:');
  });

  it('names a broken file once, and not again for each scope that depends on it', async () => {
    edit('p1/rhema.yaml', (text) => `${text}# mine\n`);
    write(root, { 'p0/rhema.yaml': 'name: [\n' });
    const { code, stderr } = await refresh('--check');
    expect([code, stderr]).toEqual([3, expect.stringContaining('p0/rhema.yaml:')]);
    expect(stderr).not.toContain('p1/rhema.yaml');
  });

  it.each([
    ['is no YAML', 'name: [\n', 'is not valid YAML'],
    ['names what is no scope', 'name: p1\ndependencies:\n  - path: ../gone\n', 'is no scope'],
    ['names itself', 'name: p1\ndependencies:\n  - path: ../p1\n', 'form a cycle: p1 -> p1'],
  ])('ends with 3, as init does, while the file of another scope %s', async (_title, text, told) => {
    write(root, { 'p1/rhema.yaml': text, ...chain(3, 4) });
    const commands = [
      ['init', '--yes'],
      ['init', '--dry-run'],
      ['init'],
      ...['--yes', '--check', '--dry-run'].map((option) => ['scope', 'refresh', option]),
      ['scope', 'refresh'],
    ];
    for (const words of commands) {
      const { code, stderr } = await rhema(...words);
      expect([words, code, stderr]).toEqual([words, 3, expect.stringContaining(told)]);
    }
    expect(existsSync(join(root, 'p3/rhema.yaml'))).toBe(false);
  });

  it('removes a dependency on a part that is gone, though nobody can resolve it before', async () => {
    edit('p1/rhema.yaml', (text) => `${text}# mine\n`);
    rmSync(join(root, 'p0'), { recursive: true });
    write(root, { 'p1/package.json': manifest('p1') });
    expect((await refresh('--yes')).code).toBe(0);
    expect(read('p1/rhema.yaml')).not.toContain('p0');
  });

  it('--check cannot tell anything while a manifest is broken, and says so', async () => {
    write(root, { 'package.json': '<<<<<<<' });
    const { code, stderr } = await refresh('--check');
    expect(code).toBe(3);
    expect(stderr).toContain('not everything could be read (SCOPES_UNKNOWN)');
    expect(stderr).toContain('package.json:1:1: warning: cannot be used: it is no JSON');
    expect((await refresh('--yes')).code).toBe(0);
  });

  it('names a folder that may not be entered, and takes nothing away', async () => {
    closeFolder(join(root, 'p0'));
    const { code, stderr } = await asBound(root, () => refresh('--yes'));
    expect([code, stderr]).toEqual([
      3,
      expect.stringContaining('p0: warning: is a folder that cannot be opened'),
    ]);
    expect(read('p1/rhema.yaml')).toContain('../p0');
  });

  it('leaves a top file that a person made his own, and refreshes the others', async () => {
    edit('rhema.yaml', (text) => text.slice(0, text.indexOf('generated:')));
    const before = read('rhema.yaml');
    expect((await refresh('--check')).code).toBe(0);
    write(root, chain(3, 4));
    expect((await refresh('--yes')).code).toBe(0);
    expect(existsSync(join(root, 'p3/rhema.yaml'))).toBe(true);
    expect(read('rhema.yaml')).toBe(before);
  });
});

it('a sparse checkout is in step, and has all scopes', async () => {
  commitAll(root);
  git(root, 'sparse-checkout', 'set', 'p2');
  const { code, stdout } = await refresh('--check');
  expect([code, stdout]).toEqual([0, expect.stringContaining('the scopes are in step with the code')]);
  expect((await rhema('scope', 'list', '--json')).body).toMatchObject({
    problems: [],
    scopes: [{ path: '.' }, { path: 'p0' }, { path: 'p1' }, { path: 'p2', dependencies: ['p1'] }],
  });
});

it('what a killed process has left is out of step, and removed by the next that writes', async () => {
  const dead = spawnSync(process.execPath, ['-e', '0']).pid;
  const left = `p1/rhema.yaml.${dead}.tmp`;
  const ours = `p2/rhema.yaml.${process.pid}.tmp`;
  const others = [`p1/rhema.yaml.${process.ppid}.tmp`, `p1/package.json.${dead}.tmp`];
  write(root, Object.fromEntries([left, ours, ...others].map((file) => [file, 'half'])));
  write(root, { '.gitignore': '*.tmp\n', 'p2/package.json': manifest('p2') });
  const checked = await refresh('--check');
  expect([checked.code, checked.stderr]).toEqual([3, expect.stringContaining(`remove ${left}`)]);
  expect((await refresh('--yes')).code).toBe(0);
  expect([left, ours, ...others].filter((file) => existsSync(join(root, file)))).toEqual(others);
  expect((await refresh('--check')).code).toBe(0);
});

it('init removes what a killed process has left, also where scopes were written by hand', async () => {
  const left = `rhema.yaml.${spawnSync(process.execPath, ['-e', '0']).pid}.tmp`;
  root = makeRepository({ 'rhema.yaml': 'name: x\nagent_coordination: {}\n', [left]: 'half' });
  expect((await rhema('init', '--yes', '--layout', 'files')).stdout).toContain(`remove ${left}`);
  expect(existsSync(join(root, left))).toBe(false);
});

describe('rhema scope refresh where the graph has outgrown its bounds', () => {
  beforeEach(() => write(root, chain(3, 70)));

  it('adds the bound to the block, and the coordinator takes the graph', async () => {
    edit('rhema.yaml', (text) => text.replace(/  enabled: true.*\n/, '  enabled: true # ours\n'));
    expect((await refresh('--check')).code).toBe(3);
    const { code, stdout, stderr } = await refresh('--yes');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('\n68 files written\n');
    expect(stdout).toContain('the longest chain has 69 dependencies: max_scope_depth is 64\n');
    expect(stdout).toContain('change rhema.yaml\nadd    p10/rhema.yaml\n');
    expect(read('rhema.yaml')).toContain('  enabled: true # ours\n');
    expect(read('rhema.yaml')).toContain('  max_scope_depth: 128\n');
    expect((await refresh('--check')).code).toBe(0);
  });

  it('does so too when init is run again', async () => {
    expect((await rhema('init', '--yes', '--layout', 'files')).code).toBe(0);
    expect(read('rhema.yaml')).toContain('  max_scope_depth: 128\n');
    expect((await rhema('scope', 'list')).code).toBe(0);
  });

  it('raises again what it has raised, and keeps in mind what that was', async () => {
    await refresh('--yes');
    edit('rhema.yaml', (text) => text.replace('max_scope_depth: 128\n', 'max_scope_depth: 128 # enough?\n'));
    write(root, chain(70, 140));
    expect(await refresh('--yes')).toMatchObject({ code: 0 });
    expect(read('rhema.yaml')).toContain('  max_scope_depth: 256 # enough?\n');
    expect(read('rhema.yaml')).toMatch(/generated:[^]*\n {2}max_scope_depth: 256\n/);
    expect((await refresh('--check')).code).toBe(0);
  });

  it('raises again what a first init has written', async () => {
    root = makeRepository({ 'package.json': json({ name: 'acme', workspaces: ['*'] }), ...chain(0, 70) });
    await rhema('init', '--yes', '--layout', 'files');
    write(root, chain(70, 140));
    expect(await rhema('init', '--yes', '--layout', 'files')).toMatchObject({ code: 0 });
    expect(read('rhema.yaml').match(/max_scope_depth: 256\n/g)).toHaveLength(2);
  });

  it('does not raise again what a person has changed meanwhile', async () => {
    await refresh('--yes');
    edit('rhema.yaml', (text) => text.replace('max_scope_depth: 128\n', 'max_scope_depth: 100\n'));
    write(root, chain(70, 140));
    const { code, stderr } = await refresh('--yes');
    expect([code, stderr]).toEqual([
      3,
      expect.stringContaining('has max_scope_depth already, which is yours'),
    ]);
  });

  it('never changes a bound that stands there: it is named, and nothing is written', async () => {
    edit('rhema.yaml', (text) =>
      text.replace(/  enabled: true.*\n/, '  enabled: true\n  max_scope_depth: 50\n'),
    );
    for (const mode of ['--check', '--yes']) {
      const { code, stderr } = await refresh(mode);
      expect(code).toBe(3);
      expect(stderr).toContain('rhema.yaml:9: error: has max_scope_depth already, which is yours');
    }
    expect(existsSync(join(root, 'p3/rhema.yaml'))).toBe(false);
  });
});

describe('what --depth was', () => {
  beforeEach(() =>
    write(root, {
      'package.json': json({ name: 'acme', workspaces: ['**'] }),
      'a/package.json': manifest('a'),
      'a/b/package.json': manifest('b'),
      'a/b/c/package.json': manifest('c'),
    }),
  );

  it('is remembered by the next refresh, also when it changes', async () => {
    await rhema('init', '--yes', '--layout', 'files', '--depth', '2');
    expect(read('rhema.yaml')).toContain('  depth: 2\n');
    expect(existsSync(join(root, 'a/b/c/rhema.yaml'))).toBe(false);
    await rhema('init', '--yes', '--layout', 'files', '--depth', '9');
    expect(read('rhema.yaml')).toContain('  depth: 9\n');
    expect((await refresh('--check')).code).toBe(0);
    expect(existsSync(join(root, 'a/b/c/rhema.yaml'))).toBe(true);
  });

  it('must be a number when a person writes it', async () => {
    edit('rhema.yaml', (text) => `${text}  depth: foo\n`);
    const { code, stderr } = await refresh('--check');
    expect([code, stderr]).toEqual([
      3,
      expect.stringContaining('generated.depth is no whole number above 0'),
    ]);
  });
});

it('a plain refresh tells all that is out of step, where nobody can be asked', async () => {
  write(root, { 'p0/package.json': manifest('p0', 'p2'), 'p9/package.json': '{' });
  const { stdout, stderr } = await refresh();
  expect(stdout).toContain('cycle p0 -> p2 -> p1 -> p0');
  expect(stdout).toContain('p9/package.json:1:2');
  expect(stdout).toContain('change p');
  expect(stderr).toContain('not in step with the code: rhema scope refresh --yes');
});

it('says what was written where coordination is disabled', async () => {
  edit('rhema.yaml', (text) => text.replace('enabled: true', 'enabled: false'));
  write(root, chain(3, 4));
  const { code, stdout, stderr } = await refresh('--yes');
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^add {4}p3\/rhema\.yaml\n1 file written\ncoordination is disabled/);
});

it('init --derive says nothing about a scope that it is about to make', async () => {
  root = makeRepository({
    'package.json': json({ name: 'acme', workspaces: ['p/*'] }),
    'p/a/package.json': manifest('a'),
    'p/a/rhema.yaml': 'name: a\nscope_type: library\nversion: 1.0.0\ndependencies:\n  - ../b\n',
    'p/b/package.json': manifest('b'),
  });
  const { code, stdout } = await rhema('init', '--derive', '--yes');
  expect([code, stdout]).toEqual([0, expect.not.stringContaining('is no scope')]);
  expect((await rhema('scope', 'list')).stdout).toContain('p/b');
});

it('leaves the type that a person gave to a dependency', async () => {
  edit('p1/rhema.yaml', (text) => text.replace('dependency_type: required', 'dependency_type: optional'));
  expect((await refresh('--check')).code).toBe(0);
  write(root, { ...chain(3, 4), 'p1/package.json': manifest('p1', 'p0', 'p3') });
  await refresh('--yes');
  expect(read('p1/rhema.yaml')).toContain('- path: ../p0\n    dependency_type: optional\n');
});
