import { hash } from 'node:crypto';

/** SHA-256 of a text: short, of constant length, and never the same for two texts. */
export interface TextHash {
  readonly bytes: Buffer;
  /** The same in base64url: the key under which a state is known. */
  readonly key: string;
}

export function hashText(text: string): TextHash {
  const bytes = hash('sha256', text, 'buffer');
  return { bytes, key: bytes.toString('base64url') };
}

/**
 * A digest of a set of texts that does not depend on their order: the first 128 bits of their hashes, each half added up
 * modulo 2^64. It is made while the set is found, so that two sets can be compared without keeping either.
 */
export class SetDigest {
  #high = 0n;
  #low = 0n;

  /** Adds a member; the caller adds each once. */
  add(hashed: Buffer): void {
    this.#high = BigInt.asUintN(64, this.#high + hashed.readBigUInt64BE(0));
    this.#low = BigInt.asUintN(64, this.#low + hashed.readBigUInt64BE(8));
  }

  /** 32 hexadecimal digits. */
  toString(): string {
    return [this.#high, this.#low].map((half) => half.toString(16).padStart(16, '0')).join('');
  }
}
