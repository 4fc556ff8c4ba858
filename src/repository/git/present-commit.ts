/** What a working tree contains now, as a commit that nobody has made: the tree and its index stay as they are. */
import { copyFileSync, existsSync, lstatSync, rmSync, statSync, utimesSync, type Stats } from 'node:fs';
import { dirname, join } from 'node:path';
import { runGit, withoutGitVariables } from './git.ts';
import type { MergeRoom } from './merge-room.ts';
import { withoutFilters } from './without-filters.ts';
import type { WorkingTree } from './working-trees.ts';

export interface PresentContent {
  /** Git's name of a tree with all files that are tracked, and of those that are not ignored. */
  readonly content: string;
  /** Files that were changed, but are too large to be looked at: they are taken for unchanged. */
  readonly leftOut: readonly string[];
}

export const presentFileBytesMax = 32 * 1024 * 1024;

/**
 * Works on a copy of the index, and keeps its objects in the room.
 *
 * @throws RepositoryError GIT_MISSING, GIT_FAILED (also where a file may not be read) or GIT_SILENT.
 */
export async function presentContent(
  tree: WorkingTree,
  room: MergeRoom,
  name: string,
): Promise<PresentContent> {
  const index = join(room.folder, `index-${name}`);
  copyIndex(join(tree.gitDir, 'index'), index);
  const env = {
    ...withoutGitVariables(),
    ...room.keepsHere,
    GIT_DIR: tree.gitDir,
    GIT_WORK_TREE: tree.tree,
    GIT_INDEX_FILE: index,
  };
  const settings = [...(await withoutFilters(tree.tree)), ...quickly];
  const git = async (args: readonly string[], input?: string): Promise<string> => {
    const call = { cwd: tree.tree, env, settings, args };
    return (await runGit(input === undefined ? call : { ...call, input })).toString('utf8');
  };
  try {
    const { gone, there, leftOut } = sorted(tree.tree, await git(listed));
    if (gone.length > 0) await git([...update, '--force-remove', '--stdin'], zeroEnded(gone));
    if (there.length > 0)
      await git([...update, '--add', '--remove', '--replace', '--stdin'], zeroEnded(there));
    return { content: (await git(['write-tree'])).trim(), leftOut };
  } finally {
    rmSync(index, { force: true });
  }
}

/** Nothing of it has to last, and a split index would leave a part of itself beside the real one. */
const quickly = [
  'core.fsync=none',
  'core.looseCompression=0',
  'core.splitIndex=false',
  'core.untrackedCache=keep',
];
const listed = ['ls-files', '-z', '--modified', '--deleted', '--others', '--exclude-standard'];
const update = ['update-index', '-z'];

const zeroEnded = (paths: readonly string[]): string => paths.map((path) => `${path}\0`).join('');

/**
 * Git looks at the content of files that were changed when the index was written or later. The copy must not look newer than the
 * index is, or it would take such files for unchanged.
 */
function copyIndex(from: string, to: string): void {
  if (!existsSync(from)) return;
  const { mtimeMs } = statSync(from);
  copyFileSync(from, to);
  const seconds = Math.floor(mtimeMs) / 1_000 - 0.001;
  utimesSync(to, seconds, seconds);
}

interface Sorted {
  readonly gone: readonly string[];
  readonly there: readonly string[];
  readonly leftOut: readonly string[];
}

function sorted(root: string, said: string): Sorted {
  const gone: string[] = [];
  const there: string[] = [];
  const leftOut: string[] = [];
  const isFolder = foldersOf(root);
  for (const path of new Set(said.split('\0'))) {
    // A repository inside that is not tracked is named with a slash.
    if (path === '' || path.endsWith('/')) continue;
    const stat = isFolder(dirname(path)) ? look(join(root, path)) : null;
    if (stat === null || !isKept(join(root, path), stat)) gone.push(path);
    else if (stat.isFile() && stat.size > presentFileBytesMax) leftOut.push(path);
    else there.push(path);
  }
  return { gone, there, leftOut };
}

/** Git keeps files, links and repositories inside; where a file was there may be a plain folder, or a pipe. */
const isKept = (path: string, stat: Stats): boolean =>
  stat.isFile() || stat.isSymbolicLink() || (stat.isDirectory() && look(join(path, '.git')) !== null);

/** Whether a folder is one of the tree: what lies behind a link lies elsewhere. */
function foldersOf(root: string): (folder: string) => boolean {
  const known = new Map<string, boolean>([['.', true]]);
  const isFolder = (folder: string): boolean => {
    const before = known.get(folder);
    if (before !== undefined) return before;
    const is = isFolder(dirname(folder)) && look(join(root, folder))?.isDirectory() === true;
    known.set(folder, is);
    return is;
  };
  return isFolder;
}

function look(path: string): Stats | null {
  try {
    return lstatSync(path);
  } catch {
    return null;
  }
}
