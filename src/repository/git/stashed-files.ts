/** What lies in the stash, which all working trees of a repository share. */
import { RepositoryError } from '../errors.ts';
import { runGit, withoutGitVariables } from './git.ts';

/** Nobody keeps more; what is older is not looked at. */
const entriesMax = 50;

/**
 * Files that an entry of the stash changes, or brings, each with its path from the top; of all entries where none is named. None
 * where there is no such entry. `root`: a working tree, or the Git folder.
 *
 * @throws RepositoryError GIT_MISSING or GIT_SILENT.
 */
export async function stashedFiles(root: string, entry: string | null): Promise<readonly string[]> {
  const ask = (...args: string[]): Promise<readonly string[]> => listed(root, args);
  const all = ['log', '-z', '-g', '--format=%H', `--max-count=${entriesMax}`, 'refs/stash', '--'];
  const commits =
    entry === null
      ? await ask(...all)
      : await ask('rev-parse', '--verify', '--quiet', '--end-of-options', entry);
  const files = new Set<string>();
  for (const commit of commits.map((text) => text.trim())) {
    for (const file of await ask('diff-tree', '-r', ...names, `${commit}^1`, commit)) files.add(file);
    // New files have a commit of their own, where they were put aside.
    for (const file of await ask('ls-tree', '-r', ...names, `${commit}^3`)) files.add(file);
  }
  return [...files].sort();
}

const names = ['-z', '--name-only'];

/** What Git refuses is not there. */
async function listed(root: string, args: readonly string[]): Promise<readonly string[]> {
  try {
    const said = await runGit({ cwd: root, args, env: withoutGitVariables() });
    return said
      .toString('utf8')
      .split('\0')
      .filter((text) => text !== '');
  } catch (error) {
    if (error instanceof RepositoryError && error.code === 'GIT_FAILED') return [];
    throw error;
  }
}
