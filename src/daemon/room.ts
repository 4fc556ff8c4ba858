import { lstatSync, readFileSync, statfsSync } from 'node:fs';
import { statePaths } from '../client/index.ts';
import { whyNoFile } from '../store/sqlite/index.ts';

/** Whether the log can grow where it is. */
export interface Room {
  readonly folder: string;
  /** Why no file can be written there, as the system's own code; null when one can. */
  readonly trouble: string | null;
  readonly freeBytes: number;
  /** How many files there may be more; null where that has no bound of its own. */
  readonly freeFiles: number | null;
}

/** Found out by writing a file and removing it again: in the folder of the log, before there is one where it would be made. */
export function roomFor(commonDir: string): Room {
  const { directory } = statePaths(commonDir);
  const found = lstatSync(directory, { throwIfNoEntry: false });
  const folder = found === undefined ? commonDir : directory;
  const { bavail, bsize, files, ffree } = statfsSync(folder);
  return {
    folder,
    trouble: found === undefined || found.isDirectory() ? whyNoFile(folder) : 'ENOTDIR',
    freeBytes: bavail * bsize,
    freeFiles: files === 0 ? null : ffree,
  };
}

/** How many files this process may have open; null where the system does not tell. */
export function openFilesMax(): number | null {
  try {
    const found = /^Max open files +(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
    return found === undefined ? null : Number(found);
  } catch {
    return null;
  }
}
