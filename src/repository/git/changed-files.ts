/** Which files a working tree has otherwise than its last commit. */
import { runGit, withoutGitVariables } from './git.ts';
import { withoutFilters } from './without-filters.ts';

/**
 * Files that were changed, added or removed since the last commit, staged or not, and those that Git does not know yet and
 * does not ignore; repository-relative, sorted, each once. `root`: the top of the working tree.
 *
 * @throws RepositoryError GIT_MISSING, GIT_FAILED or GIT_SILENT.
 */
export async function changedFiles(root: string): Promise<readonly string[]> {
  const settings = await withoutFilters(root);
  const list = async (...args: readonly string[]): Promise<readonly string[]> =>
    (await runGit({ cwd: root, args, settings, env: withoutGitVariables() }))
      .toString('utf8')
      .split('\0')
      .filter((path) => path !== '');
  const hasCommit = await list('rev-parse', '--verify', '--quiet', 'HEAD').then(
    () => true,
    () => false,
  );
  const tracked = hasCommit
    ? await list('diff', ...plainNames, 'HEAD', '--')
    : await list('ls-files', '-z', '--cached');
  const untracked = await list('ls-files', '-z', '--others', '--exclude-standard');
  // A repository inside that is not tracked is named with a slash: it is none of these files.
  return [...new Set([...tracked, ...untracked.filter((path) => !path.endsWith('/'))])].sort();
}

/** Both names of a file that was renamed. Into submodules Git must not look: their configuration is theirs. */
const plainNames = [
  '--name-only',
  '-z',
  '--no-renames',
  '--no-ext-diff',
  '--no-textconv',
  '--ignore-submodules=dirty',
];
