import {
  closeSync,
  fchmodSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { textAt, type FileChange } from './file-change.ts';
import { leftIn, waitingPlace } from './left-files.ts';
import { placeOf } from './place.ts';

/** A change on its way. */
interface Staged {
  readonly change: FileChange;
  /** Where the file really is, or will be. */
  readonly place: string;
  /** The rights of the file that is there; null: there is none. */
  readonly mode: number | null;
}

/**
 * Changes that are made together: each is prepared, then all are committed, or what was done is undone. What is left
 * at the end of either is cleared.
 */
export class Staging {
  readonly #root: string;
  readonly #prepared: Staged[] = [];
  readonly #done: Staged[] = [];
  /** New texts beside the places that they are for. */
  readonly #temporary = new Map<string, string>();
  /** Innermost last. */
  readonly #madeFolders: string[] = [];

  constructor(root: string) {
    this.#root = root;
  }

  prepare(change: FileChange): void {
    const place = placeOf(this.#root, change.file);
    this.#makeFolder(dirname(place));
    const mode = change.before === null ? null : statSync(place).mode & 0o7777;
    this.#prepared.push({ change, place, mode });
    if (change.after === null) return;
    sweep(place);
    this.#write(place, change.after, mode);
  }

  commit(): void {
    for (const staged of this.#prepared) {
      if (staged.change.after === null) unlinkSync(staged.place);
      else this.#move(staged.place);
      this.#done.push(staged);
    }
    const folders = this.#done.map(({ place }) => dirname(place));
    for (const folder of new Set([...folders, ...this.#madeFolders.map(dirname)])) flush(folder);
  }

  undo(): void {
    for (const { change, place, mode } of this.#done.splice(0).reverse())
      if (change.before === null) rmSync(place, { force: true });
      else if (change.after === null || textAt(place) === change.after) {
        this.#write(place, change.before, mode);
        this.#move(place);
      }
    this.clear();
    for (const folder of this.#madeFolders.splice(0).reverse()) removeIfEmpty(folder);
  }

  clear(): void {
    for (const temporary of this.#temporary.values()) rmSync(temporary, { force: true });
  }

  #makeFolder(folder: string): void {
    if (statSync(folder, { throwIfNoEntry: false }) !== undefined) return;
    this.#makeFolder(dirname(folder));
    mkdirSync(folder);
    this.#madeFolders.push(folder);
  }

  #write(place: string, text: string, mode: number | null): void {
    const temporary = waitingPlace(place);
    const handle = openSync(temporary, 'wx', mode ?? 0o666);
    this.#temporary.set(place, temporary);
    try {
      // What is asked for at the opening is cut by the mask of the process.
      if (mode !== null) fchmodSync(handle, mode);
      // Not `writeSync`: on a full disk that writes a part, and says so only by its result.
      writeFileSync(handle, text);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
  }

  #move(place: string): void {
    renameSync(this.#temporary.get(place) ?? '', place);
    this.#temporary.delete(place);
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
function sweep(place: string): void {
  const [folder, name] = [dirname(place), basename(place)];
  for (const left of leftIn(folder, (beside) => beside === name)) rmSync(join(folder, left), { force: true });
}

function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // Somebody has put something there meanwhile: it is his now.
  }
}
