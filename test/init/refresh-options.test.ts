/** `rhema scope refresh` as people type it: what each of its options does, and where there is nothing to refresh. */
import { chmodSync, existsSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Questions } from '../../src/cli/process/ports.ts';
import { commitAll, git, makeRepository, write } from '../../src/repository/testing/fixture.ts';
import { makeAcme, manifest, Person } from './acme.ts';
import { runHere, type Run } from './run.ts';
import { json } from './support.ts';

let root = '';
const run = (words: readonly string[], questions: Questions | null = null): Promise<Run> =>
  runHere(root, words, questions);
const rhema = (...words: readonly string[]): Promise<Run> => run(words);

beforeEach(() => {
  root = makeAcme();
});

describe('rhema scope refresh', () => {
  beforeEach(async () => {
    await rhema('init', '--yes', '--layout', 'files');
    write(root, {
      'apps/web/package.json': manifest('web', { core: '*' }),
      'packages/new/package.json': manifest('new'),
    });
  });

  it('--check answers 3 while the files are not in step with the code', async () => {
    const { code, stderr } = await rhema('scope', 'refresh', '--check');
    expect(code).toBe(3);
    expect(stderr).toContain('SCOPES_STALE');
    expect(stderr).toContain('change apps/web/rhema.yaml');
    expect(stderr).toContain('add    packages/new/rhema.yaml');
    await rhema('scope', 'refresh', '--yes');
    expect(await rhema('scope', 'refresh', '--check')).toMatchObject({ code: 0 });
  });

  it('tells of a cycle only once: those that the scope files name already are no news', async () => {
    const told = async (): Promise<string> => (await rhema('scope', 'refresh', '--check')).stderr;
    expect(await told()).not.toContain('cycle');
    expect((await rhema('scope', 'refresh')).stdout).not.toContain('cycle');
    write(root, {
      'packages/new/package.json': manifest('new', { web: '*' }, { devDependencies: { new: '*' } }),
    });
    write(root, {
      'apps/web/package.json': manifest('web', { core: '*' }, { devDependencies: { new: '*' } }),
    });
    const text = await told();
    expect(text).toContain('left out: apps/web -> packages/new');
    expect(text).not.toContain('left out: packages/core -> packages/ui');
  });

  it('--dry-run shows a diff and writes nothing', async () => {
    const { code, stdout } = await rhema('scope', 'refresh', '--dry-run');
    expect(code).toBe(0);
    expect(stdout).toContain('-  - path: ../../packages/ui\n+  - path: ../../packages/core\n');
    expect(existsSync(join(root, 'packages/new/rhema.yaml'))).toBe(false);
  });

  it('--dry-run says beforehand what --yes would refuse', async () => {
    chmodSync(join(root, 'apps/web/rhema.yaml'), 0o444);
    for (const option of ['--dry-run', '--yes'])
      expect(await rhema('scope', 'refresh', option, '--json')).toMatchObject({
        code: 1,
        body: { code: 'READ_ONLY' },
      });
  });

  it('--dry-run keeps the empty lines at the end of the diff, without which git does not take it', async () => {
    const file = 'apps/web/rhema.yaml';
    rmSync(join(root, 'packages/new'), { recursive: true });
    write(root, { [file]: `${readFileSync(join(root, file), 'utf8')}\n\n\n\n` });
    const { stdout } = await rhema('scope', 'refresh', '--dry-run');
    write(root, { 'plan.patch': stdout });
    expect(() => git(root, 'apply', '--check', 'plan.patch')).not.toThrow();
  });

  it('--yes writes, and has the coordinator take it over', async () => {
    const { code, body } = await rhema('scope', 'refresh', '--yes', '--json');
    expect(code).toBe(0);
    expect(body).toMatchObject({ accepted: true, scopes: 5, written: true, problems: [] });
  });

  it('--yes says all that it did on standard output, as init does', async () => {
    const { stdout, stderr } = await rhema('scope', 'refresh', '--yes');
    expect(stdout).toContain('add    packages/new/rhema.yaml\n2 files written\n5 scopes in force\n');
    expect(stderr).toBe('');
  });

  it('--dry-run says on standard output that there is nothing to do, as init does', async () => {
    await rhema('scope', 'refresh', '--yes');
    expect(await rhema('scope', 'refresh', '--dry-run')).toMatchObject({
      code: 0,
      stdout: 'the scopes are in step with the code\n',
      stderr: '',
    });
  });

  it('--dry-run says nothing beside the diff when there is nothing else to say', async () => {
    expect(await rhema('scope', 'refresh', '--dry-run')).toMatchObject({ code: 0, stderr: '' });
  });

  it('tells programs what is behind where nobody can be asked', async () => {
    const { code, body } = await rhema('scope', 'refresh', '--json');
    expect(code).toBe(2);
    expect(body).toMatchObject({
      ok: false,
      code: 'CONFIRMATION_NEEDED',
      details: { accepted: true, scopes: 4, written: false, plan: { changes: [{}, {}] } },
    });
  });

  it('asks on a terminal', async () => {
    const person = new Person(true);
    expect(await run(['scope', 'refresh'], person)).toMatchObject({ code: 0 });
    expect(person.asked).toEqual(['Write 2 files?']);
    expect(existsSync(join(root, 'packages/new/rhema.yaml'))).toBe(true);
  });

  it('has the files read as they are where nobody can be asked, and says that they are behind', async () => {
    const { code, stdout, stderr } = await rhema('scope', 'refresh');
    expect(code).toBe(2);
    expect(stdout).toContain('4 scopes in force');
    expect(stderr).toContain('2 scope files not in step with the code: rhema scope refresh --yes');
    expect(stderr).toContain('CONFIRMATION_NEEDED');
    expect(existsSync(join(root, 'packages/new/rhema.yaml'))).toBe(false);
  });

  it('takes one option at a time', async () => {
    expect(await rhema('scope', 'refresh', '--yes', '--check')).toMatchObject({ code: 2 });
  });
});

