/** Which files two commits have otherwise. */
import { RepositoryError } from '../errors.ts';
import { runGit, withoutGitVariables } from './git.ts';

/**
 * Files that are otherwise in one commit than in another, or in one of them alone; repository-relative, sorted. `range`:
 * `A..B`, where one that is left out is HEAD; `A...B` begins where both have parted. Null: that is no range of commits here.
 *
 * @throws RepositoryError GIT_MISSING, GIT_FAILED or GIT_SILENT.
 */
export async function filesBetween(root: string, range: string): Promise<readonly string[] | null> {
  const [, from = '', dots = '', to = ''] = /^(.*?)(\.{2,3})(.*)$/s.exec(range) ?? [];
  if (dots === '') return null;
  const ask = (...args: readonly string[]): Promise<string> =>
    runGit({ cwd: root, args, env: withoutGitVariables() }).then((said) => said.toString('utf8'));
  const first = await commitOf(ask, from === '' ? 'HEAD' : from);
  const last = await commitOf(ask, to === '' ? 'HEAD' : to);
  if (first === null || last === null) return null;
  const base = dots === '...' ? (await ask('merge-base', first, last)).trim() : first;
  const said = await ask(
    'diff-tree',
    '-r',
    '-z',
    '--name-only',
    '--no-renames',
    '--end-of-options',
    base,
    last,
  );
  return said
    .split('\0')
    .filter((path) => path !== '')
    .sort();
}

/** Null: it names none. */
async function commitOf(ask: (...args: string[]) => Promise<string>, name: string): Promise<string | null> {
  try {
    return (await ask('rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`)).trim();
  } catch (error) {
    if (error instanceof RepositoryError && error.code === 'GIT_FAILED') return null;
    throw error;
  }
}
