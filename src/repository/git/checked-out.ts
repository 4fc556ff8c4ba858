/** Which branch is checked out in which working tree. */
import { runGit, withoutGitVariables } from './git.ts';

export interface CheckedOut {
  /** Top of the working tree. */
  readonly worktree: string;
  /** In full, as in `refs/heads/main`. */
  readonly branch: string;
}

/**
 * Of all working trees of a repository, without those at no branch. `root`: one of them, or the Git folder.
 *
 * @throws RepositoryError GIT_MISSING, GIT_FAILED or GIT_SILENT.
 */
export async function checkedOut(root: string): Promise<readonly CheckedOut[]> {
  const args = ['worktree', 'list', '--porcelain'];
  const said = await runGit({ cwd: root, args, env: withoutGitVariables() });
  return said
    .toString('utf8')
    .split('\n\n')
    .flatMap((block) => {
      const worktree = /^worktree (.*)$/m.exec(block)?.[1];
      const branch = /^branch (.*)$/m.exec(block)?.[1];
      return worktree === undefined || branch === undefined ? [] : [{ worktree, branch }];
    });
}
