/**
 * What is noted beside the log may have come with an archive of a repository, and says which files of the user change or
 * go. Only what this program could have noted itself is followed: files of scopes and of clients, by their plain paths,
 * and folders above them.
 */
import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { isDefinitionName } from '../../repository/index.ts';
import { baseName, folderOf, top } from '../paths.ts';
import { digestOf, type Written } from './written.ts';

const unlike =
  'was not noted by this program, so nothing is done to it: if something of ours is in it, take it out by hand';

/** Null: it can be followed. */
export function whyUntrusted(
  { file, folders, ...noted }: Written,
  clientFiles: readonly string[],
): string | null {
  const isKnown = isPlain(file) && (isDefinitionName(baseName(file)) || clientFiles.includes(file));
  const above = new Set<string>(foldersAbove(file));
  return isKnown && folders.every((folder) => above.has(folder)) && isSound(noted) ? null : unlike;
}

/** Whether a link stands in the place of a file or of a folder above it; null: none does. */
export function whyBehindLink(root: string, file: string): string | null {
  const link = [...foldersAbove(file).reverse(), file].find((path) => isLink(join(root, path)));
  if (link === undefined) return null;
  const what = link === file ? 'is a symlink' : `lies behind the symlink ${link}`;
  return `${what}, and links are not followed: take what is ours out by hand`;
}

/** From the top of the tree, and never into a folder of Git's. */
function isPlain(file: string): boolean {
  const isName = (name: string): boolean =>
    name !== '' && name !== '.' && name !== '..' && !/^\.git$/i.test(name);
  return !file.includes('\0') && file.split('/').every(isName);
}

/** Innermost first. */
function foldersAbove(file: string): string[] {
  const folder = folderOf(file);
  return folder === top ? [] : [folder, ...foldersAbove(folder)];
}

/** What would be put back is what was there. */
function isSound({ before, after, span }: Pick<Written, 'before' | 'after' | 'span'>): boolean {
  return before === null || after !== null || span === null || digestOf(span.removed) === before;
}

function isLink(path: string): boolean {
  try {
    return lstatSync(path).isSymbolicLink();
  } catch {
    // Not there, or below a file.
    return false;
  }
}
