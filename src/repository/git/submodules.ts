import { existsSync, readdirSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { submoduleMode } from './file-modes.ts';
import { askGitAtOnce } from './git.ts';
import { readRegularFile } from './regular-file.ts';
import { upwards } from './upwards.ts';

/**
 * The folder of a submodule around a path that is not initialised: nothing in it leads to its repository, and yet what lies in it
 * can be nothing of the tree around it. Null where the path is in none. Both paths are free of symlinks.
 *
 * Git's index tells. It is asked only where that may be: of a folder that `.gitmodules` names, and of one that is empty, as Git
 * leaves it.
 */
export function emptySubmoduleAround(worktree: string, target: string): string | null {
  const around: string[] = [];
  for (const folder of upwards(dirname(target))) {
    if (folder === worktree) return firstSubmodule(worktree, likely(worktree, around));
    around.push(folder);
  }
  return null;
}

/** Whether a folder is one of a submodule that is not initialised; `path`: from the top of the tree. */
export const isEmptySubmodule = (worktree: string, path: string): boolean =>
  firstSubmodule(worktree, likely(worktree, [join(worktree, path)])) !== null;

/** `folders`: from the innermost outwards. */
function likely(worktree: string, folders: readonly string[]): readonly string[] {
  if (folders.length === 0) return [];
  const named = namedModules(worktree);
  const there = folders.find((folder) => existsSync(folder));
  return folders.filter(
    (folder) =>
      named.has(relative(worktree, folder).split(sep).join('/')) || (folder === there && isEmpty(folder)),
  );
}

/** Enough for thousands of submodules. */
const modulesBytesMax = 4 * 1024 * 1024;

function namedModules(worktree: string): ReadonlySet<string> {
  const read = readRegularFile(join(worktree, '.gitmodules'), { bytesMax: modulesBytesMax });
  if (!read.ok) return new Set();
  const lines = Buffer.from(read.bytes)
    .toString('utf8')
    .matchAll(/^[ \t]*path[ \t]*=[ \t]*"?(.*?)"?[ \t\r]*$/gm);
  return new Set(Array.from(lines, ([, path = '']) => path));
}

function isEmpty(folder: string): boolean {
  try {
    return readdirSync(folder).length === 0;
  } catch {
    return false;
  }
}

function firstSubmodule(worktree: string, folders: readonly string[]): string | null {
  if (folders.length === 0) return null;
  const paths = folders.map((folder) => relative(worktree, folder).split(sep).join('/'));
  const args = ['--literal-pathspecs', 'ls-files', '-z', '-s', '--', ...paths];
  const listed = askGitAtOnce(worktree, args)?.split('\0') ?? [];
  const modules = listed.filter((text) => text.startsWith(`${submoduleMode} `));
  const found = new Set(modules.map((text) => text.slice(text.indexOf('\t') + 1)));
  return folders[paths.findIndex((path) => found.has(path))] ?? null;
}
