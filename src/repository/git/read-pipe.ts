import { closeSync, constants, existsSync, openSync } from 'node:fs';
import { opendir } from 'node:fs/promises';
import { join } from 'node:path';
import { upwards } from './upwards.ts';

/** Files that Git reads in any folder of a working tree. */
const readAnywhere = new Set(['.gitignore', '.gitattributes', '.gitmodules', '.mailmap']);

/** A tree with more is not looked through to its end: then the deadline of the call ends it. */
const entriesMax = 300_000;

/**
 * The pipe in the place of such a file that somebody waits for, in the working tree around a folder; null where none is seen.
 * `isOver`: nobody asks any more.
 */
export async function pipeWaitedFor(cwd: string, isOver: () => boolean): Promise<string | null> {
  const top = [...upwards(cwd)].find((folder) => existsSync(join(folder, '.git'))) ?? cwd;
  const folders = [top];
  let left = entriesMax;
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const entry of await entriesOf(folder)) {
      if (isOver() || (left -= 1) < 0) return null;
      const path = join(folder, entry.name);
      if (entry.isFIFO() && readAnywhere.has(entry.name) && isWaitedFor(path)) return path;
      if (entry.isDirectory() && entry.name !== '.git') folders.push(path);
    }
  }
  return null;
}

async function entriesOf(folder: string): Promise<readonly Entry[]> {
  const entries: Entry[] = [];
  try {
    for await (const entry of await opendir(folder)) entries.push(entry);
  } catch {
    // It may not be looked at, or is gone by now.
  }
  return entries;
}

interface Entry {
  readonly name: string;
  isFIFO(): boolean;
  isDirectory(): boolean;
}

/** Whether somebody waits for a writer: only then can a pipe be opened as one without waiting. It is closed unwritten. */
function isWaitedFor(path: string): boolean {
  try {
    closeSync(openSync(path, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW));
    return true;
  } catch {
    return false;
  }
}
