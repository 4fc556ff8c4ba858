import {
  chmodSync,
  closeSync,
  constants,
  fsyncSync,
  lchownSync,
  mkdirSync,
  openSync,
  statSync,
  type Stats,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { lookAt, newOwnerOf, PathRefused, refuseUnlessOwn } from './own.ts';

/** Makes a folder that only its user may enter, or checks that it is one. The folder around it has to be there. */
export function makeOwnFolder(path: string): void {
  if (isOwnFolder(path)) return;
  try {
    mkdirSync(path, { mode: 0o700 });
    // The umask may have taken away what its user needs.
    if (((lookAt(path)?.mode ?? 0) & 0o700) !== 0o700) chmodSync(path, 0o700);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  give(path);
  checkFolder(path, lookAt(path));
  // Or what is made in it, and told, is gone with its name when the power fails.
  syncFolder(dirname(path));
}

/** Whether there is such a folder; throws {@link PathRefused} when it is another's, or open to others, or a link. */
export function isOwnFolder(path: string): boolean {
  const found = lookAt(path);
  if (found === null) return false;
  checkFolder(path, found);
  return true;
}

function checkFolder(path: string, found: Stats | null): void {
  if (found === null) throw new PathRefused(path, 'was removed meanwhile', 'do the same again');
  refuseUnlessOwn(path, found, 'folder');
  if ((found.mode & 0o022) !== 0) throw new PathRefused(path, 'can be written by others', `chmod 700 it`);
}

/** The same by whichever mount it is reached, and another one for a copy beside it. */
export function identityOfFolder(path: string): string {
  return String(statSync(path, { bigint: true }).ino);
}

/** What root has made is its owner's where it acts for one. */
export function give(path: string): void {
  const owner = newOwnerOf(path);
  if (owner !== null) lchownSync(path, owner.uid, owner.gid);
}

export function syncFolder(path: string): void {
  const folder = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

/** Bits of a folder's mode: others may write to it; each may remove his own things only. */
const [writableByOthers, sticky] = [0o022, 0o1000];

/**
 * The folder of this user in one that several share, such as `/tmp/rhema-1000`; made when it is not there. Null when it cannot
 * be used: the shared one is missing, or lets others move away what is the user's, or somebody else has taken the name.
 */
export function ownFolderIn(shared: string, name: string): string | null {
  const path = join(shared, name);
  try {
    if (!isSafeToShare(statSync(shared))) return null;
    makeOwnFolder(path);
    return isStrictlyOwn(path) ? path : null;
  } catch (error) {
    if (error instanceof PathRefused || isRefusal(error)) return null;
    throw error;
  }
}

function isSafeToShare(found: Stats): boolean {
  if (!found.isDirectory()) return false;
  const own = process.geteuid?.();
  if (own === undefined) return true;
  const isTrusted = found.uid === own || found.uid === 0;
  return isTrusted && ((found.mode & writableByOthers) === 0 || (found.mode & sticky) !== 0);
}

function isStrictlyOwn(path: string): boolean {
  const own = process.geteuid?.();
  return own === undefined || lookAt(path)?.uid === own;
}

function isRefusal(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return ['ENOENT', 'ENOTDIR', 'EACCES', 'EPERM', 'EROFS', 'ELOOP', 'ENOSPC', 'EDQUOT'].includes(
    String(code),
  );
}
