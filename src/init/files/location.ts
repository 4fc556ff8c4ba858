import { lstatSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { isInside } from '../../repository/index.ts';
import { InitError } from '../errors.ts';

/**
 * Where a change to a file of the working tree lands: at its own place, or where a link in that place leads. Nothing needs
 * to be there yet, nor the folders above.
 *
 * @throws InitError OUTSIDE_REPOSITORY when a link leads out of the working tree, PLACE_TAKEN when one leads nowhere or a
 * file lies where a folder has to be.
 */
export function locationOf(root: string, file: string): string {
  const path = join(root, file);
  const real = realPath(path);
  if (real === null)
    return isLink(path) ? taken(file, 'a symlink that leads nowhere') : newLocation(root, file);
  if (isInside(realpathSync(root), real)) return real;
  throw new InitError(
    'OUTSIDE_REPOSITORY',
    `${file} leads out of the working tree: nothing was written, replace the symlink by a file or folder`,
  );
}

function newLocation(root: string, file: string): string {
  const folder = dirname(file);
  const location = locationOf(root, folder);
  const isTaken = statSync(location, { throwIfNoEntry: false })?.isDirectory() === false;
  return isTaken ? taken(folder, 'no folder') : join(location, basename(file));
}

/** Something else lies where a file or folder has to be. */
export function taken(file: string, what: string): never {
  throw new InitError('PLACE_TAKEN', `${file} is ${what}: nothing was written, remove it first`);
}

/** Null: nothing is there, or what is there leads nowhere. */
function realPath(path: string): string | null {
  return unless(['ENOENT', 'ENOTDIR', 'ELOOP'], () => realpathSync(path)) ?? null;
}

function isLink(path: string): boolean {
  return unless(['ENOENT', 'ENOTDIR'], () => lstatSync(path).isSymbolicLink()) ?? false;
}

function unless<T>(codes: readonly string[], look: () => T): T | undefined {
  try {
    return look();
  } catch (error) {
    if (codes.includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}
