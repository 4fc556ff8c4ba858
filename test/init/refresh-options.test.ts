/** `rhema scope refresh` as people type it: what each of its options does, and where there is nothing to refresh. */
import { chmodSync, existsSync, readFileSync, rmSync } from 'node:fs';
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
