import { readdirSync, statSync } from 'node:fs';
import type { StatePaths } from './paths.ts';
import { identityOf, type ProcessIdentity } from './process-identity.ts';

/**
 * The process that has a log open, by the number that it gives itself. Null when it cannot be told to be the one that is
 * seen here: in another container that number is another process, or none. This process is never meant.
 */
export function visibleOwner(pid: number, database: string): ProcessIdentity | null {
  if (pid === process.pid) return null;
  // Elsewhere there are no containers that share a socket with their host.
  if (process.platform === 'linux' && !hasOpen(pid, database)) return null;
  return identityOf(pid);
}

/**
 * The owner of a log by what the system shows: the process that has the owner's lock open. Null when there is none, or none
 * that can be seen from here: of another user, in another container, on a system that does not tell.
 */
export function findOwner({ lock }: StatePaths): ProcessIdentity | null {
  const file = fileAt(lock);
  if (file === null) return null;
  const pid = processes().find((found) => found !== process.pid && hasOpen(found, lock));
  return pid === undefined ? null : identityOf(pid);
}

function processes(): number[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
}

/** By the file itself: the other process may see it under another path. */
function hasOpen(pid: number, path: string): boolean {
  const file = fileAt(path);
  return file !== null && openFiles(pid).some((open) => fileAt(open) === file);
}

function openFiles(pid: number): string[] {
  const folder = `/proc/${pid}/fd`;
  try {
    return readdirSync(folder).map((handle) => `${folder}/${handle}`);
  } catch {
    // Gone, or of another user.
    return [];
  }
}

function fileAt(path: string): string | null {
  try {
    const { dev, ino } = statSync(path, { bigint: true });
    return `${dev} ${ino}`;
  } catch {
    return null;
  }
}
