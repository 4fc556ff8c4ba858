import { lstatSync, readlinkSync, realpathSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { parseScopePath, quote, type Parsed, type ScopePath } from '../../core/index.ts';
import { leadsOut } from './inside.ts';
import { inOtherTree } from './other-tree.ts';

/**
 * The canonical path, relative to the working tree, of a file as a person or a tool names it in a folder. Symlinks are
 * followed as far as the path exists, and one in the place of the file also where nothing is at its end yet: who writes to it
 * makes the file there. So every spelling of one file gives one path; what leads out of the tree, or lies in a repository
 * within it, is refused, and what lies in another working tree of the repository with its path there.
 */
export function repositoryPath(worktree: string, cwd: string, text: string): Parsed<ScopePath> {
  if (text.includes('\0')) return { ok: false, problem: `path ${quote(text)} contains a NUL character` };
  const target = realPathOf(resolve(cwd, text));
  const top = realPathOf(worktree);
  const other = inOtherTree(top, target);
  if (other?.isSame === false)
    return {
      ok: false,
      problem: `${quote(text)} is in another repository, ${other.tree}, which has locks of its own: work there, or say -C ${relative(realPathOf(cwd), other.tree) || '.'}`,
    };
  if (other !== null)
    return {
      ok: false,
      problem: `${quote(text)} is in another working tree of this repository, ${other.tree}. A lock is of a path in all of them: name it as ${quote(join(top, other.path), 1000)}`,
    };
  const path = relative(top, target);
  if (leadsOut(path)) return { ok: false, problem: `${quote(text)} leads out of the repository ${worktree}` };
  return parseScopePath(path === '' ? '.' : path.split(sep).join('/'));
}

/** How a path of the working tree is typed in a folder, so that only that path can be meant. */
export function pathTypedIn(worktree: string, cwd: string, path: string): string {
  const [top, folder] = [realPathOf(worktree), realPathOf(cwd)];
  if (folder === top) return path;
  const typed = relative(folder, join(top, path)).split(sep).join('/');
  if (typed === '') return '.';
  return typed === '..' || typed.startsWith('../') ? typed : `./${typed}`;
}

/** As many as the system follows; more lead in a circle. */
const linksMax = 40;

/** Follows symlinks in the part of the path that exists, and to where the file would be made that is at its end. */
export function realPathOf(path: string, linksLeft = linksMax): string {
  const location = existingPartOf(path);
  const target = linksLeft === 0 ? null : linkAt(location);
  return target === null ? location : realPathOf(resolve(dirname(location), target), linksLeft - 1);
}

function existingPartOf(path: string): string {
  const real = realOf(path);
  if (real !== null) return real;
  const parent = dirname(path);
  return parent === path ? path : join(existingPartOf(parent), basename(path));
}

/** Null when nothing is there, which is asked first: a call that fails takes much longer than one that does not. */
function realOf(path: string): string | null {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) === undefined ? null : realpathSync.native(path);
  } catch {
    return null;
  }
}

/** Null when there is none. */
function linkAt(path: string): string | null {
  try {
    return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true ? readlinkSync(path) : null;
  } catch {
    return null;
  }
}
