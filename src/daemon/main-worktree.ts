/**
 * Where the main working tree of a repository is whose Git folder lies elsewhere (`git init --separate-git-dir`). Git does not
 * record it, so a coordinator that is started from a linked working tree could only guess, and would take that one's scope
 * files for the repository's. So whoever sees the main tree writes down where it is.
 */
import { existsSync, realpathSync } from 'node:fs';
import { basename, isAbsolute, join, resolve } from 'node:path';
import { withAccess, type StatePaths } from '../client/index.ts';
import { readRegularFile, type Repository } from '../repository/index.ts';
import { readOwnText, replaceFile } from '../files/index.ts';

/** The repository with its main working tree, as far as that is known from earlier. Throws `PERMISSION`. */
export function withMainWorktree(repository: Repository, paths: StatePaths): Repository {
  if (repository.mainWorktree !== null || repository.bare) return repository;
  const recorded = recordedIn(paths);
  if (recorded === null || !isAbsolute(recorded)) return repository;
  return leadsElsewhere(recorded, repository.commonDir)
    ? repository
    : { ...repository, mainWorktree: recorded };
}

/** Writes down where the main working tree is, where Git itself does not. Throws `PERMISSION`. */
export function recordMainWorktree({ mainWorktree, commonDir }: Repository, paths: StatePaths): void {
  if (mainWorktree === null || basename(commonDir) === '.git') return;
  if (recordedIn(paths) === mainWorktree) return;
  withAccess(fileOf(paths), () => replaceFile(fileOf(paths), mainWorktree));
}

function recordedIn(paths: StatePaths): string | null {
  return withAccess(fileOf(paths), () => readOwnText(fileOf(paths)));
}

function fileOf({ directory }: StatePaths): string {
  return join(directory, 'main-worktree');
}

/** In a copy of the repository the record is about the original. A tree that is not there, or not mounted, may be ours. */
function leadsElsewhere(worktree: string, commonDir: string): boolean {
  const read = readRegularFile(join(worktree, '.git'));
  if (!read.ok) return existsSync(join(worktree, '.git'));
  const [, target = ''] = /^gitdir: (.+?)[\r\n]*$/.exec(read.bytes.toString('utf8')) ?? [];
  try {
    return realpathSync(resolve(worktree, target)) !== commonDir;
  } catch {
    return true;
  }
}
