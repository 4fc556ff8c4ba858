import { quote } from '../../core/index.ts';
import { RepositoryError } from '../errors.ts';
import { runGit, withoutGitVariables } from './git.ts';

/**
 * To compare a file's content Git may put it through a program that the configuration names. Without one, a file of which Git
 * must look at the content may be taken for changed, which it is not; none is overlooked.
 */
export async function withoutFilters(root: string): Promise<readonly string[]> {
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
