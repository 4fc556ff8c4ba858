/** Where is kept what was written into the working trees of a repository: beside the log, for all of them. */
import { closeSync, fstatSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { makeOwnFolder, openToRead, PathRefused, replaceFile } from '../../files/index.ts';
import { stateDirectory } from '../../repository/index.ts';
import { isTable } from '../detectors/manifests.ts';
import type { Written } from './written.ts';

const fileName = 'written.json';
const formatNow = 1;
/** Longer than all the scope files that there can be. */
const bytesMax = 64 * 1024 * 1024;

/** Throws {@link PathRefused} where what is there is not this user's, or says nothing. */
export function readWritten(commonDir: string): readonly Written[] {
  const path = join(stateDirectory(commonDir), fileName);
  const file = openToRead(path);
  if (file === null) return [];
  try {
    if (fstatSync(file).size > bytesMax) throw unreadable(path);
    return parsed(path, readFileSync(file, 'utf8'), identityOf(commonDir));
  } finally {
    closeSync(file);
  }
}

/** Another one for a copy, and for what comes out of an archive; the same after a move. */
function identityOf(commonDir: string): string {
  const { ino, birthtimeNs } = statSync(commonDir, { bigint: true });
  return `${ino} ${birthtimeNs}`;
}

function parsed(path: string, text: string, identity: string): readonly Written[] {
  try {
    const value: unknown = JSON.parse(text);
    if (isTable(value) && value['format'] === formatNow && Array.isArray(value['files']))
      return (value['files'] as readonly unknown[])
        .filter(isKept)
        .map(({ identity: noted, ...one }) => ({ ...one, isHere: noted === identity }));
  } catch {
    // Then it says nothing.
  }
  throw unreadable(path);
}

/** As it is kept; a version before this one had no identity. */
type Kept = Omit<Written, 'isHere'> & { readonly identity?: unknown };

function isKept(value: unknown): value is Kept {
  if (!isTable(value) || typeof value['root'] !== 'string' || typeof value['file'] !== 'string') return false;
  const { before, after, span, folders } = value;
  const isDigest = (one: unknown): boolean => one === null || typeof one === 'string';
  const isSpan = isTable(span) && typeof span['removed'] === 'string' && typeof span['added'] === 'string';
  return isDigest(before) && isDigest(after) && (span === null || isSpan) && areNames(folders);
}

const areNames = (value: unknown): boolean =>
  Array.isArray(value) && (value as readonly unknown[]).every((one) => typeof one === 'string');

function unreadable(path: string): PathRefused {
  return new PathRefused(
    path,
    'does not say what was written here',
    'move it away, and nobody knows what was there before',
  );
}

/** Why what is noted cannot be read, with what to do; null: it can, or nothing is. */
export function whyUnreadable(commonDir: string): string | null {
  try {
    readWritten(commonDir);
    return null;
  } catch (error) {
    if (error instanceof Error) return error.message;
    throw error;
  }
}

export function writeWritten(commonDir: string, files: readonly Written[]): void {
  const folder = stateDirectory(commonDir);
  makeOwnFolder(folder);
  const identity = identityOf(commonDir);
  const kept = files.map(({ isHere, ...one }) => (isHere ? { ...one, identity } : one));
  replaceFile(join(folder, fileName), `${JSON.stringify({ format: formatNow, files: kept })}\n`);
}
