import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseScopePath, quote, type Parsed, type ScopePath } from '../../core/index.ts';
import { definitionFiles } from './candidates.ts';
import { isExplicitlyRelative, stripDefinitionFile } from '../path-text.ts';
import { repositoryPath } from '../git/repository-path.ts';

/** Where a person's word for a scope was typed. */
export interface InputFolder {
  /** Null in a bare repository: then only paths from the top make sense. */
  readonly worktree: string | null;
  readonly cwd: string;
}

/**
 * The scope that a person means by a path typed in some folder: seen from that folder, or else from the top of the
 * repository. When both are scopes and differ, the answer is a problem that names both. `./x`, `../x` and absolute paths
 * are seen from the folder only. Symlinks are followed either way. A path that is no scope on disk is passed on as seen from
 * the top (from the folder when only that makes sense): the coordinator knows more scopes than this working tree may have.
 */
export async function scopeFromInput(typedIn: InputFolder, text: string): Promise<Parsed<ScopePath>> {
  if (text === '') return parseScopePath(text);
  const stripped = stripDefinitionFile(text);
  const written = parseScopePath(stripped);
  const { worktree } = typedIn;
  if (worktree === null) return written;
  const fromTop = seenFromTop(worktree, written);
  if (fromTop.ok && typedIn.cwd === worktree && !isExplicitlyRelative(text)) return fromTop;
  const fromFolder = repositoryPath(worktree, typedIn.cwd, stripped);
  if (!fromTop.ok || isExplicitlyRelative(text)) return fromFolder;
  if (!fromFolder.ok || fromFolder.value === fromTop.value) return fromTop;
  const [isTop, isFolder] = await areScopes(worktree, [fromTop.value, fromFolder.value]);
  if (!isFolder) return whereItLies(worktree, fromTop, fromFolder);
  if (!isTop) return fromFolder;
  return { ok: false, problem: twoMeanings(text, fromFolder.value, fromTop.value) };
}

/** A scope whose folder a symlink out of the repository has replaced is still a scope while it is held. */
function seenFromTop(worktree: string, written: Parsed<ScopePath>): Parsed<ScopePath> {
  if (!written.ok) return written;
  const followed = repositoryPath(worktree, worktree, written.value);
  return followed.ok ? followed : written;
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

/** By a file of its own, or since the root scope's file lists it. */
async function areScopes(worktree: string, paths: readonly [ScopePath, ScopePath]): Promise<boolean[]> {
  const own = paths.map((path) => definitionFiles.some((file) => existsSync(join(worktree, path, file))));
  if (!own.includes(false) || !paths.every((path) => existsSync(join(worktree, path)))) return own;
  const { listedOnDisk } = await import('./listed-on-disk.ts');
  const listed = await listedOnDisk(worktree);
  return paths.map((path, index) => own[index] === true || listed.has(path));
}
