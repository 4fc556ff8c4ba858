import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  linkSync,
  lutimesSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
  ftruncateSync,
  type Stats,
} from 'node:fs';
import { dirname } from 'node:path';
import { syncFolder } from './folders.ts';
import { lookAt, newOwnerOf, PathRefused, refuseUnlessOwn } from './own.ts';

/** Not held up by a pipe, and not led elsewhere. */
const plainly = constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** Opens a file of this user's for reading; null when there is none. Whoever opens it closes it. */
export function openToRead(path: string): number | null {
  try {
    return opened(path, constants.O_RDONLY, () => undefined);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

/**
 * Opens a file of this user's at its end, and makes it when there is none. One that has a second name elsewhere is copied
 * first, its end at least: the other one keeps what it has. Whoever opens it closes it.
 */
export function openToAppend(path: string): number {
  return openedOrMade(path, constants.O_WRONLY | constants.O_APPEND);
}

/**
 * Opens a file of this user's to read and write it in place, and makes it when there is none. One that has a second name
 * elsewhere is copied first. Whoever opens it closes it.
 */
export function openToUpdate(path: string): number {
  return openedOrMade(path, constants.O_RDWR);
}

function openedOrMade(path: string, flags: number): number {
  const isNew = !detach(path);
  const file = opened(path, flags | constants.O_CREAT, refuseSecondName);
  if (isNew) settle(path, file);
  return file;
}

/** What is read as a whole was written as a whole, and is a few hundred bytes. */
const textBytesMax = 64 * 1024;

/** The whole text of a file of this user's that nobody else may read; null when there is none. */
export function readOwnText(path: string): string | null {
  const file = openToRead(path);
  if (file === null) return null;
  try {
    return textOf(path, file);
  } finally {
    closeSync(file);
  }
}

/** The text of an open file. Throws {@link PathRefused} when it is larger than any that we write: gigabytes are not read. */
export function textOf(path: string, file: number): string {
  if (fstatSync(file).size > textBytesMax)
    throw new PathRefused(path, 'is larger than what is kept there', 'remove it, then do the same again');
  return readFileSync(file, 'utf8');
}

/** Throws {@link PathRefused} when others than its user may read an open file. */
export function refuseIfReadableByOthers(path: string, file: number): void {
  if ((fstatSync(file).mode & 0o077) === 0) return;
  throw new PathRefused(path, 'can be read by others', `give it back to this user alone: chmod 600 ${path}`);
}

/** Puts a text in the place of a file, whole or not at all, for this user only. What is there is not opened. */
export function replaceFile(path: string, text: string): void {
  refuseForeign(path);
  withTemporary(path, text, (temporary) => renameSync(temporary, path));
  syncFolder(dirname(path));
}

/** The same for what may be lost with the power: it waits for no disk. Who reads it takes an empty file for none. */
export function replaceNote(path: string, text: string): void {
  refuseForeign(path);
  withTemporary(path, text, (temporary) => renameSync(temporary, path), false);
}

/** When a file of this user's was written last, in milliseconds since 1970; null when there is none. */
export function changedAtMs(path: string): number | null {
  const found = refuseForeign(path);
  return found === null ? null : Math.round(found.mtimeMs);
}

/** As if a file of this user's, if there is one, had been written at that time. */
export function setChangedAt(path: string, atMs: number): void {
  if (refuseForeign(path) === null) return;
  try {
    lutimesSync(path, atMs / 1_000, atMs / 1_000);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
}

/**
 * Puts a file in the place of another, whole or not at all, for this user only. `fill` writes it under a passing name, where
 * an empty one is; where it answers false, all stays as it was.
 */
export function fillFile(path: string, fill: (temporary: string) => boolean): void {
  refuseForeign(path);
  withTemporary(path, '', (temporary, file) => {
    if (!fill(temporary)) return;
    fsyncSync(file);
    renameSync(temporary, path);
  });
  syncFolder(dirname(path));
}

/** Makes a file with a text, whole or not at all; false when something is there already, which is left as it is. */
export function createFile(path: string, text: string): boolean {
  try {
    withTemporary(path, text, (temporary) => linkSync(temporary, path));
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Makes an empty file for this user only, unless it is there. */
export function createIfMissing(path: string): void {
  let file: number;
  try {
    file = openSync(path, 'wx', 0o600);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return;
    throw error;
  }
  try {
    settle(path, file);
  } finally {
    closeSync(file);
  }
  syncFolder(dirname(path));
}

/** Removes a name; nothing happens when there is none. A link is removed, and not what it leads to. */
export function removeFile(path: string): void {
  rmSync(path, { force: true });
}

/**
 * Copies what a file of this user's holds, or the end of it where that is much, to another place, and empties it. It stays the
 * same file: a process that has it open goes on with it.
 */
export function moveContent(path: string, target: string): void {
  refuseForeign(target);
  detach(path);
  const file = opened(path, constants.O_RDWR, refuseSecondName);
  try {
    withTemporary(target, '', (temporary, copy) => {
      copyEnd(file, copy);
      fsyncSync(copy);
      renameSync(temporary, target);
    });
    ftruncateSync(file);
  } finally {
    closeSync(file);
  }
}

/**
 * Throws {@link PathRefused} when something at a path is no file of this user's, or has a second name. For whoever opens it
 * himself and by its name, as SQLite does; nobody else can put another one in its place in a folder of the user's own.
 */
export function refuseOther(path: string): void {
  const found = refuseForeign(path);
  if (found !== null) refuseSecondName(path, found);
}

/**
 * Throws {@link PathRefused} when something at a path is no file of this user's. A second name does no harm to what is
 * replaced, or not written: the other one keeps what it has.
 */
export function refuseForeign(path: string): Stats | null {
  const found = lookAt(path);
  if (found !== null) refuseUnlessOwn(path, found, 'file');
  return found;
}

/**
 * A hard link: what is written here would be written elsewhere, too. `cp -al` makes some of all files of a repository, and
 * two logs would then write one file.
 */
function refuseSecondName(path: string, found: Stats): void {
  if (found.nlink <= 1) return;
  const folder = dirname(path);
  throw new PathRefused(
    path,
    'has a second name elsewhere (a hard link, as cp -al makes them)',
    `put a copy in its place: mv ${folder} ${folder}.linked && cp -a ${folder}.linked ${folder}`,
  );
}

/**
 * Puts a copy in the place of a file that has a second name. Whoever calls this knows that nobody writes to it, by either name;
 * where somebody did all the same, it throws and has changed nothing.
 */
export function makeOwn(path: string): void {
  detach(path, Infinity);
}

/** Puts a copy, its end at least, in the place of a file that has a second name; says whether there is a file. */
function detach(path: string, bytesMax = copiedBytesMax): boolean {
  const found = refuseForeign(path);
  if (found === null || found.nlink <= 1) return found !== null;
  const file = opened(path, constants.O_RDONLY, () => undefined);
  try {
    const before = stampOf(file);
    withTemporary(path, '', (temporary, copy) => {
      copyEnd(file, copy, bytesMax);
      fsyncSync(copy);
      if (bytesMax === Infinity && stampOf(file) !== before)
        throw new PathRefused(path, 'is written to by its second name', 'do the same again');
      renameSync(temporary, path);
    });
  } finally {
    closeSync(file);
  }
  syncFolder(dirname(path));
  return true;
}

function stampOf(file: number): string {
  const { size, mtimeNs } = fstatSync(file, { bigint: true });
  return `${size} ${mtimeNs}`;
}

function opened(path: string, flags: number, check: (path: string, found: Stats) => void): number {
  const file = openPlainly(path, flags);
  try {
    const found = fstatSync(file);
    refuseUnlessOwn(path, found, 'file');
    check(path, found);
    return file;
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

function openPlainly(path: string, flags: number): number {
  try {
    return openSync(path, flags | plainly, 0o600);
  } catch (error) {
    // The system says only that it does not open it: a link, a folder, a pipe that nobody reads, a socket.
    const found = ['ELOOP', 'EISDIR', 'ENXIO'].includes(codeOf(error) ?? '') ? lookAt(path) : null;
    if (found !== null) refuseUnlessOwn(path, found, 'file');
    throw error;
  }
}

function withTemporary(
  path: string,
  text: string,
  use: (temporary: string, file: number) => void,
  isSynced = true,
): void {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  const file = openSync(temporary, 'wx', 0o600);
  try {
    settle(temporary, file);
    // Not `writeSync`: on a full disk that writes a part, and says so only by its result.
    writeFileSync(file, text);
    if (isSynced) fsyncSync(file);
    use(temporary, file);
  } finally {
    closeSync(file);
    rmSync(temporary, { force: true });
  }
}

const chunkBytes = 1024 * 1024;
/** More would keep waiting whoever starts us, and take the disk a second time. */
const copiedBytesMax = 16 * 1024 * 1024;

/** Of a file that has grown beyond all bounds, the end is copied. */
function copyEnd(from: number, to: number, bytesMax = copiedBytesMax): void {
  const chunk = Buffer.alloc(chunkBytes);
  for (let position = Math.max(0, fstatSync(from).size - bytesMax); ;) {
    const count = readSync(from, chunk, 0, chunkBytes, position);
    if (count === 0) return;
    writeFileSync(to, chunk.subarray(0, count));
    position += count;
  }
}

/** What was just made can be used by its user, whatever the umask took away, and by nobody else. */
function settle(path: string, file: number): void {
  fchmodSync(file, 0o600);
  giveFile(path, file);
}

/** An open file that root has made is its owner's where it acts for one. */
export function giveFile(path: string, file: number): void {
  const owner = newOwnerOf(path);
  if (owner !== null) fchownSync(file, owner.uid, owner.gid);
}

export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}
