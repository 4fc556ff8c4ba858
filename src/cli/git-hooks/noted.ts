/** A note beside the log that Git was told to ask: where all of that was deleted by hand, nothing else would tell of it. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { statePaths, withAccess } from '../../client/index.ts';
import { isOwnFolder, replaceNote } from '../../files/index.ts';

const noteIn = (directory: string): string => join(directory, 'git-hooks');

/** Only where something is kept already: a folder of it says that agents are coordinated here. */
export function noteInstalled(commonDir: string): void {
  const { directory } = statePaths(commonDir);
  const note = noteIn(directory);
  withAccess(note, () => {
    if (isOwnFolder(directory) && !existsSync(note)) replaceNote(note, 'rhema hooks install git\n');
  });
}

/** The note; null: there is none. */
export function installedNote(commonDir: string): string | null {
  const { directory } = statePaths(commonDir);
  return withAccess(directory, () => isOwnFolder(directory) && existsSync(noteIn(directory)))
    ? noteIn(directory)
    : null;
}
