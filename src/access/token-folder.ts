import { closeSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  createFile,
  isOwnFolder,
  makeOwnFolder,
  openToRead,
  refuseIfReadableByOthers,
  removeFile,
  textOf,
} from '../files/index.ts';
import type { Principal } from '../protocol/index.ts';
import { decodeRecord, type TokenRecord } from './token-record.ts';
import { digestOf, isOfDigest, newToken, readToken } from './token.ts';

export interface TokenWish extends Principal {
  readonly createdAtMs: number;
  readonly expiresAtMs: number | null;
}

export interface CreatedToken {
  readonly record: TokenRecord;
  /** Shown once, and kept nowhere. */
  readonly token: string;
}

/** Why nobody is let in. */
export type Refused = 'unknown' | 'expired';

/**
 * The tokens of one repository: a file for each, which only its user can read, named by the token's id. So two that are made
 * or revoked at once are never in each other's way, and what is revoked lets nobody in from the next request on.
 *
 * Throws `PathRefused` where the folder or a file is not this user's alone.
 */
export class TokenFolder {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  create(wish: TokenWish): CreatedToken {
    makeOwnFolder(this.#folder);
    const token = newToken();
    const record: TokenRecord = { id: token.id, ...wish, digest: digestOf(token) };
    createFile(this.#pathOf(token.id), `${JSON.stringify(record)}\n`);
    return { record, token: token.text };
  }

  /** All that can be read, the oldest first; a file that is damaged lets nobody in, and is named. */
  list(): { readonly records: readonly TokenRecord[]; readonly damaged: readonly string[] } {
    const records: TokenRecord[] = [];
    const damaged: string[] = [];
    for (const id of this.#ids()) {
      const record = this.#read(id);
      if (record === null) damaged.push(this.#pathOf(id));
      else records.push(record);
    }
    return { records: records.sort((a, b) => a.createdAtMs - b.createdAtMs), damaged };
  }

  /** False when there is none of that id. */
  revoke(id: string): boolean {
    if (!this.#ids().includes(id)) return false;
    removeFile(this.#pathOf(id));
    return true;
  }

  /** Removes all, damaged ones as well. */
  clear(): void {
    for (const id of this.#ids()) removeFile(this.#pathOf(id));
  }

  /** Who a text lets in now. */
  admit(text: string, nowMs: number): TokenRecord | Refused {
    const token = readToken(text);
    const record = token === null ? null : this.#read(token.id);
    if (token === null || record === null || !isOfDigest(token, record.digest)) return 'unknown';
    return record.expiresAtMs !== null && record.expiresAtMs <= nowMs ? 'expired' : record;
  }

  #ids(): readonly string[] {
    if (!isOwnFolder(this.#folder)) return [];
    return readdirSync(this.#folder).flatMap((name) => /^([0-9a-f]{12})\.json$/.exec(name)?.[1] ?? []);
  }

  #pathOf(id: string): string {
    return join(this.#folder, `${id}.json`);
  }

  /** Null when there is none, or one that is damaged. */
  #read(id: string): TokenRecord | null {
    if (!isOwnFolder(this.#folder)) return null;
    const path = this.#pathOf(id);
    const file = openToRead(path);
    if (file === null) return null;
    try {
      refuseIfReadableByOthers(path, file);
      const record = decodeRecord(textOf(path, file));
      return record?.id === id ? record : null;
    } finally {
      closeSync(file);
    }
  }
}
