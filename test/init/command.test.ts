/** The commands as people type them, on real repositories; scopes are then read by the coordinator itself. */
import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
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
        changes: [{ file: 'rhema.yaml', action: 'add' }],
      },
    });
  });

  it('--dry-run shows a diff that git takes, and --yes writes the same', async () => {
    const { code, stdout, stderr } = await rhema('init', '--dry-run');
    expect(code).toBe(0);
    expect(stderr).toMatch(/^4 scopes, 2 dependencies, derived from package\.json\n\n\. .*\n {2}apps\/web /);
    expect(stderr).toContain('\ndependencies\napps/web\n└─ packages/ui\n');
    expect(stderr).toMatch(/add {4}rhema\.yaml\n\n$/);
    expect(isWritten()).toBe(false);
    write(root, { 'plan.patch': stdout });
    git(root, 'apply', 'plan.patch');
    const applied = readFileSync(join(root, 'rhema.yaml'), 'utf8');
    git(root, 'apply', '--reverse', 'plan.patch');
    expect((await rhema('init', '--yes')).code).toBe(0);
    expect(readFileSync(join(root, 'rhema.yaml'), 'utf8')).toBe(applied);
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

  it('--stage says in the configuration how far coordination goes', async () => {
    await rhema('init', '--yes', '--stage', 'strict');
    expect(readFileSync(join(root, 'rhema.yaml'), 'utf8')).toContain(
      '  safety_validation:\n    strict_mode: true\n',
    );
    const { body } = await rhema('config', 'show', '--json');
    expect(body['problems']).toEqual([]);
  });

  it('--stage optional leaves coordination switched off', async () => {
    await rhema('init', '--yes', '--stage', 'optional');
    const { code, stdout } = await rhema('status');
    expect([code, stdout]).toEqual([0, expect.stringContaining('disabled') as string]);
  });

  it.each([
    ['--stage', 'all'],
    ['--depth', '0'],
    ['--layout', 'all'],
    ['--agents', 'many'],
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
  it('shows the scopes, and then asks about each cycle, how many agents there are, and whether to write', async () => {
    const person = new Person('1', '16', true);
    const { code, stdout } = await run(['init'], person);
    expect(code).toBe(0);
    expect(person.asked).toEqual([
      expect.stringContaining(
        'packages/core needs packages/ui (development): packages/core/package.json, the weakest | packages/ui needs packages/core (required): packages/ui/package.json',
      ),
      expect.stringMatching(/^How many agents .* 8, if nothing else is known \| 3 \| 16 \| 32$/),
      'Write 1 file?',
    ]);
    expect(stdout.indexOf('  packages/ui  ')).toBeLessThan(stdout.indexOf('cycle '));
    expect(stdout.match(/^ {2}packages\/ui +ui, /gm)).toHaveLength(1);
    expect(stdout).toContain('left out: packages/ui -> packages/core');
    const written = readFileSync(join(root, 'rhema.yaml'), 'utf8');
    expect(written).toContain('  max_concurrent_agents: 16\n');
    expect(written).toContain('        - { path: /packages/ui, dependency_type: development }\n');
    expect((await rhema('scope', 'refresh', '--check')).code).toBe(0);
  });

  it.each([
    ['a no', ['0', '8', false]],
    ['leaving at the last question', ['0', '8', null]],
    ['leaving at the second question', ['0', null]],
    ['leaving at the first question', [null]],
  ])('writes nothing after %s', async (_title, answers) => {
    const { code, stdout } = await run(['init'], new Person(...answers));
    expect(code).toBe(0);
    expect(stdout).toContain('nothing was written');
    expect(isWritten()).toBe(false);
  });

  it('asks what to do about a graph beyond the bounds, and merges until it fits', async () => {
    const names = Array.from({ length: 260 }, (_, index) => `p${index}`);
    root = makeRepository({
      'package.json': json({ name: 'acme', workspaces: ['*/*'] }),
      'apps/all/package.json': manifest('all', Object.fromEntries(names.map((name) => [name, '*']))),
      ...Object.fromEntries(names.map((name) => [`packages/${name}/package.json`, manifest(name)])),
    });
    const person = new Person('1', '8', true);
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
  write(root, { '.tools/run.sh': '' });
  await rhema('init', '--yes');
  await rhema('agent', 'join', 'bob');
  const acquire = async (scope: string): Promise<string> =>
    (await rhema('lock', 'acquire', scope, '--agent', 'bob')).stderr;
  expect(await acquire('.tools/')).toContain(
    'what lies there is in the top scope, .\n  try: rhema --direct lock acquire . --agent bob\n',
  );
  expect(await acquire('nosuch/dir/')).toContain('no file or folder is there, and no scope is called so\n');
  expect((await rhema('why', '.tools')).stdout).toContain('.tools: what lies there is in the top scope, .');
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
