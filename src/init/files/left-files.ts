/** What a process that was killed in the middle of writing has left beside the files that it was to write. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { textAt, type FileChange } from './file-change.ts';

/** Where a text waits until it takes its file's place. The process that wrote it can be told by it. */
export function waitingPath(location: string): string {
  return `${location}.${process.pid}.tmp`;
}

const scopeFiles: ReadonlySet<string> = new Set(['rhema.yaml', 'scope.yaml']);

/** The removal of what was left beside the scope files of some folders. */
export function leftBeside(root: string, folders: Iterable<string>): FileChange[] {
  return [...folders].flatMap((folder) =>
    leftIn(join(root, folder), (base) => scopeFiles.has(base)).flatMap((name): FileChange[] => {
      const file = folder === '.' ? name : `${folder}/${name}`;
      const before = textAt(join(root, file));
      return before === null ? [] : [{ file, before, after: null }];
    }),
  );
}

/** Whether a change is such a removal: there is nothing in it that anybody could want back. */
export function removesLeft({ file, after }: FileChange): boolean {
  return after === null && pattern.test(file);
}

/** The names of what dead processes have left in a folder, by the names of the files beside it. */
export function leftIn(folder: string, isBeside: (name: string) => boolean): string[] {
  return namesIn(folder).filter((name) => {
    const [, base = '', pid = ''] = pattern.exec(name) ?? [];
    return isBeside(base) && !isAlive(Number(pid));
  });
}

const pattern = /^(.+)\.(\d+)\.tmp$/;

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    // Not here, or not for us to see: then it is not for us to clear either.
    return [];
  }
}

/** Whoever has our own number now wrote nothing yet: in a container all may have the same. */
function isAlive(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
