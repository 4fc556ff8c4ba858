/** The commands as people type them, on real repositories; scopes are then read by the coordinator itself. */
import { chmodSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Answer, Questions } from '../../src/cli/process/context.ts';
import { commitAll, git, makeRepository, write } from '../../src/repository/testing/fixture.ts';
import { runHere, type Run } from './run.ts';
import { json } from './support.ts';

let root = '';

const run = (words: readonly string[], questions: Questions | null = null): Promise<Run> =>
  runHere(root, words, questions);
const rhema = (...words: readonly string[]): Promise<Run> => run(words);

/** A person who answers from a list, and what he was asked. */
class Person implements Questions {
  readonly asked: string[] = [];
  readonly #answers: (string | boolean | null)[];

  constructor(...answers: readonly (string | boolean | null)[]) {
    this.#answers = [...answers];
  }

  async confirm(message: string): Promise<boolean | null> {
    this.asked.push(message);
    return this.#next() as boolean | null;
  }

  async select<T extends string>(message: string, options: readonly Answer<T>[]): Promise<T | null> {
    this.asked.push(`${message} ${options.map(({ label }) => label).join(' | ')}`);
    return this.#next() as T | null;
  }

  #next(): string | boolean | null {
    const answer = this.#answers.shift();
    if (answer === undefined) throw new Error(`one question too many: ${this.asked.at(-1)}`);
    return answer;
  }
}

const manifest = (name: string, dependencies: Record<string, string> = {}, more: object = {}): string =>
  json({ name, dependencies, ...more });

beforeEach(() => {
  root = makeRepository({
    'package.json': json({ name: 'acme', workspaces: ['packages/*', 'apps/*'] }),
    'apps/web/package.json': manifest('web', { ui: '*' }),
    'packages/ui/package.json': manifest('ui', { core: '*' }),
    'packages/core/package.json': manifest('core', {}, { devDependencies: { ui: '*' } }),
  });
});

const isWritten = (): boolean => existsSync(join(root, 'rhema.yaml'));

