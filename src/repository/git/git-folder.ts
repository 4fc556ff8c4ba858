import { lstatSync, readFileSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Git's own test: a HEAD that names a branch or a commit, and objects and refs either here or in the shared folder. */
export function isGitDirectory(folder: string): boolean {
  return isHead(join(folder, 'HEAD')) && hasStore(realDirectory(commonPointer(folder)));
}

/** The shared folder that a Git folder belongs to, as it is written there; itself where it stands alone. */
export function commonPointer(gitDir: string): string {
  const target = readText(join(gitDir, 'commondir'));
  return target === null ? gitDir : resolve(gitDir, target.replace(/[\r\n]+$/, ''));
}

function hasStore(folder: string | null): boolean {
  return folder !== null && isDirectory(join(folder, 'objects')) && isDirectory(join(folder, 'refs'));
}

function isHead(path: string): boolean {
  if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true)
    return readlinkSync(path).startsWith('refs/');
  return /^(ref:\s*refs\/|[0-9a-f]{40}|[0-9a-f]{64})/.test(readText(path) ?? '');
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** Free of symlinks; null when there is no such folder. */
export function realDirectory(path: string): string | null {
  try {
    const real = realpathSync.native(path);
    return isDirectory(real) ? real : null;
  } catch {
    return null;
  }
}

/** Larger ones are none of Git's: a branch, a path, a configuration. */
const textBytesMax = 16 * 1024 * 1024;

/** Null when there is no such file, or it may not be read; a pipe in its place is not waited for, and gigabytes are not read. */
export function readText(file: string): string | null {
  try {
    const found = statSync(file);
    return found.isFile() && found.size <= textBytesMax ? readFileSync(file, 'utf8') : null;
  } catch {
    return null;
  }
}
