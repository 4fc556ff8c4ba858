import { execFileSync } from 'node:child_process';
import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { codeOf } from './files.ts';
import { give } from './folders.ts';
import { refuseUnlessOwn } from './own.ts';

/**
 * Makes a named pipe and holds it open for as long as this process lives, however it ends: so that another one, which may
 * not see our process, can see that. False where no pipe can be had.
 */
export function holdPipe(path: string): boolean {
  try {
    execFileSync('mkfifo', ['-m', '600', path], { stdio: 'ignore' });
    give(path);
    // Not awaited: nobody writes. It is closed by the system, with the process.
    openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
    return true;
  } catch {
    return false;
  }
}

/** Whether some process holds a pipe open; null when there is no such pipe of this user's. */
export function isPipeHeld(path: string): boolean | null {
  let file: number;
  try {
    file = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
  } catch (error) {
    // Nobody reads: of a pipe this is said, and of a socket.
    return codeOf(error) === 'ENXIO' ? false : null;
  }
  try {
    const found = fstatSync(file);
    refuseUnlessOwn(path, found, 'pipe');
    return true;
  } catch {
    return null;
  } finally {
    closeSync(file);
  }
}
