/** Local branches that are checked out nowhere and have commits that the main one has not. */
import { runGit, withoutGitVariables } from './git.ts';

export interface BranchAlone {
  /** In short. */
  readonly branch: string;
  readonly head: string;
}

/**
 * Those that were committed to last come first. `trunk`: a commit; `max`: how many at most.
 *
 * @throws RepositoryError GIT_MISSING, GIT_FAILED or GIT_SILENT.
 */
export async function branchesAlone(
  root: string,
  trunk: string,
  max: number,
): Promise<readonly BranchAlone[]> {
  const args = [
    'for-each-ref',
    '--sort=-committerdate',
    `--no-merged=${trunk}`,
    '--format=%(refname:lstrip=2)%00%(objectname)%00%(worktreepath)',
    'refs/heads',
  ];
  const said = await runGit({ cwd: root, args, env: withoutGitVariables() });
  const lines = said
    .toString('utf8')
    .split('\n')
    .map((line) => line.split('\0'));
  return lines
    .flatMap(([branch, head, tree]) =>
      branch === undefined || head === undefined || tree !== '' ? [] : [{ branch, head }],
    )
    .slice(0, max);
}