it('where nothing was generated rhema scope refresh --check has nothing to compare', async () => {
  root = makeRepository({ 'rhema.yaml': 'name: acme\n', 'package.json': json({ name: 'acme' }) });
  expect(await rhema('scope', 'refresh', '--check')).toMatchObject({ code: 0 });
  expect(await rhema('scope', 'refresh')).toMatchObject({ code: 0, stdout: '1 scope in force\n' });
});

describe('where all scopes stand in the top file, and that cannot be used', () => {
  const listed = 'name: acme\nagent_coordination:\n  scopes:\n    api: { name: api }\n';
  const ways: readonly (readonly [title: string, ruin: () => void, code: string])[] = [
    ['a merge is not resolved in it', () => ruined(`<<<<<<< HEAD\n${listed}`), 'MERGE_CONFLICT'],
    ['it is no YAML', () => ruined(`${listed}x: [\n`), 'YAML_SYNTAX'],
    ['a key stands within a value', () => ruined(`${listed}type: compo: nent\n`), 'YAML_SYNTAX'],
    ['a key occurs twice', () => ruined(`${listed}name: acme\n`), 'DUPLICATE_KEY'],
    ['it is no UTF-8', () => ruined(Buffer.from([...Buffer.from(listed), 0xff, 0xfe])), 'NOT_UTF8'],
    ['it is empty', () => ruined(''), 'EMPTY_FILE'],
    ['it has remarks alone', () => ruined('# here it was\n'), 'EMPTY_FILE'],
    ['it has braces alone', () => ruined('{}\n'), 'EMPTY_FILE'],
    ['it says null', () => ruined('--- null\n'), 'EMPTY_FILE'],
    ['it is a link that leads out', () => linked('/etc/hostname'), 'SYMLINK_OUTSIDE'],
    ['it is a link that leads nowhere', () => linked('nowhere'), 'SYMLINK_OUTSIDE'],
  ];
  const ruined = (text: string | Uint8Array): void => write(root, { 'rhema.yaml': text });
  const linked = (target: string): void => {
    rmSync(join(root, 'rhema.yaml'));
    symlinkSync(target, join(root, 'rhema.yaml'));
  };

  it.each(ways)(
    '%s: rhema scope refresh --check, and whatever else reads it, refuses',
    async (_, ruin, code) => {
      root = makeRepository({ 'rhema.yaml': listed, 'api/index.js': '' });
      ruin();
      const commands = [
        'scope refresh --check',
        'scope refresh --dry-run',
        'safety validate',
        'config check',
      ];
      for (const command of commands) {
        const { code: exit, body } = await rhema(...command.split(' '), '--json');
        expect([command, exit, body['ok']]).toEqual([command, 3, false]);
        expect(JSON.stringify(body)).toContain(`"code":"${code}","severity":"error","file":"rhema.yaml"`);
      }
    },
  );

  it.each(['', '# here it was\n', '--- null\n', '{}\n'])(
    'rhema init says once what to do about a file that says nothing: %j',
    async (text) => {
      root = makeRepository({ 'rhema.yaml': text, 'api/index.js': '' });
      for (const option of ['--yes', '--dry-run']) {
        const { code, stderr } = await rhema('init', option);
        const remedies = stderr.match(/is empty: put back what it said, remove it, or write at least/g);
        expect([code, remedies?.length, stderr.match(/error:/g)?.length]).toEqual([3, 1, 1]);
      }
    },
  );
});

