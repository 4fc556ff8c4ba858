import { statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Repository } from '../../repository/index.ts';
import { applyChanges, checkChanges } from '../files/apply.ts';
import type { FileChange } from '../files/file-change.ts';
import { removesLeft } from '../files/left-files.ts';
import { noted, type Written } from './written.ts';
import { readWritten, writeWritten } from './written-file.ts';

export interface Place extends Pick<Repository, 'commonDir'> {
  /** The working tree that is written to. */
  readonly root: string;
}

/**
 * As `applyChanges`; what was there before is kept in mind first, so that it can be put back. Null, or why that could not be
 * done: the files are written in any case.
 */
export function applyNoted(place: Place, changes: readonly FileChange[]): string | null {
  checkChanges(place.root, changes);
  const problem = note(place, changes);
  applyChanges(place.root, changes);
  return problem;
}

function note({ commonDir, root }: Place, changes: readonly FileChange[]): string | null {
  try {
    const known = new Map(readWritten(commonDir).map((one) => [keyOf(one), one]));
    for (const change of changes.filter((one) => !removesLeft(one))) {
      const key = keyOf({ root, file: change.file });
      const next = noted(known.get(key) ?? null, { ...change, root, folders: foldersFor(root, change) });
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
