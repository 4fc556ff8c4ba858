import { readlinkSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { dirname } from 'node:path';
import { randomBytes } from 'node:crypto';
import { isOwnFolder } from './folders.ts';
import { lookAt, refuseUnlessOwn } from './own.ts';

/**
 * Whether there is a socket of this user's in a folder of this user's. Throws {@link PathRefused} when it is another's: it
 * must not be dialled, for what is sent there would be told to whoever listens.
 */
export function isOwnSocket(path: string): boolean {
  if (!isOwnFolder(dirname(path))) return false;
  const found = lookAt(path);
  if (found === null) return false;
  refuseUnlessOwn(path, found, 'socket');
  return true;
}

/** Removes a socket of this user's that is left; throws {@link PathRefused} when something else is there. */
export function removeOwnSocket(path: string): void {
  if (isOwnSocket(path)) rmSync(path);
}

/** Lets a symbolic link of our own lead to a target. Renamed into place: a process that starts meanwhile finds it, too. */
export function pointLink(link: string, target: string): void {
  if (linkTarget(link) === target) return;
  const fresh = `${link}.${randomBytes(6).toString('hex')}.tmp`;
  symlinkSync(target, fresh);
  try {
    renameSync(fresh, link);
  } finally {
    rmSync(fresh, { force: true });
  }
}

function linkTarget(link: string): string | null {
  try {
    return readlinkSync(link);
  } catch {
    return null;
  }
}
