import { lchownSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { findRepository, scanRepository, type Repository } from '../index.ts';
import { commitAll, git, makeRepository, temporaryFolder, write } from '../testing/fixture.ts';
import { makePipe } from '../testing/pipe.ts';

const asRoot = process.geteuid?.() === 0;
const stranger = 54_322;

const environment = { PATH: process.env['PATH'], GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
const find = (cwd: string, env: Record<string, string> = {}): Promise<Repository> =>
  findRepository({ cwd, env: { ...environment, ...env } });
const refusal = (message: RegExp, code = 'NOT_A_REPOSITORY'): object => ({
  code,
  message: expect.stringMatching(message) as string,
});

/** Folders that Git would take for one of its own, as a commit can have them. */
function lookalike(root: string, name: string): string {
  const folder = join(root, name);
  write(folder, { HEAD: 'ref: refs/heads/main\n', 'objects/keep': '', 'refs/keep': '', 'src/keep': '' });
  return folder;
}

describe('a folder that only looks like a Git folder', () => {
  it('is not worked in, wherever inside of it one is: the refusal says how it is named', async () => {
    const root = makeRepository();
    const folder = lookalike(root, 'app');
    for (const location of [folder, join(folder, 'src'), join(folder, 'objects')])
      await expect(find(location)).rejects.toMatchObject(
        refusal(/app looks like a bare Git repository, but no \.git leads to it.*set GIT_DIR=.*\/app, or/),
      );
    expect(readdirSync(folder).toSorted()).toEqual(['HEAD', 'objects', 'refs', 'src']);
  });

  it('is worked in when GIT_DIR names it, also where the folder was chosen, and not when GIT_DIR names another', async () => {
    const [folder, other] = [lookalike(temporaryFolder(), 'a'), lookalike(temporaryFolder(), 'b')];
    expect(await find(join(folder, 'src'), { GIT_DIR: folder })).toMatchObject({ commonDir: folder });
    const chosen = (GIT_DIR: string): Promise<Repository> =>
      findRepository({ cwd: folder, env: { ...environment, GIT_DIR }, isChosen: true });
    expect(await chosen(folder)).toMatchObject({ commonDir: folder });
    await expect(chosen(other)).rejects.toMatchObject(refusal(/\/a looks like/));
  });

  it('is passed over when its HEAD is none, or its shared folder holds no objects', async () => {
    const root = makeRepository();
    write(lookalike(root, 'text'), { HEAD: 'a title\n' });
    write(lookalike(root, 'away'), { commondir: `${temporaryFolder()}\n` });
    for (const name of ['text', 'away'])
      expect(await find(join(root, name))).toMatchObject({ worktree: root });
  });

  it('is passed over where its HEAD is a pipe, which nobody waits for', async () => {
    const root = makeRepository();
    const folder = lookalike(root, 'app');
    rmSync(join(folder, 'HEAD'));
    makePipe(join(folder, 'HEAD'), 'ref: refs/heads/main\n');
    expect(await find(folder)).toMatchObject({ worktree: root });
  });

  it('is passed over where its HEAD is a symlink to any file', async () => {
    const root = makeRepository();
    const folder = lookalike(root, 'app');
    rmSync(join(folder, 'HEAD'));
    symlinkSync(join(root, '.git/HEAD'), join(folder, 'HEAD'));
    expect(await find(folder)).toMatchObject({ worktree: root });
  });
});

/** A folder as an archive may bring it, whose `.git` says that another place is its shared folder. */
function leadsTo(target: string): string {
  const root = temporaryFolder();
  write(join(root, '.git'), { HEAD: 'ref: refs/heads/main\n', commondir: `${target}\n` });
  return root;
}

describe('a .git that leads elsewhere by its commondir', () => {
  it('is followed to where Git follows it, when that is of this user, and nothing is made in it', async () => {
    const other = makeRepository();
    const planted = leadsTo(join(other, '.git'));
    const found = await find(planted);
    expect(found).toMatchObject({ worktree: planted, commonDir: join(other, '.git'), mainWorktree: other });
    expect(git(planted, 'rev-parse', '--git-common-dir').trim()).toBe(found.commonDir);
    expect(readdirSync(join(planted, '.git')).toSorted()).toEqual(['HEAD', 'commondir']);
  });

  it('brings no scopes of its own into the repository that it leads to', async () => {
    const scope = (name: string): string => `name: ${name}\nscope_type: library\nversion: 1.0.0\n`;
    const other = makeRepository({ 'real/rhema.yaml': scope('real') });
    const planted = leadsTo(join(other, '.git'));
    write(planted, { 'planted/rhema.yaml': scope('planted') });
    const { definitions } = await scanRepository(await find(planted), { previous: null, env: environment });
    expect(definitions.map(({ path }) => path)).toEqual(['real']);
  });

  it.each<readonly [string, () => string]>([
    ['a folder without objects', () => temporaryFolder()],
    ['nothing', () => join(temporaryFolder(), 'gone')],
    ['a file', () => join(makeRepository(), '.git/HEAD')],
  ])('is no repository when it leads to %s, as for Git', async (_what, target) => {
    const planted = leadsTo(target());
    await expect(find(planted)).rejects.toMatchObject({ code: 'NOT_A_REPOSITORY' });
    expect(() => git(planted, 'rev-parse', '--git-common-dir')).toThrow();
  });

  it.runIf(asRoot)(
    'is refused when it leads to a repository of another user, and nothing is made there',
    async () => {
      const other = makeRepository();
      for (const path of [other, join(other, '.git')]) lchownSync(path, stranger, stranger);
      const planted = leadsTo(join(other, '.git'));
      await expect(find(planted)).rejects.toMatchObject(refusal(/dubious ownership/, 'GIT_FAILED'));
      expect(readdirSync(join(other, '.git'))).not.toContain('rhema');
    },
  );
});

describe.runIf(asRoot)('a repository of another user', () => {
  afterEach(() => vi.unstubAllEnvs());
  const give = (...paths: readonly string[]): void => {
    for (const path of paths) lchownSync(path, stranger, stranger);
  };

  it.each([
    ['the working tree', '.'],
    ['the Git folder', '.git'],
  ])('is refused in the words of Git, with what to do, when %s is theirs', async (_, path) => {
    const root = makeRepository();
    give(join(root, path));
    await expect(find(root)).rejects.toMatchObject(
      refusal(
        /^git rev-parse failed: detected dubious ownership.*git config --global --add safe\.directory/,
        'GIT_FAILED',
      ),
    );
    expect(readdirSync(join(root, '.git'))).not.toContain('rhema');
  });

  it('is refused when a linked worktree of ours shares it', async () => {
    const root = makeRepository({ file: '' });
    commitAll(root);
    const linked = join(temporaryFolder(), 'linked');
    git(root, 'worktree', 'add', '--quiet', linked);
    give(root, join(root, '.git'));
    await expect(find(linked)).rejects.toMatchObject(refusal(/dubious ownership/, 'GIT_FAILED'));
  });

  it('is refused when Git cannot be asked', async () => {
    const root = makeRepository();
    give(root);
    await expect(find(root, { PATH: temporaryFolder() })).rejects.toMatchObject({ code: 'GIT_MISSING' });
  });

  it.each<[string, (root: string) => Record<string, string>]>([
    [
      'the file that GIT_CONFIG_GLOBAL names',
      (root) => {
        const folder = temporaryFolder();
        write(folder, { config: `[safe]\n\tdirectory = ${root}\n` });
        return { GIT_CONFIG_GLOBAL: join(folder, 'config') };
      },
    ],
    [
      'the environment itself',
      () => ({ GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'safe.directory', GIT_CONFIG_VALUE_0: '*' }),
    ],
  ])('is accepted where safe.directory lists it in %s', async (_, configured) => {
    const root = makeRepository();
    give(root, join(root, '.git'));
    expect(await find(root, configured(root))).toMatchObject({ worktree: root });
  });

  it('is refused also when GIT_DIR names it, unless safe.directory lists it', async () => {
    const root = makeRepository();
    give(root, join(root, '.git'));
    const env = { GIT_DIR: join(root, '.git') };
    await expect(find(root, env)).rejects.toMatchObject(refusal(/dubious ownership/, 'GIT_FAILED'));
    const listed = { GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'safe.directory', GIT_CONFIG_VALUE_0: root };
    expect(await find(root, { ...env, ...listed })).toMatchObject({ worktree: root });
  });

  it('is not accepted by what its own configuration lists', async () => {
    const root = makeRepository();
    git(root, 'config', 'safe.directory', '*');
    give(root, join(root, '.git'));
    await expect(find(root)).rejects.toMatchObject({ code: 'GIT_FAILED' });
  });

  it('is accepted of the user who became root by sudo, and of no other', async () => {
    const root = makeRepository();
    give(root, join(root, '.git'));
    expect(await find(root, { SUDO_UID: String(stranger) })).toMatchObject({ worktree: root });
    vi.stubEnv('SUDO_UID', '54321');
    await expect(find(root, { SUDO_UID: '54321' })).rejects.toMatchObject({ code: 'GIT_FAILED' });
  });
});
