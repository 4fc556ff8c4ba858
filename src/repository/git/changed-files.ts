/** Which files a working tree has otherwise than its last commit. */
import { quote } from '../../core/index.ts';
import { RepositoryError } from '../errors.ts';
import { runGit, withoutGitVariables } from './git.ts';

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

/**
 * To compare a file's content Git may put it through a program that the configuration names. Without one, a file of which Git
 * must look at the content may be taken for changed, which it is not; none is overlooked.
 */
async function withoutFilters(root: string): Promise<readonly string[]> {
  const args = ['config', '--list', '--name-only', '-z'];
  const set = (await runGit({ cwd: root, args, env: withoutGitVariables() })).toString('utf8').split('\0');
  const keys = [...new Set(set)].filter((key) => /^filter\..*\.(?:clean|process|required)$/s.test(key));
  // A setting that is given on the command line ends its name at the first of these.
  const unclear = keys.find((key) => key.includes('='));
  if (unclear !== undefined)
    throw new RepositoryError(
      'GIT_FAILED',
      `the configuration of Git has ${quote(unclear)}, a program that cannot be switched off: name it without =`,
    );
  return keys.map((key) => (key.endsWith('.required') ? `${key}=false` : `${key}=`));
}
