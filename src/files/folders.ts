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
  if ((found.mode & 0o022) !== 0)
    throw new PathRefused(path, 'can be written by others', `chmod 700 ${path}`);
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

/** The same with the reason where it cannot be used. */
export type OwnFolder =
  | { readonly ok: true; readonly path: string }
  | { readonly ok: false; readonly problem: string };

/**
 * The folder of this user in one that several share, such as `/tmp/rhema-1000`; made when it is not there. Null when it cannot
 * be used: the shared one is missing, or lets others move away what is the user's, or somebody else has taken the name.
 */
export function ownFolderIn(shared: string, name: string): string | null {
  const folder = tryOwnFolderIn(shared, name);
  return folder.ok ? folder.path : null;
}

/** As {@link ownFolderIn}; the problem names the folder, and what to do. */
export function tryOwnFolderIn(shared: string, name: string): OwnFolder {
  const path = join(shared, name);
  try {
    const problem = problemOfShared(shared, statSync(shared));
    if (problem !== null) return { ok: false, problem };
    makeOwnFolder(path);
    refuseUnlessStrictlyOwn(path);
    return { ok: true, path };
  } catch (error) {
    if (error instanceof PathRefused || isRefusal(error)) return { ok: false, problem: error.message };
    throw error;
  }
}

function problemOfShared(path: string, found: Stats): string | null {
  if (!found.isDirectory()) return `${path} is not a folder`;
  const { mode, uid } = found;
  const own = process.geteuid?.();
  if (own === undefined) return null;
  if (uid !== own && uid !== 0)
    return `${path} belongs to user ${uid}, who could move away what is put there`;
  const isOpen = (mode & writableByOthers) !== 0 && (mode & sticky) === 0;
  return isOpen ? `${path} lets others move away what is put there: chmod +t ${path}` : null;
}

function refuseUnlessStrictlyOwn(path: string): void {
  const own = process.geteuid?.();
  const uid = lookAt(path)?.uid;
  if (own !== undefined && uid !== own)
    throw new PathRefused(path, `belongs to user ${uid}`, 'have that user or root remove it');
}

function isRefusal(error: unknown): error is Error {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return ['ENOENT', 'ENOTDIR', 'EACCES', 'EPERM', 'EROFS', 'ELOOP', 'ENOSPC', 'EDQUOT'].includes(
    String(code),
  );
}
