import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { until } from './until.ts';

/** A process that has to do with a folder. */
export interface FoundProcess {
  readonly pid: number;
  readonly command: readonly string[];
}

/** Processes that were started with a folder in their command line, or work in it. Linux only; elsewhere none is found. */
export function processesOf(folder: string): FoundProcess[] {
  return pids()
    .filter((pid) => pid !== process.pid)
    .map((pid) => ({ pid, command: commandOf(pid), folder: folderOf(pid) }))
    .filter((found) => isInside(found.folder, folder) || found.command.some((word) => isInside(word, folder)))
    .filter(({ pid }) => !isZombie(pid))
    .map(({ pid, command }) => ({ pid, command }));
}

/**
 * Owner processes of the repository in a folder, also those that have only just been started. A child that an owner has
 * forked to run Git carries the owner's own command line for a moment: that is no second owner.
 */
export function ownersOf(folder: string): FoundProcess[] {
  const found = processesOf(folder).filter(({ command }) => command.slice(-2).join(' ') === 'daemon run');
  const owners = new Set(found.map(({ pid }) => pid));
  return found.filter(({ pid }) => !owners.has(parentOf(pid)));
}

/** Processes that one has started itself and that live. Linux only. */
export function childrenOf(pid: number): FoundProcess[] {
  return pids()
    .filter((child) => parentOf(child) === pid && !isZombie(child))
    .map((child) => ({ pid: child, command: commandOf(child) }));
}

/** Ends processes at once. That one has ended meanwhile is no trouble. */
export function kill(pids: readonly number[]): void {
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
    }
  }
}

/** Ends every process that has to do with a folder, and returns only when there is none left. */
export async function killAllOf(folder: string): Promise<void> {
  await until(`no process is left in ${folder}`, () => {
    const left = processesOf(folder);
    kill(left.map(({ pid }) => pid));
    return left.length === 0;
  });
}

function pids(): number[] {
  try {
    return readdirSync('/proc').map(Number).filter(Number.isInteger);
  } catch {
    return [];
  }
}

function isInside(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

function commandOf(pid: number): string[] {
  return readOrEmpty(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8'))
    .split('\0')
    .slice(0, -1);
}

function folderOf(pid: number): string {
  return readOrEmpty(() => readlinkSync(`/proc/${pid}/cwd`));
}

function isZombie(pid: number): boolean {
  return / [ZX] /.test(statOf(pid));
}

/** 0 when the process has ended. */
function parentOf(pid: number): number {
  const [, parent] = /\) \S (\d+) /.exec(statOf(pid)) ?? [];
  return Number(parent ?? 0);
}

function statOf(pid: number): string {
  return readOrEmpty(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
}

/** A process may end while it is looked at. */
function readOrEmpty(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}
