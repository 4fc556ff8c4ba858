import { readFileSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { ContextError } from './errors.ts';
import { readGitConfig, type GitConfig } from './git-config.ts';

/** Where one Git repository lives. All paths are absolute and free of symlinks, so equal means same. */
export interface Repository {
  /** Top folder of the caller's working tree (from inside a Git folder: of its tree); null where there is none. */
  readonly worktree: string | null;
  /** The Git folder of that working tree. */
  readonly gitDir: string;
  /** The Git folder that all working trees of the repository share. */
  readonly commonDir: string;
  /** Top folder of the main working tree; null when there is none, or when Git does not record where it is. */
  readonly mainWorktree: string | null;
  readonly bare: boolean;
}

/** What decides which repository is meant; the environment's names are Git's own. */
export interface RepositoryHints {
  /** The folder to start from. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * The repository that encloses a folder, by Git's own rules: `GIT_DIR`, `GIT_COMMON_DIR` and `GIT_WORK_TREE` first, then
 * the nearest ancestor with a `.git` folder or file, or which is a bare repository. Commits are not needed.
 *
 * Reads files only, because starting Git costs a command more than everything else it does. Git is asked only where its
 * configuration writes the tree's path in a way that we do not read (quoted).
 *
 * @throws ContextError NOT_A_REPOSITORY when there is none; GIT_MISSING or GIT_FAILED when Git had to be asked.
 */
export async function findRepository(hints: RepositoryHints): Promise<Repository> {
  const found = locate(hints);
  const layout = describeLayout(found, hints);
  if (layout !== null) return layout;
  const { askGit } = await import('./ask-git.ts');
  return askGit(hints);
}

/** The folder that holds the log, the socket and the session files of a repository. Shared by all its worktrees. */
export function stateDirectory(commonDir: string): string {
  return join(commonDir, 'rhema');
}

/** A Git folder, and the folder whose `.git` led to it: null when the Git folder was found or named directly. */
interface Found {
  readonly gitDir: string;
  readonly holder: string | null;
}

function locate({ cwd, env }: RepositoryHints): Found {
  const named = env['GIT_DIR'];
  if (named === undefined || named === '') return search(cwd);
  const gitDir = realDirectory(resolve(cwd, named));
  if (gitDir === null || !isGitDirectory(gitDir))
    throw new ContextError(
      'NOT_A_REPOSITORY',
      `GIT_DIR is ${named}, which is not a Git folder: correct or unset it`,
    );
  return { gitDir, holder: null };
}

function search(cwd: string): Found {
  const start = realDirectory(cwd);
  if (start === null)
    throw new ContextError('NOT_A_REPOSITORY', `${cwd} is not a folder that can be entered`);
  for (let folder = start; ; folder = dirname(folder)) {
    const gitDir = gitDirectoryOf(folder);
    if (gitDir !== null) return { gitDir, holder: folder };
    if (isGitDirectory(folder)) return { gitDir: folder, holder: null };
    if (dirname(folder) === folder) break;
  }
  throw new ContextError(
    'NOT_A_REPOSITORY',
    `${cwd} is not inside a Git repository: run this in one, or make one with 'git init'`,
  );
}

function gitDirectoryOf(folder: string): string | null {
  const entry = join(folder, '.git');
  const stat = statSync(entry, { throwIfNoEntry: false });
  if (stat === undefined) return null;
  if (stat.isDirectory()) {
    const gitDir = realDirectory(entry);
    // Git, too, walks on past a `.git` folder that is not a repository.
    return gitDir !== null && isGitDirectory(gitDir) ? gitDir : null;
  }
  return followGitFile(folder, entry);
}

function followGitFile(folder: string, file: string): string {
  const target = /^gitdir: (.+?)[\r\n]*$/.exec(readText(file) ?? '')?.[1];
  const gitDir = target === undefined ? null : realDirectory(resolve(folder, target));
  if (gitDir === null || !isGitDirectory(gitDir))
    throw new ContextError(
      'NOT_A_REPOSITORY',
      `${file} does not lead to a Git folder: run 'git worktree repair' or 'git submodule update --init'`,
    );
  return gitDir;
}

/** Null: only Git itself can tell. */
function describeLayout({ gitDir, holder }: Found, hints: RepositoryHints): Repository | null {
  const commonDir = commonDirectory(gitDir, hints);
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
    throw new ContextError(
      'NOT_A_REPOSITORY',
      `${pointer}, the shared Git folder of ${gitDir}, does not exist: run 'git worktree repair'`,
    );
  return commonDir;
}

function commonPointer(gitDir: string): string {
  const target = readText(join(gitDir, 'commondir'));
  return target === null ? gitDir : resolve(gitDir, target.replace(/[\r\n]+$/, ''));
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
  if (config.worktree !== null) return realDirectory(resolve(commonDir, config.worktree));
  if (bare) return null;
  if (holder !== null) return holder;
  return basename(commonDir) === '.git' ? dirname(commonDir) : null;
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
  { gitDir, holder }: Found,
  linked: boolean,
  mainWorktree: string | null,
): string | null {
  if (!linked) return mainWorktree;
  if (holder !== null) return holder;
  const back = readText(join(gitDir, 'gitdir'));
  return back === null ? null : realDirectory(dirname(resolve(gitDir, back.replace(/[\r\n]+$/, ''))));
}

/** Git's own test: a HEAD, and objects and refs either here or in the shared folder. */
function isGitDirectory(folder: string): boolean {
  if (statSync(join(folder, 'HEAD'), { throwIfNoEntry: false }) === undefined) return false;
  if (readText(join(folder, 'commondir')) !== null) return true;
  return isDirectory(join(folder, 'objects')) && isDirectory(join(folder, 'refs'));
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function realDirectory(path: string): string | null {
  try {
    const real = realpathSync.native(path);
    return isDirectory(real) ? real : null;
  } catch {
    return null;
  }
}

function readText(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
