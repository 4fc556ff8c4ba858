import { mkdirSync, renameSync, symlinkSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findRepository, stateDirectory, type Repository } from '../index.ts';
import { askGit } from './ask-git.ts';
import { commitAll, git, makeRepository, temporaryFolder, write } from '../testing/fixture.ts';

const find = (cwd: string, env: Record<string, string> = {}): Promise<Repository> =>
  findRepository({ cwd, env });

/** What we read from files must be what Git itself answers. */
async function expectLikeGit(cwd: string): Promise<void> {
  expect(await find(cwd)).toEqual(await askGit({ cwd, env: { PATH: process.env['PATH'] } }));
}

describe('findRepository', () => {
  test('finds a repository without commits from a folder deep inside', async () => {
    const root = makeRepository({ 'a/b/file': '' });
    expect(await find(join(root, 'a/b'))).toEqual({
      worktree: root,
      gitDir: join(root, '.git'),
      commonDir: join(root, '.git'),
      mainWorktree: root,
      bare: false,
    });
    await expectLikeGit(join(root, 'a/b'));
  });

  test('gives one spelling for a repository entered through a symlink', async () => {
    const root = makeRepository();
    const link = join(temporaryFolder(), 'link');
    symlinkSync(root, link);
    expect(await find(link)).toEqual(await find(root));
  });

  test('finds the main tree and the shared folder from a linked worktree', async () => {
    const root = makeRepository({ file: '' });
    commitAll(root);
    const linked = join(temporaryFolder(), 'linked');
    git(root, 'worktree', 'add', '--quiet', linked);
    const repository = await find(linked);
    expect(repository).toMatchObject({ worktree: linked, commonDir: join(root, '.git'), mainWorktree: root });
    expect(stateDirectory(repository.commonDir)).toBe(join(root, '.git', 'rhema'));
    await expectLikeGit(linked);
  });

  test('knows no working tree in a bare repository', async () => {
    const root = temporaryFolder();
    git(root, 'init', '--quiet', '--bare');
    const env = { GIT_DIR: root, PATH: process.env['PATH'] ?? '' };
    expect(await find(join(root, 'refs'), env)).toEqual({
      worktree: null,
      gitDir: root,
      commonDir: root,
      mainWorktree: null,
      bare: true,
    });
    expect(await find(root, env)).toEqual(await askGit({ cwd: root, env }));
  });

  test('knows no main tree behind a worktree of a bare repository', async () => {
    const source = makeRepository({ file: '' });
    commitAll(source);
    const bare = join(temporaryFolder(), 'bare.git');
    git(source, 'clone', '--quiet', '--bare', source, bare);
    const linked = join(temporaryFolder(), 'linked');
    git(bare, 'worktree', 'add', '--quiet', linked, 'main');
    expect(await find(linked)).toMatchObject({
      worktree: linked,
      commonDir: bare,
      mainWorktree: null,
      bare: true,
    });
    await expectLikeGit(linked);
  });

  test('takes a submodule for a repository of its own', async () => {
    const library = makeRepository({ file: '' });
    commitAll(library);
    const root = makeRepository();
    git(root, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', library, 'lib');
    const submodule = join(root, 'lib');
    expect(await find(submodule)).toMatchObject({
      worktree: submodule,
      commonDir: join(root, '.git/modules/lib'),
      mainWorktree: submodule,
    });
    await expectLikeGit(submodule);
  });

  test('follows a separate Git folder', async () => {
    const [root, gitDir] = [temporaryFolder(), join(temporaryFolder(), 'elsewhere')];
    git(root, 'init', '--quiet', `--separate-git-dir=${gitDir}`);
    expect(await find(root)).toMatchObject({ worktree: root, commonDir: gitDir, mainWorktree: root });
    await expectLikeGit(root);
  });

  test('reads the configuration that each worktree has of its own', async () => {
    const root = makeRepository({ file: '' });
    commitAll(root);
    const linked = join(temporaryFolder(), 'linked');
    git(root, 'worktree', 'add', '--quiet', linked);
    git(root, 'sparse-checkout', 'init');
    await expectLikeGit(linked);
    await expectLikeGit(root);
  });

  test('finds the tree from inside the Git folder', async () => {
    const root = makeRepository();
    expect(await find(join(root, '.git', 'objects'))).toMatchObject({
      worktree: root,
      commonDir: join(root, '.git'),
    });
  });

  test('asks Git when its configuration quotes the path of the tree', async () => {
    const [root, other] = [makeRepository(), join(temporaryFolder(), 'a;b')];
    write(other, { '.git': `gitdir: ${join(root, '.git')}\n` });
    git(root, 'config', 'core.worktree', other);
    const env = { PATH: process.env['PATH'] ?? '' };
    expect(await find(root, env)).toMatchObject({
      worktree: other,
      mainWorktree: other,
      gitDir: join(root, '.git'),
    });
  });

  describe('whose configuration names a tree elsewhere', () => {
    const env = { PATH: process.env['PATH'] ?? '' };
    const setTo = (tree: string): string => {
      const root = makeRepository();
      git(root, 'config', 'core.worktree', tree);
      return root;
    };
    const asTold = (root: string): void => {
      const remedy = ['config', '--file', join(root, '.git/config'), '--unset', 'core.worktree'];
      git(temporaryFolder(), ...remedy);
    };

    test.each([
      ['lies in no repository', () => temporaryFolder()],
      ['is the tree of another one', () => makeRepository()],
      ['lies in another one', () => join(makeRepository(), 'sub')],
      ['lies in no repository, and its name is quoted', () => join(temporaryFolder(), 'a;b')],
    ])('is told so when that %s', async (_title, make) => {
      const tree = make();
      mkdirSync(tree, { recursive: true });
      const root = setTo(tree);
      const told = find(root, env);
      await expect(told).rejects.toMatchObject({ code: 'UNREADABLE' });
      await expect(told).rejects.toThrow(
        `core.worktree in the configuration of ${join(root, '.git')} is ${tree}, whose .git does not lead back to it: write`,
      );
      asTold(root);
      expect(await find(root, env)).toMatchObject({ worktree: root });
    });

    test('is told so when nothing is there', async () => {
      const root = setTo('../gone');
      await expect(find(root, env)).rejects.toThrow(
        `core.worktree in the configuration of ${join(root, '.git')} is ../gone, which is no folder: make it, or unset it: git config --file `,
      );
      asTold(root);
      expect(await find(root, env)).toMatchObject({ worktree: root });
    });

    test('is found where that leads back, as told', async () => {
      const tree = temporaryFolder();
      const root = setTo(tree);
      write(tree, { '.git': `gitdir: ${join(root, '.git')}\n` });
      for (const from of [root, tree]) expect(await find(from, env)).toMatchObject({ worktree: tree });
    });
  });

  describe('with variables of Git in the environment', () => {
    test('GIT_DIR names the repository, also relative to the current folder', async () => {
      const root = makeRepository({ 'sub/file': '' });
      expect(await find(root, { GIT_DIR: '.git' })).toEqual(await find(root));
      expect(await find(temporaryFolder(), { GIT_DIR: join(root, '.git') })).toEqual(await find(root));
    });

    test('GIT_DIR of a linked worktree, as its hooks have it, gives that worktree', async () => {
      const root = makeRepository({ 'sub/file': '' });
      commitAll(root);
      const linked = join(temporaryFolder(), 'linked');
      git(root, 'worktree', 'add', '--quiet', linked);
      const env = { GIT_DIR: join(root, '.git/worktrees/linked') };
      expect(await find(join(linked, 'sub'), env)).toEqual(await find(linked));
    });

    test('GIT_WORK_TREE and GIT_COMMON_DIR are honoured', async () => {
      const [root, tree] = [makeRepository(), temporaryFolder()];
      const env = { GIT_DIR: join(root, '.git'), GIT_WORK_TREE: tree, GIT_COMMON_DIR: join(root, '.git') };
      expect(await find(tree, env)).toMatchObject({ worktree: tree, commonDir: join(root, '.git') });
    });

    test('a folder that was chosen outranks all of them', async () => {
      const [root, other, tree] = [makeRepository({ 'sub/file': '' }), makeRepository(), temporaryFolder()];
      const named = join(other, '.git');
      const env = { GIT_DIR: named, GIT_COMMON_DIR: named, GIT_WORK_TREE: tree };
      const chosen = await findRepository({ cwd: join(root, 'sub'), env, isChosen: true });
      expect(chosen).toEqual(await find(root));
    });

    test('a folder that was chosen outranks what goes with a GIT_DIR that names the same repository', async () => {
      const [root, other, tree] = [makeRepository(), makeRepository(), temporaryFolder()];
      const names = { GIT_DIR: join(root, '.git'), GIT_COMMON_DIR: join(other, '.git'), GIT_WORK_TREE: tree };
      const beside = {
        GIT_OBJECT_DIRECTORY: join(other, '.git/objects'),
        GIT_INDEX_FILE: join(other, '.git/index'),
        GIT_NAMESPACE: 'other',
      };
      const env = { ...names, ...beside };
      expect(await findRepository({ cwd: root, env, isChosen: true })).toEqual(await find(root));
      expect((await findRepository({ cwd: root, env })).commonDir).toBe(join(other, '.git'));
    });

    test('a chosen folder that is in no repository is refused, and not taken for the one that they name', async () => {
      const env = { GIT_DIR: join(makeRepository(), '.git') };
      const chosen = findRepository({ cwd: temporaryFolder(), env, isChosen: true });
      await expect(chosen).rejects.toMatchObject({ code: 'NOT_A_REPOSITORY' });
    });

    test('a hook of a repository whose Git folder lies elsewhere finds the tree around it', async () => {
      const [root, gitDir] = [temporaryFolder(), join(temporaryFolder(), 'elsewhere')];
      git(root, 'init', '--quiet', `--separate-git-dir=${gitDir}`);
      mkdirSync(join(root, 'sub'));
      expect(await find(join(root, 'sub'), { GIT_DIR: gitDir })).toEqual(await find(root));
    });

    test('a Git folder that lies elsewhere has a main tree, though nothing tells from afar where', async () => {
      const [root, gitDir] = [temporaryFolder(), join(temporaryFolder(), 'elsewhere')];
      git(root, 'init', '--quiet', `--separate-git-dir=${gitDir}`);
      const found = await find(temporaryFolder(), { GIT_DIR: gitDir });
      expect(found).toMatchObject({ worktree: null, mainWorktree: null, bare: false });
    });

    test('nothing is looked for in a folder that GIT_CEILING_DIRECTORIES names, nor above, as by Git', async () => {
      const root = makeRepository({ 'a/b/file': '' });
      const env = { GIT_CEILING_DIRECTORIES: `relative:${root}`, PATH: process.env['PATH'] ?? '' };
      for (const ask of [find, (cwd: string) => askGit({ cwd, env })])
        await expect(ask(join(root, 'a/b'), env)).rejects.toThrow(/not (inside )?a (git|Git) repository/);
      expect(await find(root, env)).toEqual(await find(root));
    });

    test('a GIT_DIR that is no Git folder is said to be wrong', async () => {
      await expect(find(makeRepository(), { GIT_DIR: 'nowhere' })).rejects.toMatchObject({
        code: 'NOT_A_REPOSITORY',
        message: expect.stringContaining('GIT_DIR'),
      });
    });
  });

  describe('outside a repository', () => {
    test('says so and what to do', async () => {
      await expect(find(temporaryFolder())).rejects.toMatchObject({
        code: 'NOT_A_REPOSITORY',
        message: expect.stringContaining('git init'),
      });
    });

    test('says so where a .git leads to itself', async () => {
      const root = temporaryFolder();
      symlinkSync('.git', join(root, '.git'));
      const message = expect.stringMatching(/ELOOP.*: let this user look there, or move away/) as string;
      await expect(find(root)).rejects.toMatchObject({ code: 'UNREADABLE', message });
    });

    test('takes a folder whose HEAD is larger than any of Git for none, without reading it', async () => {
      const root = makeRepository();
      truncateSync(join(root, '.git/HEAD'), 64 * 1024 ** 2);
      await expect(find(root)).rejects.toMatchObject({ code: 'NOT_A_REPOSITORY' });
    });

    test('refuses a folder that does not exist', async () => {
      await expect(find(join(temporaryFolder(), 'gone'))).rejects.toMatchObject({ code: 'NOT_A_REPOSITORY' });
    });

    test('passes over a folder called .git that is no repository', async () => {
      const root = makeRepository();
      mkdirSync(join(root, 'sub', '.git'), { recursive: true });
      expect(await find(join(root, 'sub'))).toMatchObject({ worktree: root });
    });

    test('names the broken link of a worktree whose repository was moved', async () => {
      const root = makeRepository({ file: '' });
      commitAll(root);
      const linked = join(temporaryFolder(), 'linked');
      git(root, 'worktree', 'add', '--quiet', linked);
      renameSync(join(root, '.git'), join(root, 'moved'));
      await expect(find(linked)).rejects.toMatchObject({
        code: 'NOT_A_REPOSITORY',
        message: expect.stringContaining('git worktree repair'),
      });
    });
  });
});
