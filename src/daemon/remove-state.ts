/** Takes away all that the coordination of a repository keeps outside its working trees. */
import { readdirSync, rmdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { logExists, shortLinks, statePaths, withAccess, type StatePaths } from '../client/index.ts';
import { isOwnFolder, readOwnText, removeFile } from '../files/index.ts';
import { CoordinatorError } from '../protocol/index.ts';
import { dropKeptRefs, keptRefs } from '../repository/index.ts';
import { toFailure } from './failures.ts';
import { misplaced, unremovable } from './misplaced.ts';
import { openExclusiveLock } from '../store/sqlite/index.ts';

export interface StateLook {
  readonly directory: string;
  /** There is a log, which says what is held. */
  readonly hasLog: boolean;
  /** What is to go: files, folders and links, absolute. */
  readonly places: readonly string[];
  /** Names of Git's refs. */
  readonly refs: readonly string[];
  /** Another one after each entry of the log. */
  readonly mark: string;
}

/** @throws CoordinatorError PERMISSION where what is there is not this user's, or could not be removed; RepositoryError when Git cannot be asked. */
export async function lookAtState(commonDir: string): Promise<StateLook> {
  const paths = statePaths(commonDir);
  const { directory, witness } = paths;
  const isThere = withAccess(directory, () => isOwnFolder(directory));
  const [trouble] = [...misplaced(paths), ...unremovable(paths)];
  if (trouble !== undefined) throw trouble;
  const places = [...(isThere ? [directory] : []), ...witnesses(paths), ...shortLinks(paths)];
  const refs = await keptRefs(commonDir);
  return { directory, hasLog: logExists(paths), places, refs, mark: markAt(witness) };
}

/** What keeps how far the log came, and what a process that was killed has left beside it. */
function witnesses({ witness }: StatePaths): string[] {
  const [folder, name] = [dirname(witness), basename(witness)];
  return readdirSync(folder)
    .filter((one) => one.startsWith(name))
    .map((one) => join(folder, one));
}

/** What stands in the place of the file and is none, or not like it, holds nothing up and says nothing. */
function markAt(path: string): string {
  try {
    return readOwnText(path) ?? '';
  } catch {
    return '';
  }
}

/** What was written into the working trees is known from this file, until all else is gone. */
const last = 'written.json';

/**
 * Removes it, and again what a run that was killed has left. The log goes first: what is left without it holds nothing.
 *
 * @throws CoordinatorError UNAVAILABLE when a coordinator runs, or has run since the look; PERMISSION where something may not be
 * removed.
 */
export async function removeState(commonDir: string, seen: StateLook): Promise<void> {
  const paths = statePaths(commonDir);
  const { directory, lock } = paths;
  if (!withAccess(directory, () => isOwnFolder(directory))) return removeRest(commonDir, paths);
  const held = await openExclusiveLock(lock).catch((error: unknown) => {
    throw toFailure(error);
  });
  if (held === null) throw inUse();
  try {
    if (seen.hasLog && markAt(paths.witness) !== seen.mark) throw inUse();
    for (const name of inOrder(readdirSync(directory), paths))
      withAccess(join(directory, name), () =>
        rmSync(join(directory, name), { recursive: true, force: true }),
      );
    await removeRest(commonDir, paths);
  } finally {
    held.release();
  }
  for (const name of [last, basename(lock), `${basename(lock)}-journal`]) removeFile(join(directory, name));
  withAccess(directory, () => rmdirSync(directory));
}

function inUse(): CoordinatorError {
  const message =
    'somebody has begun to use the coordination meanwhile: nothing of it was removed, do the same again';
  return new CoordinatorError('UNAVAILABLE', message, { retryable: true });
}

function inOrder(names: readonly string[], { database, lock }: StatePaths): string[] {
  const stays = new Set([last, basename(lock), `${basename(lock)}-journal`]);
  const [log, others] = [basename(database), names.filter((name) => !stays.has(name))];
  return [...others.filter((name) => name === log), ...others.filter((name) => name !== log)];
}

async function removeRest(commonDir: string, paths: StatePaths): Promise<void> {
  for (const link of shortLinks(paths)) {
    removeFile(link);
    removeIfEmpty(dirname(link));
  }
  await dropKeptRefs(commonDir);
  for (const path of witnesses(paths)) withAccess(path, () => removeFile(path));
}

/** The folder that all repositories of this user share. */
function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // Others are in use.
  }
}
