import { execFileSync } from 'node:child_process';
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import type { ScopePath } from '../../core/index.ts';
import { fingerprintOnly, findRepository, scanRepository, type Repository } from '../index.ts';
import {
  commitAll,
  flat,
  git,
  graphOf,
  makeRepository,
  problemsOf,
  scan,
  write,
} from '../testing/fixture.ts';
import { asBound, closeFolder } from '../testing/nobody.ts';

const two = { 'a/rhema.yaml': flat('a'), 'b/rhema.yaml': flat('b', '../a') };
const both = { a: [], b: ['a'] };

describe('what nobody can look at is not gone: the last good definition stays', () => {
  test('of a scope in a folder that cannot be opened', async () => {
    const root = makeRepository(two);
    await asBound(root, async () => {
      const before = await scan(root);
      closeFolder(join(root, 'a'));
      const after = await scan(root, before);
      expect(graphOf(after)).toEqual(both);
      expect(after).toMatchObject({ complete: false });
      expect(problemsOf(after)).toContain('LAST_GOOD_KEPT -');
    });
  });

  test('of a scope whose tracked file cannot be examined', async () => {
    const root = makeRepository(two);
    commitAll(root);
    await asBound(root, async () => {
      const before = await scan(root);
      closeFolder(join(root, 'a'));
      const after = await scan(root, before);
      expect(graphOf(after)).toEqual(both);
      expect(after.sound).toBe(false);
    });
  });

  test.each([
    ['leads nowhere', 'nowhere'],
    ['leads out of the repository', '/etc/hostname'],
  ])('of a scope whose file has become a link that %s', async (_title, target) => {
    const root = makeRepository(two);
    const before = await scan(root);
    rmSync(join(root, 'a/rhema.yaml'));
    symlinkSync(target, join(root, 'a/rhema.yaml'));
    const after = await scan(root, before);
    expect(graphOf(after)).toEqual(both);
    expect(after.problems).toContainEqual(expect.objectContaining({ code: 'SYMLINK_OUTSIDE' }));
  });

  test('of a scope whose tracked file has become a folder', async () => {
    const root = makeRepository(two);
    commitAll(root);
    const before = await scan(root);
    rmSync(join(root, 'a/rhema.yaml'));
    mkdirSync(join(root, 'a/rhema.yaml'));
    writeFileSync(join(root, 'a/rhema.yaml/x'), '');
    expect(graphOf(await scan(root, before))).toEqual(both);
  });

  test('of a scope that Git alone can list, where there is no Git', async () => {
    const root = makeRepository({ '.gitignore': 'a/\n', ...two });
    git(root, 'add', '--force', '--all');
    const before = await scan(root);
    expect(graphOf(before)).toEqual(both);
    vi.stubEnv('PATH', '/nowhere');
    const after = await scan(root, before).finally(() => vi.unstubAllEnvs());
    expect(graphOf(after)).toEqual(both);
  });
});

describe('what has the name of the top scope file and is none is an error', () => {
  const top = { 'rhema.yaml': 'name: top\n', ...two };

  test.each([
    ['rhema.yaml', 'a folder', (path: string): unknown => mkdirSync(path)],
    ['rhema.yaml', 'a pipe', (path: string): unknown => execFileSync('mkfifo', [path])],
    ['.rhema/rhema.yaml', 'a pipe', (path: string): unknown => execFileSync('mkfifo', [path])],
  ])('%s that is %s: it counts before all others, and what was in force stays', async (file, _kind, make) => {
    const root = makeRepository(top);
    const before = await scan(root);
    rmSync(join(root, 'rhema.yaml'));
    mkdirSync(join(root, dirname(file)), { recursive: true });
    make(join(root, file));
    const after = await scan(root, before);
    expect(graphOf(after)).toEqual({ '.': [], ...both });
    expect(after.configUnread).toMatchObject([{ code: 'UNREADABLE_FILE', severity: 'error', file }]);
    expect(after.sound).toBe(false);
  });

  test("but a folder scope.yaml is some other program's", async () => {
    const root = makeRepository({ ...top, 'scope.yaml/x': '' });
    expect((await scan(root)).sound).toBe(true);
  });
});

test('a file that was deleted where everything can be looked at is gone', async () => {
  const root = makeRepository({ 'a/rhema.yaml': flat('a'), 'b/rhema.yaml': flat('b') });
  const before = await scan(root);
  rmSync(join(root, 'a'), { recursive: true });
  const after = await scan(root, before);
  expect(graphOf(after)).toEqual({ b: [] });
  expect(after.complete).toBe(true);
});

describe('a source that is not there is a failure, and no source without scopes', () => {
  const refused = async (repository: Repository): Promise<void> => {
    const failure = { name: 'RepositoryError', code: expect.stringMatching(/^(UNREADABLE|GIT_FAILED)$/) };
    await expect(scanRepository(repository, { previous: null, env: {} })).rejects.toMatchObject(failure);
    await expect(fingerprintOnly(repository)).rejects.toMatchObject(failure);
  };

  test('a main working tree that has been moved away', async () => {
    const root = makeRepository(two);
    const repository = await findRepository({ cwd: root, env: {} });
    renameSync(root, `${root}-moved`);
    await refused(repository);
    renameSync(`${root}-moved`, root);
  });

  test('a main working tree in whose place there is a file', async () => {
    const root = makeRepository(two);
    const repository = await findRepository({ cwd: root, env: {} });
    await refused({ ...repository, mainWorktree: join(root, 'a/rhema.yaml') });
  });

  test('a working tree of which nobody has said where it is', async () => {
    const root = makeRepository(two);
    commitAll(root);
    const repository = await findRepository({ cwd: root, env: {} });
    await refused({ ...repository, worktree: null, mainWorktree: null });
  });

  test('an index that Git cannot read', async () => {
    const root = makeRepository(two);
    commitAll(root);
    writeFileSync(join(root, '.git/index'), 'garbage'.repeat(9));
    await refused(await findRepository({ cwd: root, env: {} }));
  });

  test('a bare repository that Git refuses to look at', async () => {
    const root = makeRepository(two);
    commitAll(root);
    git(root, 'clone', '--quiet', '--bare', root, `${root}/bare.git`);
    const env = { GIT_DIR: `${root}/bare.git` };
    const repository = await findRepository({ cwd: root, env });
    write(`${root}/bare.git`, { config: '[core\nbroken' });
    await refused(repository);
  });
});

test('a dependency on a scope that is out of sight is one on a scope that exists', async () => {
  const root = makeRepository(two);
  await asBound(root, async () => {
    const before = await scan(root);
    closeFolder(join(root, 'a'));
    write(root, { 'b/rhema.yaml': flat('renamed', '../a') });
    const after = await scan(root, before);
    const b = after.definitions.find(({ path }) => path === ('b' as ScopePath));
    expect(b).toMatchObject({ name: 'renamed', dependencies: ['a'] });
  });
});
