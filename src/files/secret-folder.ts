import { closeSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createFile, openToRead, refuseIfReadableByOthers, removeFile, textOf } from './files.ts';
import { isOwnFolder, makeOwnFolder } from './folders.ts';

/**
 * A folder with a JSON file for each of some things, named by its id, 12 hex digits, which only its user can read: secrets stand
 * there. So two that are made or removed at once are never in each other's way.
 *
 * Throws `PathRefused` where the folder or a file is not this user's alone.
 */
export class SecretFolder {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Of those that are there, damaged ones included; none where there is no folder. */
  ids(): readonly string[] {
    if (!isOwnFolder(this.#folder)) return [];
    return readdirSync(this.#folder).flatMap((name) => /^([0-9a-f]{12})\.json$/.exec(name)?.[1] ?? []);
  }

  /** Of the file of an id, or of a further one that goes with it: `more` is as in `.state`. */
  pathOf(id: string, more = ''): string {
    return join(this.#folder, `${id}${more}.json`);
  }

  /** Makes the folder, if there is none. */
  create(id: string, value: object): void {
    makeOwnFolder(this.#folder);
    createFile(this.pathOf(id), jsonLine(value));
  }

  /** What `decode` makes of a file; null where there is none. */
  read<T>(path: string, decode: (text: string) => T | null): T | null {
    if (!isOwnFolder(this.#folder)) return null;
    const file = openToRead(path);
    if (file === null) return null;
    try {
      refuseIfReadableByOthers(path, file);
      return decode(textOf(path, file));
    } finally {
      closeSync(file);
    }
  }

  remove(...paths: readonly string[]): void {
    for (const path of paths) removeFile(path);
  }
}

export const jsonLine = (value: object): string => `${JSON.stringify(value)}\n`;
