import { lstatSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { ScopePath } from '../../core/index.ts';
import { isInside } from '../git/inside.ts';
import type { FolderLook } from './tree.ts';

/** What is on disk under the path of a folder. Whether Git has it nevertheless is not looked at. */
export function lookAtFolder(root: string, path: ScopePath): FolderLook {
  const location = join(root, path);
  const real = orNull(() => realpathSync.native(location));
  if (real === null) return isLink(location) ? { kind: 'outside' } : missing(root, path);
  if (!isInside(root, real)) return { kind: 'outside' };
  if (orNull(() => statSync(location).isDirectory()) !== true) return { kind: 'file' };
  const at = relative(root, real).split(sep).join('/').normalize('NFC') || '.';
  if (at === path) return { kind: 'folder' };
  return { kind: fold(at) === fold(path) ? 'spelled' : 'linked', at };
}

function isLink(location: string): boolean {
  return orNull(() => lstatSync(location).isSymbolicLink()) ?? false;
}

/** Where upper and lower case make two names, the folder may be there under the other one. Symlinks are not followed. */
function missing(root: string, path: ScopePath): FolderLook {
  const found: string[] = [];
  for (const name of path.split('/')) {
    const names = foldersIn(join(root, ...found));
    const same = names.find((one) => one === name) ?? names.find((one) => fold(one) === fold(name));
    if (same === undefined) return { kind: 'missing' };
    found.push(same);
  }
  const at = found.join('/').normalize('NFC');
  return at === path ? { kind: 'folder' } : { kind: 'spelled', at };
}

function fold(name: string): string {
  return name.normalize('NFC').toLowerCase();
}

function foldersIn(folder: string): string[] {
  const entries = orNull(() => readdirSync(folder, { withFileTypes: true })) ?? [];
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

/** What cannot be looked at is not known to be there. */
function orNull<T>(look: () => T): T | null {
  try {
    return look();
  } catch {
    return null;
  }
}