it('rhema scope refresh --check says that the graph of scopes written by hand would be refused', async () => {
  const scope = (name: string, other: string): string => `name: ${name}\ndependencies: [/${other}]\n`;
  root = makeRepository({ 'a/rhema.yaml': scope('a', 'b'), 'b/rhema.yaml': scope('b', 'a') });
  const { code, stderr } = await rhema('scope', 'refresh', '--check');
  expect([code, stderr]).toEqual([3, expect.stringContaining('DEPENDENCY_CYCLE')]);
});

it('in a bare repository rhema scope refresh has the files of HEAD read, and compares nothing', async () => {
  const source = makeRepository({ 'rhema.yaml': 'name: acme\n', 'api/rhema.yaml': 'name: api\n' });
  commitAll(source);
  root = join(source, '..', `${basename(source)}.git`);
  git(source, 'clone', '-q', '--bare', source, root);
  const refresh = (...options: readonly string[]): Promise<Run> =>
    runHere(root, ['scope', 'refresh', ...options], null, { GIT_DIR: root });
  expect(await refresh()).toMatchObject({ code: 0, stdout: '2 scopes in force\n' });
  for (const compare of ['--check', '--dry-run'])
    expect(await refresh(compare)).toMatchObject({
      stderr: expect.stringContaining('a bare repository has no files to look at'),
    });
});

it('where no scope is left rhema scope refresh --check does not say that all is well', async () => {
  root = makeRepository({ 'package.json': json({ name: 'acme' }) });
  const { code, stderr } = await rhema('scope', 'refresh', '--check');
  expect(code).toBe(3);
  expect(stderr).toContain('no scope file is here');
});

it('where a linked worktree has no scopes rhema scope refresh --check says so, whatever the main one has', async () => {
  root = makeRepository({ 'package.json': json({ name: 'acme' }) });
  commitAll(root);
  const linked = join(root, 'linked');
  git(root, 'worktree', 'add', '-q', linked);
  write(root, { 'rhema.yaml': 'name: acme\n' });
  expect(await rhema('scope', 'refresh', '--check')).toMatchObject({ code: 0 });
  root = linked;
  const { code, stdout } = await rhema('scope', 'refresh', '--check', '--json');
  expect([code, stdout]).toEqual([3, expect.stringContaining('NO_SCOPES')]);
});
