import { lstatSync, readlinkSync, realpathSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { backslashProblem, parseScopePath, quote, type Parsed, type ScopePath } from '../../core/index.ts';
import { isInside, leadsOut } from './inside.ts';
import { inOtherTree } from './other-tree.ts';

/** Where a path leads that somebody names in a folder. */
export type PathPlace =
  | { readonly kind: 'here'; readonly path: ScopePath }
  /** In another working tree of the repository. `path`: seen from there, with forward slashes, `.` for its top. */
  | { readonly kind: 'otherTree'; readonly tree: string; readonly path: string }
  /** `isEmpty`: of a submodule that is not initialised. */
  | { readonly kind: 'otherRepository'; readonly tree: string; readonly isEmpty?: true }
  /** In Git's own folder at the top of the tree. */
  | { readonly kind: 'gitFolder' }
  | { readonly kind: 'outside' }
  /** In the tree, under a name that nothing can be locked by. `folder`: the nearest around it that has a path. */
  | { readonly kind: 'unnameable'; readonly folder: ScopePath; readonly problem: string };

/**
 * Symlinks are followed as far as the path exists, and one in the place of the file also where nothing is at its end yet: who
 * writes to it makes the file there. So every spelling of one file gives one place. `isReplaced`: of a link in the place of the file
 * the link itself is meant, as `rm` and `mv` take it.
 */
export function placeOf(worktree: string, cwd: string, text: string, isReplaced = false): PathPlace {
  const nul = text.indexOf('\0');
  const named = resolve(cwd, nul < 0 ? text : text.slice(0, nul));
  const target = isReplaced ? join(realPathOf(dirname(named)), basename(named)) : realPathOf(named);
  const top = realPathOf(worktree);
  const other = inOtherTree(top, target);
  if (other !== null)
    return other.isSame
      ? { kind: 'otherTree', tree: other.tree, path: other.path === '' ? '.' : other.path }
      : { kind: 'otherRepository', tree: other.tree, ...(other.isEmpty === true ? { isEmpty: true } : {}) };
  const path = relative(top, target);
  if (leadsOut(path)) return { kind: 'outside' };
  if (!isInside(top, target)) return { kind: 'gitFolder' };
  const parsed = parsedFromDisk(path.split(sep).join('/') || '.');
  return parsed.ok
    ? { kind: 'here', path: parsed.value }
    : { kind: 'unnameable', folder: nameableAround(path.split(sep)), problem: parsed.problem };
}

function parsedFromDisk(path: string): Parsed<ScopePath> {
  return path.includes('\\') ? { ok: false, problem: backslashProblem('path', path) } : parseScopePath(path);
}

function nameableAround(parts: readonly string[]): ScopePath {
  const parsed = parsedFromDisk(parts.slice(0, -1).join('/') || '.');
  return parsed.ok ? parsed.value : nameableAround(parts.slice(0, -1));
}

/**
 * The canonical path, relative to the working tree, of a file as a person or a tool names it in a folder. What leads out of the
 * tree, or lies in a repository within it, is refused, and what lies in another working tree of the repository with its path there.
 */
export function repositoryPath(worktree: string, cwd: string, text: string): Parsed<ScopePath> {
  if (text.includes('\0')) return { ok: false, problem: `path ${quote(text)} contains a NUL character` };
  const place = placeOf(worktree, cwd, text);
  switch (place.kind) {
    case 'here':
      return { ok: true, value: place.path };
    case 'otherTree':
      return {
        ok: false,
        problem: `${quote(text)} is in another working tree of this repository, ${place.tree}. A lock is of a path in all of them: name it as ${quote(join(realPathOf(worktree), place.path), 1000)}`,
      };
    case 'otherRepository':
      return { ok: false, problem: otherRepositoryProblem(cwd, text, place) };
    case 'outside':
      return { ok: false, problem: `${quote(text)} leads out of the repository ${worktree}` };
    case 'gitFolder':
      return { ok: false, problem: `${quote(text)} is in Git's own folder: nothing there can be locked` };
    case 'unnameable':
      return { ok: false, problem: place.problem };
  }
}

function otherRepositoryProblem(
  cwd: string,
  text: string,
  { tree, isEmpty }: Extract<PathPlace, { kind: 'otherRepository' }>,
): string {
  const typed = relative(realPathOf(cwd), tree) || '.';
  return isEmpty === true
    ? `${quote(text)} is in a submodule that is not initialised, ${tree}: it is a repository that has locks of its own. Say git submodule update --init -- ${typed}, then work there`
    : `${quote(text)} is in another repository, ${tree}, which has locks of its own: work there, or say -C ${typed}`;
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
