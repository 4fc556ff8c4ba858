import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ensurePrivateDirectory, statePaths, withAccess } from '../../client/index.ts';
import { isOwnFolder, readOwnText, replaceFile } from '../../files/index.ts';
import { lastFrom, lastText, memoryFrom, type LastLook } from '../../radar/index.ts';
import { openTrialMerges } from '../../repository/index.ts';
import type { Radar, Repository } from './world.ts';

const pairsFile = 'pairs.json';
const lastFile = 'last.json';

export const realRadar: Radar = {
  open: async (repository, wish) => {
    const { directory } = statePaths(repository.commonDir);
    const folder = folderOf(repository);
    for (const one of [directory, folder]) ensurePrivateDirectory(one);
    return openTrialMerges(repository, { ...wish, parent: folder });
  },
  memory: (repository) => memoryFrom(read(repository, pairsFile)),
  last: (repository) => stillThere(lastFrom(read(repository, lastFile))),
  keep: (repository, { memory, look, atMs }) => {
    write(repository, pairsFile, memory.text());
    write(repository, lastFile, lastText(look, atMs));
  },
};

/** What lay in a working tree that was removed since will not clash any more. */
function stillThere(last: LastLook | null): LastLook | null {
  if (last === null) return null;
  const clashes = last.clashes.filter(({ between }) =>
    between.every(({ tree }) => tree === null || existsSync(tree)),
  );
  return { ...last, clashes };
}

const folderOf = ({ commonDir }: Repository): string => join(statePaths(commonDir).directory, 'radar');

function read(repository: Repository, name: string): string | null {
  const { directory } = statePaths(repository.commonDir);
  const folder = folderOf(repository);
  return withAccess(join(folder, name), () =>
    isOwnFolder(directory) && isOwnFolder(folder) ? readOwnText(join(folder, name)) : null,
  );
}

function write(repository: Repository, name: string, text: string): void {
  const path = join(folderOf(repository), name);
  withAccess(path, () => replaceFile(path, text));
}
