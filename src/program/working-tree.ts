import { constants } from 'node:fs';
import { open, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, sep } from 'node:path';
import type { Files } from '../participant/index.ts';
import { invalidInput } from '../protocol/index.ts';

/** The files of a working tree. What leads out of it by a link is not of it. */
export function filesOf(worktree: string): Files {
  const placeOf = async (path: string): Promise<string> => {
    const file = join(worktree, path);
    const place = await whereItLeads(file);
    const top = await realpath(worktree);
    if (!place.startsWith(top + sep))
      throw invalidInput('path', `${path} leads out of ${worktree}: name a file in it`);
    return place;
  };
  return {
    read: async (path) => readIfThere(await placeOf(path)),
    stage: async (path, mark, text) => {
      const place = await placeOf(path);
      await writeAnew(besides(place, mark), text, await modeOf(place));
    },
    staged: async (path, mark) => readIfThere(besides(await placeOf(path), mark)),
    finish: async (path, mark) => {
      const place = await placeOf(path);
      await rename(besides(place, mark), place);
    },
    discard: async (path, mark) => rm(besides(await placeOf(path), mark), { force: true }),
  };
}

/** The file itself, where a link leads to it; one that is not there yet comes into its folder. */
async function whereItLeads(file: string): Promise<string> {
  return realpath(file).catch(async (error: unknown) => {
    if (!isAbsent(error)) throw error;
    return join(await realpath(dirname(file)), basename(file));
  });
}

const besides = (place: string, mark: string): string => join(dirname(place), `.${basename(place)}.${mark}`);

async function modeOf(place: string): Promise<number> {
  return stat(place).then(
    ({ mode }) => mode,
    () => 0o666,
  );
}

/** In the place of one that an earlier try has left. No link is followed. */
async function writeAnew(path: string, text: string, mode: number): Promise<void> {
  await rm(path, { force: true });
  const file = await open(path, 'wx', mode);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Of a pipe nobody waits for a writer. */
async function readIfThere(path: string): Promise<string | null> {
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW).catch(
    (error: unknown) => {
      if (isAbsent(error)) return null;
      throw error;
    },
  );
  if (file === null) return null;
  try {
    if (!(await file.stat()).isFile()) throw invalidInput('path', `${path} is no file: name one`);
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}

function isAbsent(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}
