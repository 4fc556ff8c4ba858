/** Folders that tools make in a working tree: no part of it, also where Git does not ignore them. */
import { isInstalled } from '../repository/index.ts';
import { named, type ScopePath } from '../core/index.ts';
import { warning, type Notices } from './notices.ts';
import { baseName, byText, folderOf, top } from './paths.ts';
import type { RepositoryTree } from './tree/tree.ts';

/** People have folders of these names as well: who made one tells by whether Git has anything in it. */
const outputNames: ReadonlySet<string> = new Set([
  'build',
  'coverage',
  'dist',
  'obj',
  'out',
  'output',
  'target',
  'vendor',
  'venv',
  '__pycache__',
]);

/** Whether a folder holds installed packages, or what a build left there. */
export function isMade(tree: RepositoryTree, folder: ScopePath): boolean {
  return isInstalled(folder) || (outputNames.has(baseName(folder)) && !tree.trackedFolders.has(folder));
}

const foldersNamedMax = 8;

/** Where the folders are the parts: says which of them are none though Git does not ignore them, and what to do. */
export function noteMade(tree: RepositoryTree, origins: readonly string[], notices: Notices): void {
  if (origins.some((origin) => origin !== 'folders')) return;
  const folders = [...tree.folders]
    .filter((folder) => isMade(tree, folder) && !tree.trackedFolders.has(folder))
    .filter((folder) => !isHidden(folder) && !liesInMade(tree, folder))
    .sort(byText);
  if (folders.length === 0) return;
  const more = folders.length - foldersNamedMax;
  const list = `${named(...folders.slice(0, foldersNamedMax))}${more > 0 ? ` and ${more} more` : ''}`;
  const message = `installed or built, by the name, and no part of the code: ${list}. Put it into .gitignore; if people write what is in there, git add it and run this again`;
  notices.add(warning('NOT_IGNORED', null, message));
}

function isHidden(folder: string): boolean {
  return folder.split('/').some((segment) => segment.startsWith('.'));
}

function liesInMade(tree: RepositoryTree, folder: ScopePath): boolean {
  const above = folderOf(folder);
  return above !== top && (isMade(tree, above) || liesInMade(tree, above));
}