describe('rhema init', () => {
  it('shows a plan and how to go on where nobody can be asked, and writes nothing', async () => {
    const { code, stdout, stderr } = await rhema('init');
    expect(code).toBe(2);
    expect(stdout).toMatchSnapshot();
    expect(stderr).toBe(
      'rhema: nothing was written: --yes writes it, --dry-run shows each file (CONFIRMATION_NEEDED)\n',
    );
    expect(isWritten()).toBe(false);
  });

  it('gives programs the plan', async () => {
    const { code, body } = await rhema('init', '--json');
    expect(code).toBe(2);
    expect(body).toMatchObject({
      ok: false,
      code: 'CONFIRMATION_NEEDED',
      details: {
        mode: 'derive',
        scopes: [{ path: '.' }, { path: 'apps/web', dependencies: ['packages/ui'] }, {}, {}],
        leftOut: [
          {
            from: 'packages/core',
            to: 'packages/ui',
            kind: 'development',
            files: ['packages/core/package.json'],
          },
        ],
        changes: [{ file: 'rhema.yaml', action: 'add' }, {}, {}, {}],
      },
    });
  });

  it('--dry-run shows a diff that git takes, and --yes writes the same', async () => {
    const { code, stdout, stderr } = await rhema('init', '--dry-run');
    expect(code).toBe(0);
    expect(stderr).toMatch(/^4 scopes, 2 dependencies, derived from package\.json\n\n\. .*\n {2}apps\/web /);
    expect(stderr).toContain('\ndependencies\napps/web\n└─ packages/ui\n');
    expect(stderr).toMatch(/add {4}packages\/ui\/rhema\.yaml\n\n$/);
    expect(isWritten()).toBe(false);
    write(root, { 'plan.patch': stdout });
    git(root, 'apply', 'plan.patch');
    const applied = readFileSync(join(root, 'apps/web/rhema.yaml'), 'utf8');
    git(root, 'apply', '--reverse', 'plan.patch');
    expect((await rhema('init', '--yes')).code).toBe(0);
    expect(readFileSync(join(root, 'apps/web/rhema.yaml'), 'utf8')).toBe(applied);
  });

  it('--dry-run says beforehand what --yes would refuse', async () => {
    write(root, { 'rhema.yaml': 'name: acme\n' });
    chmodSync(join(root, 'rhema.yaml'), 0o444);
    for (const option of ['--dry-run', '--yes']) {
      const { code, stdout, stderr } = await rhema('init', option);
      expect([code, stdout]).toEqual([1, '']);
      expect(stderr).toContain(
        'rhema.yaml is read-only: nothing was written, chmod u+w it first (READ_ONLY)',
      );
    }
  });

  it('--yes writes scopes whose list and graph the coordinator gives as init did, and a second run has nothing to do', async () => {
    const { body: written } = await rhema('init', '--yes', '--json');
    expect(written).toMatchObject({ ok: true, written: true });
    const planned = (written['scopes'] as { path: string; dependencies: string[] }[]).map(
      ({ path, dependencies }) => ({ path, dependencies }),
    );
    expect((await rhema('scope', 'graph', '--json')).body['scopes']).toEqual(planned);
    expect((await rhema('scope', 'list', '--json')).body).toMatchObject({ problems: [], scopes: planned });
    const second = await rhema('init');
    expect(second.code).toBe(0);
    expect(second.stdout).toContain('nothing to do');
    expect((await rhema('init', '--yes', '--json')).body).toMatchObject({ changes: [], written: false });
  });

  it('--stage writes no option that nothing acts on, and says that it has no effect', async () => {
    const { stdout } = await rhema('init', '--yes', '--stage', 'strict');
    expect(stdout).toContain('--stage strict has no effect yet');
    expect(readFileSync(join(root, 'rhema.yaml'), 'utf8')).not.toMatch(/strict_mode|auto_/);
    const { body } = await rhema('config', 'show', '--json');
    const entries = body['entries'] as { key: string; inForce: boolean }[];
    expect(entries.find(({ key }) => key.endsWith('strict_mode'))).toMatchObject({ inForce: false });
    expect(body['problems']).toEqual([]);
  });

  it('config check names what a configuration says in vain, for people and for programs', async () => {
    write(root, {
      'rhema.yaml': 'name: r\nagent_coordination:\n  safety_validation:\n    strict_mode: true\n',
    });
    const key = 'agent_coordination.safety_validation.strict_mode';
    const { code, stdout } = await rhema('config', 'check');
    expect(code).toBe(0);
    expect(stdout).toContain(`${key}: true (rhema.yaml:4) has no effect yet`);
    const { body } = await rhema('config', 'check', '--json');
    expect(body['withoutEffect']).toContainEqual({ key, origin: 'rhema.yaml:4' });
  });

  it.each([
    ['--stage', 'all'],
    ['--depth', '0'],
    ['--dry-run', '--yes'],
  ])('refuses %s %s', async (...words) => {
    expect(await rhema('init', ...words)).toMatchObject({ code: 2 });
    expect(isWritten()).toBe(false);
  });

  it('names what has to be repaired, and writes nothing', async () => {
    write(root, { 'rhema.yaml': 'name: [acme\n' });
    const { code, stderr } = await rhema('init', '--yes');
    expect(code).toBe(3);
    expect(stderr).toContain('SCOPES_UNSOUND');
    expect(stderr).toContain('rhema.yaml:2:1: error: is not valid YAML');
  });
});

describe('on a terminal rhema init', () => {
  it('asks about each cycle, then whether to write', async () => {
    const person = new Person('1', true);
    const { code, stdout } = await run(['init'], person);
    expect(code).toBe(0);
    expect(person.asked).toEqual([
      expect.stringContaining(
        'packages/core needs packages/ui (development): packages/core/package.json, the weakest | packages/ui needs packages/core (required): packages/ui/package.json',
      ),
      'Write 4 files?',
    ]);
    expect(stdout).toContain('left out: packages/ui -> packages/core');
    expect(readFileSync(join(root, 'packages/core/rhema.yaml'), 'utf8')).toContain('- path: ../ui\n');
    expect((await rhema('scope', 'refresh', '--check')).code).toBe(0);
  });

  it.each([
    ['a no', ['0', false]],
    ['leaving at the last question', ['0', null]],
    ['leaving at the first question', [null]],
  ])('writes nothing after %s', async (_title, answers) => {
    const { code, stdout } = await run(['init'], new Person(...answers));
    expect(code).toBe(0);
    expect(stdout).toContain('nothing was written');
    expect(isWritten()).toBe(false);
  });

  it('asks what to do about a graph beyond the bounds, and merges until it fits', async () => {
    const names = Array.from({ length: 260 }, (_, place) => `p${place}`);
    root = makeRepository({
      'package.json': json({ name: 'acme', workspaces: ['*/*'] }),
      'apps/all/package.json': manifest('all', Object.fromEntries(names.map((name) => [name, '*']))),
      ...Object.fromEntries(names.map((name) => [`packages/${name}/package.json`, manifest(name)])),
    });
    const person = new Person('1', true);
    await run(['init'], person);
    expect(person.asked[0]).toBe(
      'What shall be done? raise max_dependencies in the configuration | merge what lies deeper than 1 folder (3 scopes, fits) | leave it as it is; the coordinator refuses the graph until one is changed',
    );
    const { body } = await rhema('scope', 'graph', '--json');
    expect(body['scopes']).toEqual([
      { path: '.', dependencies: [] },
      { path: 'apps', dependencies: ['packages'] },
      { path: 'packages', dependencies: [] },
    ]);
  });
});

