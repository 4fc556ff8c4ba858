import { lstatSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isInside } from '../../repository/index.ts';
import { warning, type Notices } from '../notices.ts';

/** What a symlink leads to is no part of this repository when it lies outside: a package there makes no scope. */
export function noteLinksOut(root: string, paths: readonly string[], notices: Notices): void {
  const inside = realpathSync(root);
  for (const file of paths) {
    const message = troubleOf(inside, join(root, file));
    if (message !== null) notices.add(warning('SYMLINK_SKIPPED', { file }, message));
  }
}

/** Null for what is no symlink to a folder, or leads to one inside. */
function troubleOf(inside: string, location: string): string | null {
  try {
    if (!lstatSync(location, { throwIfNoEntry: false })?.isSymbolicLink()) return null;
    if (!statSync(location, { throwIfNoEntry: false })?.isDirectory()) return null;
    return isInside(inside, realpathSync(location))
      ? null
      : 'is a symlink to a folder outside of the repository: not followed';
  } catch (error) {
    return unresolved(error as NodeJS.ErrnoException);
  }
}

/** One that leads in a circle, or through a folder that may not be entered: nobody can tell where it ends. */
function unresolved({ code, message }: NodeJS.ErrnoException): string | null {
  if (code === 'ENOTDIR') return null;
  if (code === 'ELOOP') return 'is a symlink that leads in a circle: not followed, remove it';
  return `is a symlink that cannot be followed: ${message}`;
}
