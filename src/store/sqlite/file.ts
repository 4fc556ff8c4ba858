import { lstatSync, mkdirSync, mkdtempSync, rmdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { createIfMissing, makeOwn, PathRefused, refuseOther, removeFile } from '../../files/index.ts';
import { StoreError } from '../errors.ts';
import { asStoreError, readOnlyError } from './failures.ts';

/** What SQLite makes beside a database, and opens when it is there. */
const besides = ['-wal', '-shm', '-journal'];

/**
 * Creates what is missing: the folder for its user only, and the file likewise (SQLite would let others read it). SQLite
 * follows symbolic links, so what it would open is looked at first.
 */
export function prepareFile(path: string): void {
  try {
    mkdirSync(dirname(resolve(path)), { recursive: true, mode: 0o700 });
    if (lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true)
      throw new PathRefused(path, 'is a folder', 'move it away, or choose another path');
    for (const suffix of ['', ...besides]) refuseOther(`${path}${suffix}`);
    // Never opens a file that exists: to close a second descriptor of it drops this process's POSIX locks on it, SQLite's.
    createIfMissing(path);
  } catch (error) {
    throw asOpenError(error, path);
  }
  for (const suffix of ['', ...besides]) refuseUnlessWritable(`${path}${suffix}`);
}

/**
 * Gives a log that was copied by hard links (cp -al) files of its own, before anybody opens it: the other copy keeps what it
 * has, and goes on with that. Only for whoever has the owner's lock, by both names. The WAL first: after a crash in between no
 * log of its own has one that another writes.
 */
export function makeLogOwn(path: string): void {
  try {
    for (const suffix of ['-wal', '-journal', '']) makeOwn(`${path}${suffix}`);
    // What is shared by those who have a log open is made anew by the first.
    if ((lstatSync(`${path}-shm`, { throwIfNoEntry: false })?.nlink ?? 0) > 1) removeFile(`${path}-shm`);
  } catch (error) {
    throw asOpenError(error, path);
  }
}

/** It is this user's own. */
const ownerWrites = 0o200;

/**
 * Before SQLite opens it: what that makes beside a file has the file's permissions, and would be in the way once the file
 * has been given better ones.
 */
function refuseUnlessWritable(path: string): void {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined || process.geteuid?.() === 0 || (found.mode & ownerWrites) !== 0) return;
  throw readOnlyError(path, null);
}

/** Whether new files can be made in a file's folder; asked by doing, as permissions alone do not tell. */
export function folderIsWritable(path: string): boolean {
  try {
    rmdirSync(mkdtempSync(join(dirname(resolve(path)), '.rhema-')));
    return true;
  } catch {
    return false;
  }
}

/** What has to stay where it is while a log is open: what is written goes to the WAL, and its processes meet in the other. */
const parts = ['', '-wal', '-shm'];

/**
 * A folder that changed so lately may change once more without its time showing that: times count in ticks, of some milliseconds
 * or, on old file systems, of up to two seconds.
 */
const tickMaxMs = 3_000;

/** The very files that were opened. */
export class FileIdentity {
  readonly path: string;
  readonly #opened: ReadonlyMap<string, string>;
  readonly #folder: string;
  /** As their folder was when they were last found in place: no name in it is another's while that has not changed. */
  #quietFolder: string | null = null;
  readonly #wallMs: () => number;

  constructor(path: string, wallMs = Date.now) {
    this.path = path;
    this.#wallMs = wallMs;
    this.#folder = dirname(resolve(path));
    this.#opened = new Map(parts.map((suffix) => [`${path}${suffix}`, fileAt(`${path}${suffix}`) ?? '']));
  }

  /** Somebody else's files are in the place of some: what is done under their names would be done to those. */
  get hasStrangers(): boolean {
    return [...this.#opened].some(([path, opened]) => (fileAt(path) ?? opened) !== opened);
  }

  /**
   * Somebody may delete the files, or put a backup in their place, while we have them open. What we then append would go
   * to a file without a name, while the next process begins another log. Asked at each commit: one look at the folder will do.
   */
  refuseIfReplaced(): void {
    // First: what changes after this look shows another time, or one that is too new to be trusted.
    const nowMs = this.#wallMs();
    const folder = statSync(this.#folder, { throwIfNoEntry: false });
    const stamp = folder === undefined ? null : `${folder.dev} ${folder.ino} ${folder.ctimeMs}`;
    if (stamp !== null && stamp === this.#quietFolder) return;
    for (const [path, opened] of this.#opened)
      if (fileAt(path) !== opened)
        throw new StoreError(
          'CANNOT_OPEN',
          `The log file ${path} was removed or replaced while it was open: ask again.`,
        );
    const isQuiet = folder !== undefined && nowMs - folder.ctimeMs > tickMaxMs;
    this.#quietFolder = isQuiet ? stamp : null;
  }
}

/** Null where there is none. */
function fileAt(path: string): string | null {
  const found = statSync(path, { throwIfNoEntry: false });
  return found === undefined ? null : `${found.dev} ${found.ino}`;
}

function asOpenError(error: unknown, path: string): unknown {
  if (error instanceof PathRefused) return new StoreError('CANNOT_OPEN', error.message, { cause: error });
  const code = errorCode(error);
  if (code === null) return error;
  if (['EACCES', 'EPERM', 'EROFS'].includes(code)) return readOnlyError(path, error);
  if (['ENOSPC', 'EDQUOT', 'EMFILE', 'ENFILE'].includes(code)) return asStoreError(error, path);
  return new StoreError(
    'CANNOT_OPEN',
    `The log file ${path} cannot be created (${code}). Choose another path.`,
    {
      cause: error,
    },
  );
}

/** Null when the error is not one of the operating system's. */
function errorCode(error: unknown): string | null {
  if (error instanceof StoreError || !(error instanceof Error)) return null;
  return (error as NodeJS.ErrnoException).code ?? null;
}
