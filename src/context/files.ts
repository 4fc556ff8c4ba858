import { existsSync, realpathSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { parseScopePath, quote, type Parsed, type ScopePath } from '../core/index.ts';
import { definitionFiles } from './candidates.ts';
import { leadsOut } from './inside.ts';
import { isExplicitlyRelative, stripDefinitionFile } from './path-text.ts';

/**
 * The canonical path, relative to the working tree, of a file as a person or a tool names it in a folder. Symlinks are
 * followed as far as the path exists, so every spelling of one file gives one path; what leads out of the tree is refused.
 */
export function repositoryPath(worktree: string, cwd: string, text: string): Parsed<ScopePath> {
  if (text.includes('\0')) return { ok: false, problem: `path ${quote(text)} contains a NUL character` };
  const target = realPathOf(resolve(cwd, text));
  const path = relative(realPathOf(worktree), target);
  if (leadsOut(path)) return { ok: false, problem: `${quote(text)} leads out of the repository ${worktree}` };
  return parseScopePath(path === '' ? '.' : path.split(sep).join('/'));
}

/** Follows symlinks in the part of the path that exists. */
function realPathOf(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(realPathOf(parent), basename(path));
  }
}

/** Where a person's word for a scope was typed. */
export interface InputPlace {
  /** Null in a bare repository: then only paths from the top make sense. */
  readonly worktree: string | null;
  readonly cwd: string;
}

/**
 * The scope that a person means by a path typed in some folder: seen from that folder, or else from the top of the
 * repository. When both are scopes and differ, the answer is a problem that names both. `./x`, `../x` and absolute paths
 * are seen from the folder only. A path that is no scope on disk is passed on as seen from the top (from the folder
 * when only that makes sense): the coordinator knows more scopes than this working tree may have.
 */
export function scopeFromInput(place: InputPlace, text: string): Parsed<ScopePath> {
  if (text === '') return parseScopePath(text);
  const stripped = stripDefinitionFile(text);
  const fromTop = parseScopePath(stripped);
  if (place.worktree === null) return fromTop;
  const fromFolder = repositoryPath(place.worktree, place.cwd, stripped);
  if (!fromTop.ok || isExplicitlyRelative(text)) return fromFolder;
  if (!fromFolder.ok || fromFolder.value === fromTop.value) return fromTop;
  if (!isScopeFolder(place.worktree, fromFolder.value))
    return whereItLies(place.worktree, fromTop, fromFolder);
  if (!isScopeFolder(place.worktree, fromTop.value)) return fromFolder;
  return { ok: false, problem: twoMeanings(text, fromFolder.value, fromTop.value) };
}

/** For what is no scope, so that whoever names a file beside him is told of the scope that it is in. */
function whereItLies(
  worktree: string,
  fromTop: Parsed<ScopePath> & { readonly ok: true },
  fromFolder: Parsed<ScopePath> & { readonly ok: true },
): Parsed<ScopePath> {
  const isThere = ({ value }: { readonly value: ScopePath }): boolean => existsSync(join(worktree, value));
  return isThere(fromFolder) && !isThere(fromTop) ? fromFolder : fromTop;
}

function twoMeanings(text: string, fromFolder: ScopePath, fromTop: ScopePath): string {
  return `${quote(text)} may mean scope ${quote(fromFolder)} or ${quote(fromTop)}: write ${quote(`./${text}`)} for the former, or go to the top folder for the latter`;
}

function isScopeFolder(worktree: string, path: ScopePath): boolean {
  return definitionFiles.some((file) => existsSync(join(worktree, path, file)));
}
