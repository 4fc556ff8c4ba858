import { lstatSync, type Stats } from 'node:fs';
import { dirname, join } from 'node:path';
import { runGit, withoutGitVariables } from './git.ts';

/** A file that was changed, or that is there no more. */
export interface ChangedFile {
  /** Relative to the top of the working tree, forward slashes. */
  readonly path: string;
  /** When, in milliseconds since 1970; of one that is gone a moment before which it was there no more. */
  readonly atMs: number;
}

export interface ChangedWish {
  /** The top of the working tree. */
  readonly root: string;
  /** Folders, or files; `.` for all. At least one. */
  readonly paths: readonly string[];
  /** Milliseconds since 1970. */
  readonly sinceMs: number;
  /** Counts from any moment, in milliseconds. */
  readonly monotonicMs: () => number;
}

/** Git lists a large working tree in less; where it does not answer, nobody waits for this. */
const gitPatienceMs = 1_000;
/** How long files may be looked at, in milliseconds, and how many between two looks at the clock. */
const lookingMs = 500;
const filesPerLook = 256;
/** What a file system says of a moment may be a tick of its clock before it. */
const tickMs = 10;

/**
 * Which files were changed since a moment: tracked ones and new ones that are not ignored, whose content was written then, and
 * those that were removed. What Git itself wrote, as with a checkout, counts. Nothing of the repository is run, and no file is
 * opened. Null where it cannot be told in time, or Git fails.
 */
export async function changedSince(wish: ChangedWish): Promise<readonly ChangedFile[] | null> {
  try {
    const [listed, removed] = await Promise.all([listFiles(wish), removedByCommits(wish)]);
    return lookAt(wish, listed, removed);
  } catch {
    return null;
  }
}

interface Listed {
  readonly path: string;
  readonly isTracked: boolean;
}

/** Without what a sparse checkout leaves out. */
async function listFiles({ root, paths }: ChangedWish): Promise<Listed[]> {
  const args = ['ls-files', '-z', '-t', '--cached', '--others', '--exclude-standard', ...limitedTo(paths)];
  const said = await runGit({ cwd: root, args, env: withoutGitVariables(), timeoutMs: gitPatienceMs });
  return linesOf(said).flatMap((text) => {
    const [tag, path] = [text.slice(0, 1), text.slice(2)];
    return tag === 'S' || path.endsWith('/') ? [] : [{ path, isTracked: tag !== '?' }];
  });
}

/** What commits have removed since; nothing where there is none yet. */
async function removedByCommits({ root, paths, sinceMs }: ChangedWish): Promise<string[]> {
  const since = new Date(Math.max(0, sinceMs)).toISOString();
  const what = ['--diff-filter=D', '--no-renames', '--name-only', '-z', '--format='];
  const plain = ['--no-show-signature', '--no-ext-diff', '--no-textconv', `--max-count=${commitsMax}`];
  const args = ['log', `--since=${since}`, ...what, ...plain, 'HEAD', ...limitedTo(paths)];
  const call = { cwd: root, args, env: withoutGitVariables(), settings: ['log.showSignature=false'] };
  return runGit({ ...call, timeoutMs: gitPatienceMs }).then(linesOf, () => []);
}

const commitsMax = 1_000;

const limitedTo = (paths: readonly string[]): string[] =>
  paths.includes('.') ? [] : ['--', ...paths.map((path) => `:(top,literal)${path}`)];

const linesOf = (said: Buffer): string[] =>
  said
    .toString('utf8')
    .split('\0')
    .map((text) => text.replace(/^\n+/, ''))
    .filter((text) => text !== '');

function lookAt(
  { root, sinceMs, monotonicMs }: ChangedWish,
  listed: readonly Listed[],
  removed: readonly string[],
): readonly ChangedFile[] | null {
  const fromMs = sinceMs - tickMs;
  const beganMs = monotonicMs();
  const changed = new Map<string, number>();
  for (const [index, { path, isTracked }] of listed.entries()) {
    if (index % filesPerLook === 0 && monotonicMs() - beganMs > lookingMs) return null;
    const stats = look(join(root, path));
    const atMs = stats === null ? (isTracked ? goneAt(root, path) : -Infinity) : stats.mtimeMs;
    // A submodule is listed as a file: what is changed in it is its own.
    if (atMs >= fromMs && stats?.isDirectory() !== true) changed.set(path, atMs);
  }
  for (const path of removed) if (look(join(root, path)) === null) changed.set(path, someTimeSince);
  return [...changed].map(([path, atMs]) => ({ path, atMs }));
}

/** Of what commits have removed since that moment it is not known when. */
const someTimeSince = Number.MAX_SAFE_INTEGER;

/** When something was last removed from, or put into, the folder in which a file is not any more. */
function goneAt(root: string, path: string): number {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const stats = look(join(root, folder));
    if (stats !== null) return stats.mtimeMs;
    if (folder === '.') return -Infinity;
  }
}

/** Null: there is nothing, or nobody may look. */
function look(path: string): Stats | null {
  try {
    return lstatSync(path);
  } catch {
    return null;
  }
}
