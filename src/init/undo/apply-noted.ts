import { rmdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Repository } from '../../repository/index.ts';
import { applyChanges, checkChanges } from '../files/apply.ts';
import type { FileChange } from '../files/file-change.ts';
import { removesLeft } from '../files/left-files.ts';
import { whyUntrusted } from './trusted.ts';
import { isBelieved, oursBy, type TakeOut } from './ours.ts';
import { noted, originOf, type Written } from './written.ts';
import { readWritten, writeWritten } from './written-file.ts';

export interface Place extends Pick<Repository, 'commonDir'> {
  /** The working tree that is written to. */
  readonly root: string;
}

/**
 * As `applyChanges`; what was there before is kept in mind first, so that it can be put back. Null, or why that could not be
 * done: the files are written in any case. With a file that goes, so do the folders that were made for it, where they are empty.
 */
export function applyNoted(place: Place, changes: readonly FileChange[], takeOut: TakeOut): string | null {
  checkChanges(place.root, changes);
  const made = changes.filter(({ after }) => after === null).flatMap(({ file }) => madeFor(place, file));
  const problem = note(place, changes, takeOut);
  applyChanges(place.root, changes);
  for (const folder of made) removeIfEmpty(join(place.root, folder));
  return problem;
}

/** What a file held before anything was written to it; null: nothing was there. */
export interface Origin {
  readonly text: string | null;
  /** Taking out what was written gives it. Otherwise somebody has changed that since. */
  readonly isCertain: boolean;
}

/**
 * Seen from what a file holds now. Null: nothing was written, or it cannot be told any more. What is noted may have come with
 * somebody's archive: what it says is no more than a guess.
 */
export function originNoted(place: Place, file: string, now: string): Origin | null {
  const known = knownOf(place, file);
  if (known === null) return null;
  const text = originOf(known, now);
  if (text !== undefined) return { text, isCertain: true };
  return known.before === null ? { text: null, isCertain: false } : null;
}

/** What was written into a file. */
export interface Words {
  readonly words: string;
  /** Whether nothing else is ever written there by us: of a file that was made whole it is not kept what was. */
  readonly isAlone: boolean;
}

/** Whether something that was written into a file, and that we have not taken out again, stands there no more. `now`: null, it is gone. */
export function isTakenOut(
  place: Place,
  file: string,
  now: string | null,
  { words, isAlone }: Words,
): boolean {
  const known = knownOf(place, file);
  if (known === null || !known.isHere || known.isEdited || known.after === null) return false;
  const isWritten = known.before === null ? isAlone : known.span?.added.includes(words) === true;
  return isWritten && now?.includes(words) !== true;
}

/** Innermost first. */
function madeFor(place: Place, file: string): readonly string[] {
  const known = knownOf(place, file);
  return known === null ? [] : [...known.folders].reverse();
}

/** Null where nothing is known that could be true. */
function knownOf({ commonDir, root }: Place, file: string): Written | null {
  try {
    const found = readWritten(commonDir).find((one) => keyOf(one) === keyOf({ root, file }));
    return found === undefined || whyUntrusted(found, [file]) !== null ? null : found;
  } catch {
    return null;
  }
}

export function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // Somebody has put something there, or it is gone.
  }
}

function note({ commonDir, root }: Place, changes: readonly FileChange[], takeOut: TakeOut): string | null {
  try {
    const known = new Map(readWritten(commonDir).map((one) => [keyOf(one), one]));
    for (const change of changes.filter((one) => !removesLeft(one))) {
      const key = keyOf({ root, file: change.file });
      const whole = { ...change, root, folders: foldersFor(root, change) };
      const former = known.get(key) ?? null;
      const isFollowed = former !== null && isBelieved(former, change.before, takeOut);
      const next = noted(isFollowed ? former : null, whole, oursBy(takeOut));
      if (next === null) known.delete(key);
      else known.set(key, next);
    }
    writeWritten(commonDir, [...known.values()]);
    return null;
  } catch (error) {
    if (error instanceof Error) return error.message;
    throw error;
  }
}

const keyOf = ({ root, file }: Pick<Written, 'root' | 'file'>): string => `${root}\n${file}`;

/** Those that are to be made. */
function foldersFor(root: string, { file }: FileChange): string[] {
  const folders: string[] = [];
  for (let folder = dirname(file); folder !== '.'; folder = dirname(folder))
    if (statSync(join(root, folder), { throwIfNoEntry: false }) === undefined) folders.unshift(folder);
  return folders;
}
