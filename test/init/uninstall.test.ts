/** `rhema uninstall` as people type it: every byte is compared before and after. */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { stages } from '../../src/init/index.ts';
import {
  commitAll,
  git,
  makeRepository,
  temporaryFolder,
  write,
} from '../../src/repository/testing/fixture.ts';
import { makeAcme, manifest, Person } from './acme.ts';
import { bytesOf } from './bytes.ts';
import { context, flat, rhemaShapes } from './rhema-shapes.ts';
import { runHere, type Run } from './run.ts';

/** The user's own folders, in which nothing may stay either. */
const home = (): Readonly<Record<string, string>> => {
  const folder = temporaryFolder();
  for (const name of ['home', 'run', 'tmp']) mkdirSync(join(folder, name), { mode: 0o700 });
  const [own, run, tmp] = ['home', 'run', 'tmp'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  return { HOME: own, XDG_RUNTIME_DIR: run, TMPDIR: tmp };
};

const rhema = (root: string, ...words: string[]): Promise<Run> => runHere(root, words, null, home());

async function must(root: string, ...words: string[]): Promise<Run> {
  const run = await rhema(root, ...words);
  expect([words, run.code, run.stderr]).toEqual([words, 0, run.stderr]);
  return run;
}

/** Joins, locks, a wait, a context file, a run. What a person has written of it is gone again afterwards. */
async function use(root: string): Promise<void> {
  const had = existsSync(join(root, '.rhema'));
  await must(root, 'agent', 'join', 'alice');
  await must(root, 'agent', 'join', 'bob');
  await must(root, 'lock', 'acquire', '.', '--agent', 'alice');
  expect((await rhema(root, 'lock', 'acquire', '.', '--agent', 'bob')).code).toBe(3);
  await must(root, 'lock', 'release', '.', '--agent', 'alice');
  const fields = ['name=X', 'description=Y', 'pattern_type=z', 'usage=required'];
  await must(root, 'context', 'add', 'patterns', ...fields, '--scope', '.', '--agent', 'alice');
  await must(root, 'run', '--scope', '.', '--agent', 'alice', '--', 'true');
  rmSync(join(root, '.rhema/patterns.yaml'));
  if (!had) rmSync(join(root, '.rhema'), { recursive: true });
}

async function addClients(root: string): Promise<void> {
  for (const client of ['claude', 'codex', 'cursor', 'vscode', 'gemini'])
    await must(root, 'mcp', '--client-config', client, '--write');
}

async function uninstalled(root: string, ...words: string[]): Promise<Run> {
  const env = home();
  const before = bytesOf(join(String(env['HOME']), '..'));
  const run = await runHere(root, ['uninstall', '--yes', ...words], null, env);
  expect([run.code, run.stderr]).toEqual([0, '']);
  expect(bytesOf(join(String(env['HOME']), '..'))).toEqual(before);
  return run;
}

describe('a repository without Rhema is as it was', () => {
  it.each([
    ['init', ['init', '--yes']],
    ['a file for each scope', ['init', '--yes', '--layout', 'files']],
    ['a configuration that is switched off', ['init', '--yes', '--stage', 'optional']],
    ['a strict one', ['init', '--yes', '--stage', 'strict']],
  ])('after %s', async (_title, words) => {
    const root = makeAcme();
    commitAll(root);
    const before = bytesOf(root);
    await must(root, ...words);
    expect(bytesOf(root)).not.toEqual(before);
    await uninstalled(root);
    expect(bytesOf(root)).toEqual(before);
  });

  it('after real use, a refresh, another layout, and entries of every client', async () => {
    const root = makeAcme();
    const before = bytesOf(root);
    await must(root, 'init', '--yes');
    await use(root);
    await addClients(root);
    write(root, { 'packages/new/package.json': manifest('new', { core: '*' }) });
    await must(root, 'scope', 'refresh', '--yes');
    await must(root, 'init', '--yes', '--layout', 'files');
    await must(root, 'migrate', '--yes', '--stage', 'strict');
    await must(root, 'init', '--yes', '--layout', 'one');
    rmSync(join(root, 'packages/new'), { recursive: true });
    const { stdout } = await uninstalled(root);
    expect(bytesOf(root)).toEqual(before);
    expect(stdout).toContain('remove .mcp.json\n');
    expect((await uninstalled(root)).stdout).toBe('nothing of the coordination is here\n');
  });

  it('where clients had project files with other content', async () => {
    const others = {
      '.mcp.json': '{\r\n  "mcpServers": { "x": { "command": "y" } } // ours\r\n}',
      '.codex/config.toml': '# ours\nmodel = "m"',
      '.vscode/mcp.json': '',
      '.gemini/settings.json': '{}',
    };
    const root = makeRepository({ 'package.json': '{}\n', ...others });
    const before = bytesOf(root);
    await must(root, 'init', '--yes');
    await addClients(root);
    await uninstalled(root);
    expect(bytesOf(root)).toEqual(before);
  });

  it('where nothing but the coordination was used', async () => {
    const root = makeRepository({ 'a/rhema.yaml': flat });
    const before = bytesOf(root);
    await must(root, 'agent', 'join', 'alice');
    const { stdout } = await uninstalled(root);
    expect(stdout).toContain('1 scope file of yours stays: a/rhema.yaml');
    expect(bytesOf(root)).toEqual(before);
  });
});

describe.each(rhemaShapes)('a repository of Rhema with %s is as it was', (_title, file, text) => {
  it.each(stages)('after a migration to stage %s', async (stage) => {
    const root = makeRepository({ ...context, [file]: text });
    commitAll(root);
    const before = bytesOf(root);
    await must(root, 'migrate', '--yes', '--stage', stage);
    if (stage === 'default') await use(root);
    await must(root, 'migrate', '--yes', '--stage', 'strict');
    await must(root, 'migrate', '--yes', '--stage', 'optional');
    const { stdout } = await uninstalled(root);
    expect(bytesOf(root)).toEqual(before);
    expect(stdout).toContain('1 file put back, the state is gone');
  });
});

it('scope files of a person that were carried over into one are there again', async () => {
  const root = makeRepository({
    'rhema.yaml': '# top\nname: shop\n',
    'a/rhema.yaml': '# mine\nname: a\nscope_type: library\n',
    'b/rhema.yaml': 'name: b\r\ndependencies: [../a]\r\n',
  });
  const before = bytesOf(root);
  await must(root, 'init', '--yes', '--layout', 'one');
  expect(existsSync(join(root, 'a/rhema.yaml'))).toBe(false);
  await uninstalled(root);
  expect(bytesOf(root)).toEqual(before);
});

describe('worktrees', () => {
  it('all of them are as they were, wherever it is called', async () => {
    const root = makeAcme();
    commitAll(root);
    const linked = join(temporaryFolder(), 'linked');
    git(root, 'worktree', 'add', '--quiet', linked);
    const before = [bytesOf(root), bytesOf(linked)];
    await must(root, 'init', '--yes');
    await must(linked, 'init', '--yes', '--layout', 'files');
    await must(linked, 'mcp', '--client-config', 'claude', '--write');
    await use(linked);
    const { stdout } = await uninstalled(root);
    expect(stdout).toContain(`in ${linked}:\n`);
    expect([bytesOf(root), bytesOf(linked)]).toEqual(before);
  });

  it('what a commit has brought to another one goes from there, too', async () => {
    const root = makeRepository({ 'rhema.yaml': flat });
    commitAll(root);
    await must(root, 'migrate', '--yes');
    commitAll(root);
    const linked = join(temporaryFolder(), 'linked');
    git(root, 'worktree', 'add', '--quiet', linked);
    await uninstalled(linked);
    for (const tree of [root, linked]) expect(readFileSync(join(tree, 'rhema.yaml'), 'utf8')).toBe(flat);
  });

  it('one that is gone, or is of another repository by now, is left alone', async () => {
    const root = makeRepository({ 'package.json': '{}\n' });
    commitAll(root);
    const linked = join(temporaryFolder(), 'linked');
    git(root, 'worktree', 'add', '--quiet', linked);
    await must(linked, 'init', '--yes');
    const text = readFileSync(join(linked, 'rhema.yaml'), 'utf8');
    git(root, 'worktree', 'remove', '--force', linked);
    mkdirSync(linked);
    git(linked, 'init', '--quiet');
    write(linked, { 'rhema.yaml': text });
    await uninstalled(root);
    expect(readFileSync(join(linked, 'rhema.yaml'), 'utf8')).toBe(text);
  });
});

describe('what a person has changed since', () => {
  const text = (root: string, file: string): string => readFileSync(join(root, file), 'utf8');
  const change = (root: string, file: string, from: string, to: string): void => {
    expect(text(root, file)).toContain(from);
    write(root, { [file]: text(root, file).replace(from, to) });
  };

  it('in a file that was made stays with it, and is named; --force removes it', async () => {
    const root = makeAcme();
    const before = bytesOf(root);
    await must(root, 'init', '--yes', '--layout', 'files');
    change(root, 'rhema.yaml', 'max_concurrent_agents: 8', 'max_concurrent_agents: 5');
    change(root, 'apps/web/rhema.yaml', 'name: web\n', 'name: web\ndescription: Ours.\n');
    await must(root, 'scope', 'refresh', '--yes');
    const kept = [text(root, 'rhema.yaml'), text(root, 'apps/web/rhema.yaml')];
    const { stdout } = await uninstalled(root);
    expect([text(root, 'rhema.yaml'), text(root, 'apps/web/rhema.yaml')]).toEqual(kept);
    expect(existsSync(join(root, 'packages/ui/rhema.yaml'))).toBe(false);
    for (const file of ['rhema.yaml', 'apps/web/rhema.yaml'])
      expect(stdout).toContain(`${file} stays: it was`);
    await uninstalled(root, '--force');
    expect(bytesOf(root)).toEqual(before);
  });

  it('is not lost by a later refresh', async () => {
    const root = makeAcme();
    await must(root, 'init', '--yes');
    change(root, 'rhema.yaml', 'max_concurrent_agents: 8', 'max_concurrent_agents: 5');
    write(root, { 'packages/new/package.json': manifest('new', { core: '*' }) });
    await must(root, 'scope', 'refresh', '--yes');
    await uninstalled(root);
    expect(text(root, 'rhema.yaml')).toContain('max_concurrent_agents: 5');
  });

  it.each(['before', 'between', 'after'])(
    '%s what was added to a file of his stays, and that goes',
    async (place) => {
      const root = makeRepository({ 'rhema.yaml': flat });
      const mine = (): void => {
        if (place === 'after') write(root, { 'rhema.yaml': `${text(root, 'rhema.yaml')}mine: 1\n` });
        else change(root, 'rhema.yaml', '# Ours.\n', '# Ours, and mine.\n');
      };
      if (place === 'before') mine();
      await must(root, 'migrate', '--yes');
      if (place !== 'before') mine();
      await must(root, 'migrate', '--yes', '--stage', 'strict');
      if (place === 'between') change(root, 'rhema.yaml', 'version: 1.0.0', 'version: 1.1.0');
      await uninstalled(root);
      expect(text(root, 'rhema.yaml')).not.toContain('agent_coordination');
      expect(text(root, 'rhema.yaml')).toContain(place === 'after' ? 'mine: 1\n' : '# Ours, and mine.\n');
      expect(text(root, 'rhema.yaml').length).toBe(flat.length + (place === 'after' ? 8 : 10));
    },
  );

  it('in what was added stays with it; --force takes it out', async () => {
    const root = makeRepository({ 'rhema.yaml': `${flat}\n# The end.\n` });
    await must(root, 'migrate', '--yes');
    change(root, 'rhema.yaml', 'max_locks_per_agent: 4', 'max_locks_per_agent: 2');
    const kept = text(root, 'rhema.yaml');
    expect((await uninstalled(root)).stdout).toContain(
      'rhema.yaml stays: it has the configuration, which may have been changed since: --force takes it out',
    );
    expect(text(root, 'rhema.yaml')).toBe(kept);
    await uninstalled(root, '--force');
    expect(text(root, 'rhema.yaml')).not.toMatch(/agent_coordination|How agents/);
    expect(text(root, 'rhema.yaml')).toContain(`${flat}\n# The end.\n`);
  });

  it('and what Git has given other line ends, does not hinder', async () => {
    const root = makeRepository({ 'rhema.yaml': flat, 'a/rhema.yaml': 'name: a\n' });
    await must(root, 'migrate', '--yes');
    write(root, { 'rhema.yaml': text(root, 'rhema.yaml').replaceAll('\n', '\r\n') });
    await uninstalled(root);
    expect(text(root, 'rhema.yaml')).toBe(flat.replaceAll('\n', '\r\n'));
  });

  it('context files stay, and are named', async () => {
    const root = makeAcme();
    await must(root, 'init', '--yes');
    await must(root, 'context', 'add', 'todos', 'title=Mine', '--scope', 'apps/web');
    const todos = text(root, 'apps/web/.rhema/todos.yaml');
    expect((await uninstalled(root)).stdout).toContain(
      '1 context file of yours stays: apps/web/.rhema/todos.yaml\n',
    );
    expect(text(root, 'apps/web/.rhema/todos.yaml')).toBe(todos);
    expect(existsSync(join(root, 'rhema.yaml'))).toBe(false);
  });
});

describe('an installation of which nothing was noted', () => {
  const forget = (root: string): void => rmSync(join(root, '.git/rhema/written.json'));

  it('loses the files that tell themselves; what nobody can know is named', async () => {
    const root = makeAcme();
    const before = bytesOf(root);
    await must(root, 'init', '--yes', '--layout', 'files');
    await addClients(root);
    forget(root);
    const { stdout } = await uninstalled(root);
    expect(existsSync(join(root, 'apps/web/rhema.yaml'))).toBe(false);
    expect(stdout).toContain(
      'rhema.yaml stays: it was made by rhema init, and nobody knows whether it was changed since: --force removes it',
    );
    expect(stdout).toContain(
      '.codex/config.toml stays: it starts rhema mcp, and nobody knows what was there before: take the entry out by hand',
    );
    await uninstalled(root, '--force');
    for (const folder of ['.mcp.json', '.codex', '.cursor', '.vscode', '.gemini'])
      rmSync(join(root, folder), { recursive: true });
    expect(bytesOf(root)).toEqual(before);
  });

  it('keeps a file that was there before, from which --force takes the configuration', async () => {
    const root = makeRepository({ 'rhema.yaml': flat });
    await must(root, 'migrate', '--yes');
    forget(root);
    expect((await uninstalled(root)).stdout).toContain('rhema.yaml stays');
    await uninstalled(root, '--force');
    expect(readFileSync(join(root, 'rhema.yaml'), 'utf8').trimEnd()).toBe(flat.trimEnd());
  });
});

describe('is refused, and removes nothing', () => {
  const refused = async (root: string, ...words: string[]): Promise<Run> => {
    const tree = (): object =>
      Object.fromEntries(Object.entries(bytesOf(root)).filter(([name]) => !name.startsWith('.git/rhema')));
    const before = tree();
    const run = await rhema(root, 'uninstall', ...words);
    expect(run.code).not.toBe(0);
    expect(tree()).toEqual(before);
    expect(existsSync(join(root, '.git/rhema'))).toBe(true);
    return run;
  };

  it.each([['--yes'], ['--yes', '--force'], ['--dry-run'], []])(
    'while an agent holds a lock: %s %s',
    async (...words) => {
      const root = makeAcme();
      await must(root, 'init', '--yes');
      await must(root, 'agent', 'join', 'alice');
      await must(root, 'lock', 'acquire', 'apps/web', '--agent', 'alice', '--reason', 'the login');
      const { code, stderr } = await refused(root, ...words);
      expect(code).toBe(3);
      expect(stderr).toContain(
        'nothing was removed: agents hold locks here (LOCK_HELD)\n  alice holds apps/web; its lease ends in',
      );
      expect(stderr).toContain(': the login\n');
      const [, remedy = ''] = /take each back: rhema (.*)\n/.exec(stderr) ?? [];
      await must(root, ...remedy.split(' '));
      await uninstalled(root);
    },
  );

  it('while a lock is held that keeps coordination from being switched off', async () => {
    const root = makeAcme();
    await must(root, 'init', '--yes');
    await must(root, 'agent', 'join', 'alice');
    await must(root, 'lock', 'acquire', 'apps/web', '--agent', 'alice');
    await must(root, 'migrate', '--yes', '--stage', 'optional');
    expect((await refused(root, '--yes')).stderr).toContain('alice holds apps/web');
    await must(root, 'lock', 'release', '--agent', 'alice');
    await uninstalled(root);
    expect(existsSync(join(root, '.git/rhema'))).toBe(false);
  });

  it('where nobody can be asked, or a person says no', async () => {
    const root = makeAcme();
    await must(root, 'init', '--yes');
    const { code, stdout, stderr } = await refused(root);
    expect([code, stderr]).toEqual([
      2,
      'rhema: nothing was removed: --yes removes it, --dry-run shows the lines (CONFIRMATION_NEEDED)\n',
    ]);
    expect(stdout).toContain('remove rhema.yaml\n');
    expect((await refused(root, '--yes', '--dry-run')).code).toBe(2);
    const before = bytesOf(root);
    for (const answer of [false, null])
      expect((await runHere(root, ['uninstall'], new Person(answer))).code).toBe(0);
    expect(bytesOf(root)).toEqual(before);
    expect((await runHere(root, ['uninstall'], new Person(true))).code).toBe(0);
    expect(existsSync(join(root, 'rhema.yaml'))).toBe(false);
  });

  it('where what was noted cannot be read', async () => {
    const root = makeAcme();
    await must(root, 'init', '--yes');
    write(root, { '.git/rhema/written.json': '{' });
    const { stderr } = await refused(root, '--yes');
    expect(stderr.replaceAll(/\s+/g, ' ')).toContain(
      'written.json does not say what was written here: move it away',
    );
  });
});

it('--dry-run shows a diff that Git takes, and changes nothing', async () => {
  const root = makeRepository({ 'rhema.yaml': flat });
  await must(root, 'migrate', '--yes');
  const before = bytesOf(root);
  const { stdout, stderr, code } = await rhema(root, 'uninstall', '--dry-run');
  expect([code, bytesOf(root)]).toEqual([0, before]);
  expect(stderr).toContain('change rhema.yaml\n\nremove ');
  write(root, { 'plan.patch': stdout });
  git(root, 'apply', 'plan.patch');
  expect(readFileSync(join(root, 'rhema.yaml'), 'utf8')).toBe(flat);
});

/** As a run leaves it that was killed there. */
describe('one that was killed is completed by the next', () => {
  it.each([
    ['when the files were put back', []],
    ['when the log was gone', ['coordination.db']],
    [
      'when only what was noted was left',
      [
        'coordination.db',
        'coordination.db-wal',
        'coordination.db-shm',
        'sessions',
        'coordinator.log',
        '../rhema.last',
      ],
    ],
  ])('%s', async (_title, gone) => {
    const root = makeAcme();
    const before = bytesOf(root);
    await must(root, 'init', '--yes');
    await must(root, 'mcp', '--client-config', 'codex', '--write');
    await use(root);
    for (const file of ['rhema.yaml', '.codex/config.toml']) rmSync(join(root, file));
    for (const name of gone) rmSync(join(root, '.git/rhema', name), { recursive: true, force: true });
    await uninstalled(root);
    expect(bytesOf(root)).toEqual(before);
  });
});
