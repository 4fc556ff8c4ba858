import { statSync } from 'node:fs';
import { basename, delimiter, dirname, isAbsolute, join, resolve } from 'node:path';
import { refuseForeign, refuseUnnamedBare, type FoundGitFolder } from './acceptance.ts';
import { upwards } from './upwards.ts';
import { RepositoryError } from '../errors.ts';
import { readGitConfig, type GitConfig } from './git-config.ts';
import type { Repository, RepositoryHints } from './folders.ts';
import { commonPointer, isGitDirectory, readText, realDirectory } from './git-folder.ts';

/**
 * The repository that encloses a folder, by Git's own rules: `GIT_DIR`, `GIT_COMMON_DIR` and `GIT_WORK_TREE` first, then
 * the nearest ancestor with a `.git` folder or file. Commits are not needed. Only what Git would accept (`acceptance.ts`).
 *
 * Reads files only, because starting Git costs a command more than everything else it does. Git is asked only where its
 * configuration writes the tree's path in a way that we do not read (quoted), and where a folder is another user's.
 *
 * @throws RepositoryError NOT_A_REPOSITORY when there is none; UNREADABLE where it may not be looked for; GIT_MISSING,
 * GIT_FAILED or GIT_SILENT when Git had to be asked.
 */
export async function findRepository(hints: RepositoryHints): Promise<Repository> {
  const found = inWords(() => locate(hints));
  refuseUnnamedBare(found);
  const env = hints.isChosen === true ? withoutNames(hints.env, found) : hints.env;
  const heeded = { cwd: hints.cwd, env };
  const commonDir = commonDirectory(found.gitDir, heeded);
  await refuseForeign(found, commonDir, heeded);
  const layout = describeLayout(found, commonDir, heeded);
  if (layout !== null) return layout;
  const { askGit } = await import('./ask-git.ts');
  const asked = await askGit(heeded);
  if (asked.mainWorktree !== null) refuseUnlessLedBack(asked.mainWorktree, asked.commonDir);
  return asked;
}

/** What is asked of Git later is asked in the tree, where it would find another repository or none. */
function refuseUnlessLedBack(tree: string, commonDir: string): void {
  if (leadsTo(tree)?.gitDir === commonDir) return;
  throw misled(
    commonDir,
    tree,
    `whose .git does not lead back to it: write 'gitdir: ${commonDir}' into ${join(tree, '.git')}`,
  );
}

function misled(commonDir: string, tree: string, problem: string): RepositoryError {
  const remedy = `or unset it: git config --file ${join(commonDir, 'config')} --unset core.worktree`;
  return new RepositoryError(
    'UNREADABLE',
    `core.worktree in the configuration of ${commonDir} is ${tree}, ${problem}, ${remedy}`,
  );
}

/** The folder that holds the log, the socket and the session files of a repository. Shared by all its worktrees. */
export function stateDirectory(commonDir: string): string {
  return join(commonDir, 'rhema');
}

/** What the system refuses on the way (a link that leads to itself, a folder that may not be entered) is no bug. */
function inWords<T>(look: () => T): T {
  try {
    return look();
  } catch (cause) {
    if (!(cause instanceof Error) || !('syscall' in cause)) throw cause;
    const message = `${cause.message}: let this user look there, or move away what is in its place`;
    throw new RepositoryError('UNREADABLE', message, { cause });
  }
}

/**
 * Of the repository that was chosen only its own files say where its shared folder and its tree are, also where `GIT_DIR`
 * happens to name the same one. That alone stays then: it says that a bare one was meant.
 */
function withoutNames(env: RepositoryHints['env'], { isNamed }: FoundGitFolder): RepositoryHints['env'] {
  const { GIT_DIR: named, GIT_COMMON_DIR: _common, GIT_WORK_TREE: _tree, ...rest } = env;
  return isNamed ? { ...rest, GIT_DIR: named } : rest;
}

function locate({ cwd, env, isChosen }: RepositoryHints): FoundGitFolder {
  const named = env['GIT_DIR'];
  if (named === undefined || named === '') return search(cwd, env);
  const gitDir = realDirectory(resolve(cwd, named));
  if (isChosen === true) {
    const found = search(cwd, env);
    return { ...found, isNamed: found.gitDir === gitDir };
  }
  if (gitDir === null || !isGitDirectory(gitDir))
    throw new RepositoryError(
      'NOT_A_REPOSITORY',
      `GIT_DIR is ${named}, which is not a Git folder: correct or unset it`,
    );
  return { gitDir, ...holderOf(gitDir, cwd), isNamed: true };
}

function search(cwd: string, env: RepositoryHints['env']): FoundGitFolder {
  const start = realDirectory(cwd);
  if (start === null)
    throw new RepositoryError('NOT_A_REPOSITORY', `${cwd} is not a folder that can be entered`);
  const ceilings = ceilingsOf(env);
  for (const folder of upwards(start)) {
    if (folder !== start && ceilings.has(folder)) break;
    const led = gitDirectoryOf(folder);
    if (led !== null) return { ...led, holder: folder, isNamed: false };
    if (isGitDirectory(folder)) return { gitDir: folder, holder: null, gitFile: null, isNamed: false };
  }
  throw new RepositoryError(
    'NOT_A_REPOSITORY',
    `${cwd} is not inside a Git repository: run this in one, or make one with 'git init'`,
  );
}

