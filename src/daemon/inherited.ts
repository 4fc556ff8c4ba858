import { closeSync, readdirSync, readFileSync } from 'node:fs';

/** `O_CLOEXEC`, as `/proc` shows it. Node and SQLite open all of theirs with it. */
const closedOnExec = 0o2000000;
/** Standard input, output and error: set up by whoever started this process. */
const lastStandardFd = 2;

/**
 * Closes what this process got from whoever started it beyond what it was given on purpose: a shell's `flock 200` would
 * otherwise stay held, and a pipe open, for as long as this process lives. Node hides only the lowest numbers from its
 * children, and everything only where the system can do so, as macOS does; so this is for Linux.
 */
export function closeInherited(keptFd: number | null): void {
  for (const fd of openDescriptors()) if (fd > lastStandardFd && fd !== keptFd && isInherited(fd)) close(fd);
}

function openDescriptors(): number[] {
  try {
    return readdirSync('/proc/self/fd').map(Number);
  } catch {
    return [];
  }
}

/** What survived the start of this program is marked so. One that is gone already was only opened to list them. */
function isInherited(fd: number): boolean {
  try {
    const flags = /^flags:\s*([0-7]+)$/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))?.[1];
    return flags !== undefined && (Number.parseInt(flags, 8) & closedOnExec) === 0;
  } catch {
    return false;
  }
}

function close(fd: number): void {
  try {
    closeSync(fd);
  } catch {
    // Gone meanwhile.
  }
}
