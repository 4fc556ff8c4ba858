/** The working trees of a repository, and what is checked out in them. */
import { findRepository } from './repository.ts';
import type { Repository } from './folders.ts';
import { runGit, withoutGitVariables } from './git.ts';

export interface WorkingTree {
  /** Its top folder, free of symlinks. */
  readonly tree: string;
  readonly gitDir: string;
  /** The commit that is checked out. */
  readonly head: string;
  /** In short, as in `main`; null: none is checked out. */
  readonly branch: string | null;
}

/**
 * Those with a commit whose folder is there and leads back to this repository: where the list of trees comes from, anything may be
 * written as one. The main one first.
 *
 * @throws RepositoryError GIT_MISSING, GIT_FAILED or GIT_SILENT.
 */
export async function workingTrees({
  commonDir,
  worktree,
}: Pick<Repository, 'commonDir' | 'worktree'>): Promise<readonly WorkingTree[]> {
  const args = ['worktree', 'list', '--porcelain', '-z'];
  const said = await runGit({ cwd: worktree ?? commonDir, args, env: withoutGitVariables() });
  const trees = await Promise.all(
    said
      .toString('utf8')
      .split('\0\0')
      .map((block) => treeOf(block, commonDir)),
  );
  return trees.filter((tree) => tree !== null);
}

async function treeOf(block: string, commonDir: string): Promise<WorkingTree | null> {
  const fields = new Map(block.split('\0').map((field) => [field.split(' ', 1)[0], field]));
  const value = (name: string): string | null => fields.get(name)?.slice(name.length + 1) ?? null;
  const [path, head] = [value('worktree'), value('HEAD')];
  if (path === null || head === null || /^0+$/.test(head) || fields.has('bare')) return null;
  const found = await findRepository({ cwd: path, env: {}, isChosen: true }).catch(() => null);
  if (found === null || found.worktree === null || found.commonDir !== commonDir) return null;
  return {
    tree: found.worktree,
    gitDir: found.gitDir,
    head,
    branch: value('branch')?.replace(/^refs\/heads\//, '') ?? null,
  };
}
