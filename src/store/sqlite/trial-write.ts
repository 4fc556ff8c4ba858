import { closeSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';

/** More than SQLite's shared memory needs, in bytes: where that much cannot be written, no log can be kept. */
const trialBytes = 65_536;

/**
 * Why no file can be written in a folder, as the system's own code (`ENOSPC`, `EMFILE`, `EACCES` ...), or null when one
 * can; asked by doing. SQLite tells of most troubles only that it could not open, read or write. One of `bytes` is
 * tried without taking that much of the disk.
 */
export function whyNoFile(folder: string, bytes = trialBytes): string | null {
  const path = join(folder, `.rhema-${randomBytes(6).toString('hex')}`);
  let file: number | null = null;
  try {
    file = openSync(path, 'wx', 0o600);
    writeFileSync(file, Buffer.alloc(trialBytes));
    if (bytes > trialBytes) writeSync(file, Buffer.alloc(1), 0, 1, bytes - 1);
    return null;
  } catch (error) {
    return systemCodeOf(error) ?? 'EIO';
  } finally {
    if (file !== null) closeSync(file);
    rmSync(path, { force: true });
  }
}

/** Null when the error is not one of the operating system's. */
export function systemCodeOf(error: unknown): string | null {
  if (!(error instanceof Error) || !('syscall' in error)) return null;
  return (error as NodeJS.ErrnoException).code ?? null;
}