describe('rhema scope refresh', () => {
  beforeEach(async () => {
    await rhema('init', '--yes');
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

it('where there are no scopes each refusal and each look at them leads to rhema init', async () => {
  root = makeRepository({ 'src/a.ts': '' });
  await rhema('agent', 'join', 'bob');
  const refused = await rhema('lock', 'acquire', 'src', '--agent', 'bob');
  expect([refused.code, refused.stderr]).toEqual([3, expect.stringContaining('try: rhema init\n')]);
  for (const look of [
    ['scope', 'refresh'],
    ['scope', 'show', 'src'],
    ['why', 'src'],
  ]) {
    const { stdout, stderr } = await rhema(...look);
    expect(stdout + stderr).toContain(': rhema init derives them');
  }
});

it('a folder that is no scope is told from one that is not there, also by why', async () => {
  write(root, { 'docs/index.md': '' });
  await rhema('init', '--yes');
  await rhema('agent', 'join', 'bob');
  const acquire = async (scope: string): Promise<string> =>
    (await rhema('lock', 'acquire', scope, '--agent', 'bob')).stderr;
  expect(await acquire('docs/')).toContain(
    'what lies there is in the top scope, .\n  try: rhema lock acquire . --agent bob\n',
  );
  expect(await acquire('nosuch/dir')).toContain('no file or folder is there, and no scope is called so\n');
  expect((await rhema('why', 'docs')).stdout).toContain('docs: what lies there is in the top scope, .');
});

it('in a bare repository without scopes, all that speaks of init says that it runs in a clone or worktree', async () => {
  git(root, 'init', '--quiet', '--bare', 'bare.git');
  const bare = join(root, 'bare.git');
  const inBare = (...words: readonly string[]): Promise<Run> => runHere(bare, words, null, { GIT_DIR: bare });
  expect(await inBare('init', '--yes')).toMatchObject({
    stderr: expect.stringContaining('NO_WORKTREE') as string,
  });
  expect((await inBare('status')).stdout).toContain('rhema init in a clone or worktree of it derives them');
  expect((await inBare('doctor')).stdout).toContain('rhema init in a clone or worktree of it derives them');
  expect((await inBare('scope', 'list')).stdout).toContain(
    'what rhema init writes in a clone or worktree of it counts once it is merged there\n',
  );
});

describe('in a linked worktree, whose scopes the main one does not have yet', () => {
  const linked = (): string => join(root, 'linked');
  const inLinked = (...words: readonly string[]): Promise<Run> => runHere(linked(), words);
  beforeEach(async () => {
    commitAll(root);
    git(root, 'worktree', 'add', '--quiet', 'linked');
    expect(await inLinked('init', '--yes')).toMatchObject({ code: 0 });
  });

  it('scope list says which tree is read, and when those of this one count', async () => {
    const { stdout } = await inLinked('scope', 'list');
    expect(stdout).toContain(
      `no scopes: they are read from the main working tree, ${root}; what rhema init writes here counts once it is merged there\n`,
    );
    expect((await rhema('scope', 'list')).stdout).toContain('no scopes: rhema init derives them');
  });

  it('doctor says so too', async () => {
    const { stdout } = await inLinked('doctor');
    expect(stdout).toContain(`nothing to lock; they are read from the main working tree, ${root}\n`);
    expect(stdout).toContain('merge the scope files of this working tree into it');
  });
});
