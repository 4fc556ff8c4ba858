import { SecretFolder } from '../files/index.ts';
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
  readonly #files: SecretFolder;

  constructor(folder: string) {
    this.#files = new SecretFolder(folder);
  }

  create(wish: TokenWish): CreatedToken {
    const token = newToken();
    const record: TokenRecord = { id: token.id, ...wish, digest: digestOf(token) };
    this.#files.create(token.id, record);
    return { record, token: token.text };
  }

  /** All that can be read, the oldest first; a file that is damaged lets nobody in, and is named. */
  list(): { readonly records: readonly TokenRecord[]; readonly damaged: readonly string[] } {
    const records: TokenRecord[] = [];
    const damaged: string[] = [];
    for (const id of this.#files.ids()) {
      const record = this.#read(id);
      if (record === null) damaged.push(this.#files.pathOf(id));
      else records.push(record);
    }
    return { records: records.sort((a, b) => a.createdAtMs - b.createdAtMs), damaged };
  }

  /** False when there is none of that id. */
  revoke(id: string): boolean {
    if (!this.#files.ids().includes(id)) return false;
    this.#files.remove(this.#files.pathOf(id));
    return true;
  }

  /** Removes all, damaged ones as well. */
  clear(): void {
    this.#files.remove(...this.#files.ids().map((id) => this.#files.pathOf(id)));
  }

  /** Who a text lets in now. */
  admit(text: string, nowMs: number): TokenRecord | Refused {
    const token = readToken(text);
    const record = token === null ? null : this.#read(token.id);
    if (token === null || record === null || !isOfDigest(token, record.digest)) return 'unknown';
    return record.expiresAtMs !== null && record.expiresAtMs <= nowMs ? 'expired' : record;
  }

  /** Null when there is none, or one that is damaged. */
  #read(id: string): TokenRecord | null {
    const record = this.#files.read(this.#files.pathOf(id), decodeRecord);
    return record?.id === id ? record : null;
  }
}
