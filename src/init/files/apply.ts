import { accessSync, constants, lstatSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { lastingFailure } from '../../protocol/index.ts';
import { InitError } from '../errors.ts';
import { textAt, type FileChange } from './file-change.ts';
import { removesLeft } from './left-files.ts';
import { locationOf, taken } from './location.ts';
import { Staging } from './staging.ts';

/**
 * Writes all changes or none. Every new text is first written beside its file and flushed; only when all are there do
 * they take their files' places by renaming, so that no file is ever seen in part. Should a renaming fail, those before
 * it are undone. What a killed process has left is removed first, and for good. If the process is killed in between, some
 * files are new and some old; running the same command again completes it. A file that was there keeps its rights.
 *
 * @throws InitError as {@link checkChanges} does, and WRITE_FAILED with what the system said.
 */
export function applyChanges(root: string, changes: readonly FileChange[]): void {
  const staging = new Staging(root);
  try {
    checkChanges(root, changes);
    for (const change of changes.filter(removesLeft)) rmSync(locationOf(root, change.file), { force: true });
    for (const change of changes.filter((one) => !removesLeft(one))) staging.prepare(change);
    staging.commit();
  } catch (error) {
    const left = staging.undo();
    if (error instanceof InitError) throw error;
    throw new InitError('WRITE_FAILED', failedText(error, left), { cause: error });
  } finally {
    staging.clear();
  }
}

function failedText(error: unknown, left: readonly string[]): string {
  const told = lastingFailure(error) ?? error;
  const reason = told instanceof Error ? told.message : String(told);
  if (left.length === 0) return `nothing was written: ${reason}`;
  return `${reason}; not all could be put back as it was: look at ${left.join(', ')}`;
}

/**
 * Whether changes can be written, as far as can be told without writing.
 *
 * @throws InitError CHANGED_MEANWHILE when a file is not as it was when the plan was made, OUTSIDE_REPOSITORY when a
 * symlink leads out, PLACE_TAKEN where something other than a file or folder lies, READ_ONLY when a file may not be
 * written, SAME_PLACE when a symlink makes two files one.
 */
export function checkChanges(root: string, changes: readonly FileChange[]): void {
  for (const change of changes) checkUnchanged(root, change);
  checkLocations(root, changes);
}

/** Of two changes to one file the second would overwrite the first, and neither could be undone. */
function checkLocations(root: string, changes: readonly FileChange[]): void {
  const files = new Map<string, string>();
  for (const { file } of changes) {
    const location = locationOf(root, file);
    const other = files.get(location);
    if (other !== undefined) throw sameLocation(other, file);
    files.set(location, file);
  }
}

function sameLocation(one: string, other: string): InitError {
  return new InitError(
    'SAME_PLACE',
    `${one} and ${other} are one file by a symlink, and each is to be changed: nothing was written, replace the symlink by a file`,
  );
}

function checkUnchanged(root: string, { file, before }: FileChange): void {
  const location = locationOf(root, file);
  checkFolder(location, file);
  if (before === null) checkFree(location, file);
  else if (textAt(location) !== before) throw changed(`${file} has been changed meanwhile`);
  else checkWritable(location, file);
}

/** Moving another file into its place needs no right to it: whoever took the right away meant the file to stay. */
function checkWritable(location: string, file: string): void {
  if ((statSync(location).mode & 0o222) !== 0 && isWritable(location)) return;
  throw new InitError('READ_ONLY', `${file} is read-only: nothing was written, chmod u+w it first`);
}

function isWritable(location: string): boolean {
  return whyNotWritable(location) === null;
}

/** A new text is made beside its place, and the folder for it in the next one above. */
function checkFolder(location: string, file: string): void {
  let folder = dirname(location);
  while (statSync(folder, { throwIfNoEntry: false }) === undefined && dirname(folder) !== folder)
    folder = dirname(folder);
  const why = whyNotWritable(folder);
  if (why === null) return;
  const what = why === 'EROFS' ? 'is on a read-only file system' : `may not be written to (${why})`;
  throw new InitError('READ_ONLY', `${file}: nothing was written, its folder ${what}: ${folder}`);
}

/** As the system's own code; null: it is. */
function whyNotWritable(location: string): string | null {
  try {
    accessSync(location, constants.W_OK);
    return null;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'EACCES';
  }
}

/** Only a regular file is expected where a scope's file goes. */
function checkFree(location: string, file: string): void {
  const stat = lstatSync(location, { throwIfNoEntry: false });
  if (stat === undefined) return;
  if (!stat.isFile()) taken(file, 'no file');
  throw changed(`${file} is there already, made meanwhile or ignored by Git`);
}

function changed(what: string): InitError {
  return new InitError('CHANGED_MEANWHILE', `${what}: nothing was written, run the command again`);
}
