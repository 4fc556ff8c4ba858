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
  const ask = (...args: readonly string[]): Promise<string> =>
    runGit({ cwd: root, args, env: withoutGitVariables() }).then((said) => said.toString('utf8'));
  const ends = await endsOf(ask, range);
  if (ends === null) return null;
  const { first, last } = ends;
  const base = ends.fromFork ? (await ask('merge-base', first, last)).trim() : first;
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

type Ask = (...args: string[]) => Promise<string>;

/** The two commits that a range names; null: it is none. `fromFork`: it begins where both have parted. */
export async function endsOf(
  ask: Ask,
  range: string,
): Promise<{ readonly first: string; readonly last: string; readonly fromFork: boolean } | null> {
  const [, from = '', dots = '', to = ''] = /^(.*?)(\.{2,3})(.*)$/s.exec(range) ?? [];
  if (dots === '') return null;
  const first = await commitOf(ask, from === '' ? 'HEAD' : from);
  const last = await commitOf(ask, to === '' ? 'HEAD' : to);
  return first === null || last === null ? null : { first, last, fromFork: dots === '...' };
}

/** Null: it names none. */
export async function commitOf(ask: Ask, name: string): Promise<string | null> {
  try {
    return (await ask('rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`)).trim();
  } catch (error) {
    if (error instanceof RepositoryError && error.code === 'GIT_FAILED') return null;
    throw error;
  }
}
