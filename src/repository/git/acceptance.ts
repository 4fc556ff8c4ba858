/**
 * Which Git folders are worked in: those that Git itself would accept. What is in one decides what is written, and a
 * repository may come from somebody else: from a clone, an archive, another user's folder.
 *
 * - A folder that only looks like a Git folder (HEAD, objects, refs) may be part of a clone. It counts when a `.git` led to
 *   it or `GIT_DIR` names it, as Git has it with `safe.bareRepository=explicit`.
 * - Of folders of another user Git is asked, which knows `safe.directory` from all places that it may be set in. Also of
 *   one that `GIT_DIR` names, which Git does not look at: to read a repository is less than to talk to who is at work in it.
 */
import { lstatSync } from 'node:fs';
import { sep } from 'node:path';
import { RepositoryError } from '../errors.ts';
import type { RepositoryHints } from './folders.ts';

/** How a Git folder was found. */
export interface FoundGitFolder {
  readonly gitDir: string;
  /** The folder whose `.git` led to it. */
  readonly holder: string | null;
  /** The file `.git` that named it, where it is none. */
  readonly gitFile: string | null;
  readonly isNamed: boolean;
}

/** @throws RepositoryError NOT_A_REPOSITORY: it looks like a Git folder, and nothing says that it is meant as one. */
export function refuseUnnamedBare({ gitDir, holder, isNamed }: FoundGitFolder): void {
  if (holder !== null || isNamed || isBelowDotGit(gitDir)) return;
  throw new RepositoryError(
    'NOT_A_REPOSITORY',
    `${gitDir} looks like a bare Git repository, but no .git leads to it, and a clone may bring such a folder: if it is yours, set GIT_DIR=${gitDir}, or work in a worktree of it (git worktree add)`,
  );
}

/** No commit can have a folder of that name: Git refuses to check one out. */
function isBelowDotGit(folder: string): boolean {
  return folder.split(sep).includes('.git');
}

/**
 * Whether Git accepts what was found, by its owners. Git is started only where one of them is somebody else.
 *
 * @throws RepositoryError GIT_FAILED with what Git said, and what to do; GIT_MISSING when it cannot be asked.
 */
export async function refuseForeign(
  found: FoundGitFolder,
  commonDir: string,
  { env }: RepositoryHints,
): Promise<void> {
  const { gitDir, holder, gitFile } = found;
  const own = [holder, gitFile, gitDir].every((path) => path === null || isOwnedHere(path, env));
  const commonIsOwn = isOwnedHere(commonDir, env);
  if (own && commonIsOwn) return;
  const { refuseUnlessAccepted } = await import('./ask-git.ts');
  if (!own) await refuseUnlessAccepted(holder ?? gitDir, gitDir, env);
  // Git looks at the folder of the worktree alone; the log lies in the shared one.
  if (!commonIsOwn && commonDir !== gitDir) await refuseUnlessAccepted(commonDir, commonDir, env);
}

/** As Git has it: root accepts what belongs to the user who became root by sudo, too. */
function isOwnedHere(path: string, env: RepositoryHints['env']): boolean {
  const own = process.geteuid?.();
  const owner = lstatSync(path, { throwIfNoEntry: false })?.uid;
  if (own === undefined || owner === own) return true;
  const sudoer = env['SUDO_UID'] ?? '';
  return own === 0 && /^\d+$/.test(sudoer) && owner === Number(sudoer);
}
