/**
 * Folders as they are known without a disk: relative to where the command line is run (`.`), absolute, from the home folder (`~`) or
 * from the top of the working tree (`:/`).
 *
 * Within a word such a beginning is told from a name of the same letters by a mark that no word can have.
 */
import { posix } from 'node:path';
import type { NamedPath } from './reading.ts';

const mark = '\0';
export const startMark = `${mark}S`;
export const homeMark = `${mark}H`;
export const topMark = `${mark}T`;

/** Bash drops them, so a text has none. */
export const withoutMarks = (text: string): string => text.replaceAll(mark, '');

const roots: Readonly<Record<string, string>> = { [startMark]: '.', [homeMark]: '~', [topMark]: ':/' };

/** How a known folder is written in a word: the value of `$PWD`. */
export function wordOfFolder(folder: string): string {
  if (folder.startsWith('/')) return folder;
  if (folder === '~' || folder.startsWith('~/')) return homeMark + folder.slice(1);
  if (folder === ':/' || folder.startsWith(':/'))
    return `${topMark}${folder.length > 2 ? '/' : ''}${folder.slice(2)}`;
  return folder === '.' ? startMark : `${startMark}/${folder}`;
}

/** The path that a word names from a folder; null: it is none, or its folder is not known. */
export function namedPath(word: string, folder: string | null): NamedPath | null {
  const root = roots[word.slice(0, 2)];
  const rest = root === undefined ? word : word.slice(2);
  if (rest.includes(mark) || word === '') return null;
  if (root !== undefined) return rest !== '' && !rest.startsWith('/') ? null : fromRoot(root, rest);
  if (word.startsWith('/')) return { folder: folder ?? '.', path: word };
  if (folder === null) return null;
  return { folder, path: isRooted(word) ? `./${word}` : word };
}

function fromRoot(root: string, rest: string): NamedPath {
  const below = rest.replace(/^\/+/, '');
  if (root === '.') return { folder: '.', path: below === '' ? '.' : below };
  if (root === ':/') return { folder: '.', path: `:/${below}` };
  return { folder: '.', path: `~${rest}` };
}

/** The folder that a word names; null: not known. */
export function folderAt(word: string, folder: string | null): string | null {
  const named = namedPath(word, folder);
  return named === null ? null : joined(named.folder, named.path);
}

/** `path` from `folder`, without `.` and `..` as far as they lead nowhere else. */
export function joined(folder: string, path: string): string {
  for (const [place, text] of [path, folder].entries()) {
    const root = /^(~|:\/)/.exec(text)?.[0];
    if (text.startsWith('/')) return trimmed(place === 0 ? path : `${folder}/${path}`);
    if (root !== undefined) {
      const rest = text.slice(root.length);
      return below(root, place === 0 ? rest : `${rest}/${path}`);
    }
  }
  const relative = trimmed(posix.join(folder, path));
  return isRooted(relative) ? `./${relative}` : relative;
}

const isRooted = (path: string): boolean => /^(~|:\/)/.test(path);

/** Where a named path is on disk, by where the command line is run, the home folder and the top of the working tree. */
export function pathOnDisk(
  { folder, path }: NamedPath,
  { start, home, top }: { readonly start: string; readonly home: string; readonly top: string },
): string {
  const rooted = (text: string): string => {
    if (text.startsWith('~')) return home + text.slice(1);
    return text.startsWith(':/') ? posix.join(top, text.slice(2)) : text;
  };
  return posix.resolve(start, rooted(folder), rooted(path));
}

function below(root: string, rest: string): string {
  const inner = trimmed(posix.join('.', rest));
  if (inner === '.') return root;
  return root === ':/' ? `:/${inner}` : `${root}/${inner}`;
}

/** A slash at the end says nothing more. */
function trimmed(path: string): string {
  const normal = posix.normalize(path);
  return normal.length > 1 ? normal.replace(/\/$/, '') : normal;
}
