import { realpath, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, sep } from 'node:path';
import { invalidInput } from '../protocol/index.ts';
import type { Files } from '../participant/index.ts';

/** The files of a working tree. What leads out of it by a link is not of it. */
export function filesOf(worktree: string): Files {
  const placeOf = async (path: string): Promise<string> => {
    const file = join(worktree, path);
    const folder = await realpath(dirname(file));
    const top = await realpath(worktree);
    if (folder !== top && !folder.startsWith(top + sep))
      throw invalidInput('path', `${path} leads out of ${worktree}: name a file in it`);
    return join(folder, basename(file));
  };
  return {
    read: async (path) => readIfThere(await placeOf(path)),
    write: async (path, text) => {
      const place = await placeOf(path);
      const mode = await stat(place).then(
        (found) => found.mode,
        () => 0o666,
      );
      const temporary = `${place}.${process.pid}.new`;
      try {
        await writeFile(temporary, text, { mode, flag: 'wx', flush: true });
        await rename(temporary, place);
      } catch (error) {
        await rm(temporary, { force: true });
        throw error;
      }
    },
  };
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
