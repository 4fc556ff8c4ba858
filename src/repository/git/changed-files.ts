/** Which files a working tree, or what is about to be committed from it, has otherwise than its last commit. */
import { RepositoryError } from '../errors.ts';
import { runGit, withoutGitVariables } from './git.ts';
import { withoutFilters } from './without-filters.ts';

/** Those that Git knows, those that it does not know yet, or both. */
export type WhichFiles = 'all' | 'tracked' | 'untracked';

/**
 * Files that were changed, added or removed since the last commit, staged or not, and those that Git does not know yet and
 * does not ignore; repository-relative, sorted, each once. `root`: the top of the working tree.
 *
 * @throws RepositoryError GIT_MISSING, GIT_FAILED or GIT_SILENT.
 */
export async function changedFiles(root: string, which: WhichFiles = 'all'): Promise<readonly string[]> {
  const tracked = which === 'untracked' ? [] : await trackedIn(root);
  const untracked = which === 'tracked' ? [] : await othersIn(root);
  return [...new Set([...tracked, ...untracked])].sort();
}

const trackedIn = (root: string): Promise<readonly string[]> => trackedAmong(root, root, []);

/**
 * By `git status`, in whatever folder: `git diff` writes the index anew where a file was only touched, whatever it is told of locks, and
 * whoever works there finds it changed.
 */
async function trackedAmong(root: string, cwd: string, paths: readonly string[]): Promise<readonly string[]> {
  const args = ['status', '--porcelain=v1', '-z', '--no-renames', ...statusOptions, '--', ...paths];
  const listed = await runGit({
    cwd,
    args,
    settings: await withoutFilters(root),
    env: withoutGitVariables(),
  });
  return listed
    .toString('utf8')
    .split('\0')
    .flatMap((entry) => (entry === '' ? [] : [entry.slice('XY '.length)]));
}

const statusOptions = ['--untracked-files=no', '--ignore-submodules=dirty'];

/** Those of them that some paths name, as Git takes them in a folder; none where they say nothing to Git. */
export async function changedAmong(
  root: string,
  cwd: string,
  paths: readonly string[],
): Promise<readonly string[]> {
  try {
    return [...(await committedBy(root, cwd, paths)), ...(await othersIn(cwd, paths))];
  } catch (error) {
    if (error instanceof RepositoryError && error.code === 'GIT_FAILED') return [];
    throw error;
  }
}

/** A repository inside that is not tracked is named with a slash: it is none of these files. */
async function othersIn(cwd: string, paths: readonly string[] = []): Promise<readonly string[]> {
  const args = ['ls-files', '-z', '--others', '--exclude-standard', '--full-name', '--', ...paths];
  return (await runGit({ cwd, args, settings: await withoutFilters(cwd), env: withoutGitVariables() }))
    .toString('utf8')
    .split('\0')
    .filter((path) => path !== '' && !path.endsWith('/'));
}

/**
 * Files that a commit of the index would add, change or remove, as {@link changedFiles} has them. `indexFile`: the index that Git
 * names to its hooks, seen from the top; else that of the tree.
 *
 * @throws RepositoryError GIT_MISSING, GIT_FAILED or GIT_SILENT.
 */
export async function stagedFiles(root: string, indexFile: string | null): Promise<readonly string[]> {
  const index = indexFile === null ? {} : { GIT_INDEX_FILE: indexFile };
  const args = ['diff', '--cached', ...plainNames, '--'];
  const listed = await runGit({ cwd: root, args, env: { ...withoutGitVariables(), ...index } });
  return listed
    .toString('utf8')
    .split('\0')
    .filter((path) => path !== '');
}

/** What a file is in the last commit and in an index; null: it is not there. */
export interface IndexedTexts {
  readonly before: string | null;
  readonly after: string | null;
}

/** `indexFile` as for {@link stagedFiles}; `path` from the top. */
export async function indexedTexts(
  root: string,
  indexFile: string | null,
  path: string,
): Promise<IndexedTexts> {
  const index = indexFile === null ? {} : { GIT_INDEX_FILE: indexFile };
  const text = (name: string): Promise<string | null> =>
    runGit({ cwd: root, args: ['cat-file', 'blob', name], env: { ...withoutGitVariables(), ...index } }).then(
      (bytes) => bytes.toString('utf8'),
      (error: unknown) => {
        if (error instanceof RepositoryError && error.code === 'GIT_FAILED') return null;
        throw error;
      },
    );
  const [before, after] = await Promise.all([text(`HEAD:${path}`), text(`:0:${path}`)]);
  return { before, after };
}

/**
 * Files that `git commit -- PATHS` would change, as {@link changedFiles} has them. `cwd`: where the paths are typed, as Git takes them.
 *
 * @throws RepositoryError GIT_MISSING, GIT_FAILED (also where a path says nothing to Git) or GIT_SILENT.
 */
export function committedBy(root: string, cwd: string, paths: readonly string[]): Promise<readonly string[]> {
  return trackedAmong(root, cwd, paths);
}

/** Those of some files, each with its path from the top, that Git ignores and does not track; none where Git cannot tell. */
export async function ignoredAmong(root: string, files: readonly string[]): Promise<ReadonlySet<string>> {
  if (files.length === 0) return new Set();
  const input = files.map((path) => `${path}\0`).join('');
  const args = ['check-ignore', '-z', '--stdin'];
  // Git ends with 1 where it ignores none.
  const listed = await runGit({ cwd: root, args, input, env: withoutGitVariables() }).catch(() => '');
  return new Set(
    listed
      .toString('utf8')
      .split('\0')
      .filter((path) => path !== ''),
  );
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