/** Folders at which Git stops to look, unless it starts there. */
function ceilingsOf(env: RepositoryHints['env']): ReadonlySet<string> {
  const named = (env['GIT_CEILING_DIRECTORIES'] ?? '').split(delimiter).filter(isAbsolute);
  return new Set(named.map((folder) => realDirectory(folder) ?? folder));
}

/**
 * The folder around whose `.git` leads to a Git folder that was named, as it is in every hook. Where the Git folder lies
 * elsewhere (`--separate-git-dir`), nothing else tells where its working tree is.
 */
function holderOf(gitDir: string, cwd: string): Pick<FoundGitFolder, 'holder' | 'gitFile'> {
  for (const holder of upwards(realDirectory(cwd) ?? resolve(cwd))) {
    const led = leadsTo(holder);
    if (led?.gitDir === gitDir) return { holder, gitFile: led.gitFile };
  }
  return { holder: null, gitFile: null };
}

/** A `.git` that leads nowhere is no trouble here: it is not the one that is looked for. */
export function leadsTo(folder: string): Led | null {
  try {
    return gitDirectoryOf(folder);
  } catch {
    return null;
  }
}

/** Where a `.git` leads. */
type Led = Pick<FoundGitFolder, 'gitDir' | 'gitFile'>;

function gitDirectoryOf(folder: string): Led | null {
  const entry = join(folder, '.git');
  const stat = statSync(entry, { throwIfNoEntry: false });
  if (stat === undefined) return null;
  if (stat.isDirectory()) {
    const gitDir = realDirectory(entry);
    // Git, too, walks on past a `.git` folder that is not a repository.
    return gitDir !== null && isGitDirectory(gitDir) ? { gitDir, gitFile: null } : null;
  }
  return { gitDir: followGitFile(folder, entry), gitFile: entry };
}

function followGitFile(folder: string, file: string): string {
  const target = /^gitdir: (.+?)[\r\n]*$/.exec(readText(file) ?? '')?.[1];
  const gitDir = target === undefined ? null : realDirectory(resolve(folder, target));
  if (gitDir === null || !isGitDirectory(gitDir))
    throw new RepositoryError(
      'NOT_A_REPOSITORY',
      `${file} does not lead to a Git folder: run 'git worktree repair' or 'git submodule update --init'`,
    );
  return gitDir;
}

/** Null: only Git itself can tell. */
function describeLayout(
  { gitDir, holder }: FoundGitFolder,
  commonDir: string,
  hints: RepositoryHints,
): Repository | null {
  const config = readGitConfig(readText(join(commonDir, 'config')) ?? '');
  const own = config.worktreeConfig ? readGitConfig(readText(join(gitDir, 'config.worktree')) ?? '') : config;
  if (config.needsGit || own.needsGit) return null;
  const linked = gitDir !== commonDir;
  const mainConfig = linked && config.worktreeConfig ? mainWorktreeConfig(commonDir, config) : own;
  const bare = (mainConfig.bare ?? config.bare) === true;
  const mainWorktree = mainWorktreeOf(commonDir, mainConfig, bare, linked ? null : holder);
  const worktree = namedWorktree(hints) ?? currentWorktree({ gitDir, holder }, linked, mainWorktree);
  return { worktree, gitDir, commonDir, mainWorktree, bare };
}

function commonDirectory(gitDir: string, { cwd, env }: RepositoryHints): string {
  const named = env['GIT_COMMON_DIR'];
  const pointer = named !== undefined && named !== '' ? resolve(cwd, named) : commonPointer(gitDir);
  const commonDir = realDirectory(pointer);
  if (commonDir === null)
    throw new RepositoryError(
      'NOT_A_REPOSITORY',
      `${pointer}, the shared Git folder of ${gitDir}, does not exist: run 'git worktree repair'`,
    );
  return commonDir;
}

function mainWorktreeConfig(commonDir: string, shared: GitConfig): GitConfig {
  const text = readText(join(commonDir, 'config.worktree'));
  return text === null ? shared : readGitConfig(text);
}

function mainWorktreeOf(
  commonDir: string,
  config: GitConfig,
  bare: boolean,
  holder: string | null,
): string | null {
  if (config.worktree !== null) return configuredWorktree(commonDir, config.worktree);
  if (bare) return null;
  if (holder !== null) return holder;
  return basename(commonDir) === '.git' ? dirname(commonDir) : null;
}

function configuredWorktree(commonDir: string, written: string): string {
  const tree = realDirectory(resolve(commonDir, written));
  if (tree === null) throw misled(commonDir, written, 'which is no folder: make it');
  refuseUnlessLedBack(tree, commonDir);
  return tree;
}

function namedWorktree({ cwd, env }: RepositoryHints): string | null {
  const named = env['GIT_WORK_TREE'];
  return named === undefined || named === '' ? null : realDirectory(resolve(cwd, named));
}

/**
 * With `GIT_DIR` alone Git takes the current folder for the top of the tree, which is true in its own hooks only. Where
 * the Git folder itself records its tree, that is used instead: so a hook that changes folder still finds it.
 */
function currentWorktree(
  { gitDir, holder }: Pick<FoundGitFolder, 'gitDir' | 'holder'>,
  linked: boolean,
  mainWorktree: string | null,
): string | null {
  if (!linked) return mainWorktree;
  if (holder !== null) return holder;
  const back = readText(join(gitDir, 'gitdir'));
  return back === null ? null : realDirectory(dirname(resolve(gitDir, back.replace(/[\r\n]+$/, ''))));
}
