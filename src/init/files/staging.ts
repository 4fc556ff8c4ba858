import {
  closeSync,
  fchownSync,
  fchmodSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  type Stats,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { give, giveFile } from '../../files/index.ts';
import { textAt, type FileChange } from './file-change.ts';
import { leftIn, waitingPath } from './left-files.ts';
import { locationOf } from './location.ts';

type Kept = Pick<Stats, 'mode' | 'uid' | 'gid'>;

/** A change on its way. */
interface Staged {
  readonly change: FileChange;
  /** Where the file really is, or will be. */
  readonly location: string;
  /** Whose the file is that is there, and its rights; null: there is none. */
  readonly kept: Kept | null;
}

/**
 * Changes that are made together: each is prepared, then all are committed, or what was done is undone. What is left
 * at the end of either is cleared.
 */
export class Staging {
  readonly #root: string;
  readonly #prepared: Staged[] = [];
  readonly #done: Staged[] = [];
  /** The new texts that wait beside the places of their changes. */
  readonly #temporary = new Map<FileChange, string>();
  /** Innermost last. */
  readonly #madeFolders: string[] = [];

  constructor(root: string) {
    this.#root = root;
  }

  prepare(change: FileChange): void {
    const location = locationOf(this.#root, change.file);
    this.#makeFolder(dirname(location));
    const kept = change.before === null ? null : statSync(location);
    this.#prepared.push({ change, location, kept });
    if (change.after === null) return;
    sweep(location);
    this.#write({ change, location, kept }, change.after);
  }

  commit(): void {
    for (const staged of this.#prepared) {
      if (staged.change.after === null) unlinkSync(staged.location);
      else this.#move(staged);
      this.#done.push(staged);
    }
    const folders = this.#done.map(({ location }) => dirname(location));
    for (const folder of new Set([...folders, ...this.#madeFolders.map(dirname)])) flush(folder);
  }

  /** Gives the files that could not be put back as they were. */
  undo(): string[] {
    const left = this.#done
      .splice(0)
      .reverse()
      .filter((staged) => !this.#restore(staged));
    this.clear();
    for (const folder of this.#madeFolders.splice(0).reverse()) removeIfEmpty(folder);
    return left.map(({ change }) => change.file);
  }

  clear(): void {
    for (const temporary of this.#temporary.values()) removeIfPossible(temporary);
  }

  #restore(staged: Staged): boolean {
    const { change, location } = staged;
    try {
      // Whoever has written there meanwhile must not lose it.
      if (textAt(location) !== change.after) return false;
      if (change.before === null) unlinkSync(location);
      else {
        this.#write(staged, change.before);
        this.#move(staged);
      }
      return true;
    } catch {
      return false;
    }
  }

  #makeFolder(folder: string): void {
    if (statSync(folder, { throwIfNoEntry: false }) !== undefined) return;
    this.#makeFolder(dirname(folder));
    mkdirSync(folder);
    give(folder);
    this.#madeFolders.push(folder);
  }

  #write({ change, location, kept }: Staged, text: string): void {
    const temporary = waitingPath(location);
    const mode = kept === null ? 0o666 : kept.mode & 0o7777;
    const handle = openSync(temporary, 'wx', mode);
    this.#temporary.set(change, temporary);
    try {
      if (kept === null) giveFile(temporary, handle);
      else {
        // What a user calls by sudo must not shut him out of a file of his.
        if (process.geteuid?.() === 0) fchownSync(handle, kept.uid, kept.gid);
        // What is asked for at the opening is cut by the mask of the process.
        fchmodSync(handle, mode);
      }
      // Not `writeSync`: on a full disk that writes a part, and says so only by its result.
      writeFileSync(handle, text);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
  }

  #move({ change, location }: Staged): void {
    const temporary = this.#temporary.get(change);
    if (temporary === undefined) throw new Error(`no text waits for ${change.file}`);
    renameSync(temporary, location);
    this.#temporary.delete(change);
  }
}

/** What a system says that cannot flush a folder: then the names in it are as safe as they can be. */
const cannotFlush: ReadonlySet<string | undefined> = new Set([
  'EINVAL',
  'EISDIR',
  'EPERM',
  'EACCES',
  'ENOTSUP',
]);

/** A file that was renamed has its new name for good only when the folder is on disk. */
function flush(folder: string): void {
  try {
    const handle = openSync(folder, 'r');
    try {
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
  } catch (error) {
    if (!cannotFlush.has((error as NodeJS.ErrnoException).code)) throw error;
  }
}

/** Removes what a process that was killed in the middle has left beside a file. */
function sweep(location: string): void {
  const [folder, name] = [dirname(location), basename(location)];
  for (const left of leftIn(folder, (beside) => beside === name)) rmSync(join(folder, left), { force: true });
}

/** What stays is removed by whoever writes beside it next. */
function removeIfPossible(location: string): void {
  try {
    rmSync(location, { force: true });
  } catch {
    // There is worse trouble to tell of, or the work is done.
  }
}

function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // Somebody has put something there meanwhile: it is his now.
  }
}
