/** What stands in the places of a repository's state so that a command that needs it fails: found before anything is done. */
import { accessSync, constants, lstatSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { accessError, type StatePaths } from '../client/index.ts';
import { isOwn, isOwnFolder, refuseForeign, refuseOther } from '../files/index.ts';
import type { CoordinatorError } from '../protocol/index.ts';

/** What SQLite opens beside the lock when it is there. */
const besides = ['-journal', '-wal', '-shm'];

/** Each names the place and what to do. Empty where there is no state yet. */
export function misplaced({ directory, lock, log }: StatePaths): readonly CoordinatorError[] {
  return found(directory, () => {
    if (!isOwnFolder(directory)) return [];
    return [
      ...found(lock, () => refuseUnlessLock(lock)),
      ...besides.flatMap((suffix) => found(lock + suffix, () => refuseOther(lock + suffix))),
      ...found(log, () => void refuseForeign(log)),
    ];
  });
}

/** An empty one with a second name is told apart from others: its owner puts another in its place. */
function refuseUnlessLock(lock: string): void {
  const at = lstatSync(lock, { throwIfNoEntry: false });
  const isShared = at?.isFile() === true && at.size === 0 && isOwn(lock, at.uid);
  if (!isShared) refuseOther(lock);
}

/** What keeps the state from being removed, as far as that can be told without doing it. */
export function unremovable({ directory, witness }: StatePaths): readonly CoordinatorError[] {
  const outside = found(dirname(witness), () => refuseUnlessWritable(dirname(witness)));
  const kept = found(witness, () => refuseForeignFolder(witness));
  return [...outside, ...kept, ...foldersIn(directory)];
}

function refuseForeignFolder(path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true) refuseForeign(path);
}

function foldersIn(folder: string): readonly CoordinatorError[] {
  return found(folder, () => {
    if (lstatSync(folder, { throwIfNoEntry: false }) === undefined) return [];
    refuseUnlessWritable(folder);
    const names = readdirSync(folder, { withFileTypes: true });
    return names.flatMap((one) => (one.isDirectory() ? foldersIn(join(folder, one.name)) : []));
  });
}

const refuseUnlessWritable = (folder: string): void =>
  accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);

function found(path: string, look: () => void | readonly CoordinatorError[]): readonly CoordinatorError[] {
  try {
    return look() ?? [];
  } catch (error) {
    return [accessError(path, error)];
  }
}
