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

/** The hash of an edge between two states, given by their keys. */
export function hashEdge(source: string, label: string, target: string): Buffer {
  return hash('sha256', `${source} ${label} ${target}`, 'buffer');
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

const printModulus = 2 ** 48;

/** A shorter digest of the edges that leave one state: enough to tell whether another state has the same. */
export class EdgePrint {
  #sum = 0;

  /** Adds the hash of an edge; the caller adds each once, in any order. */
  add(hashed: Buffer): void {
    this.#sum = (this.#sum + hashed.readUIntBE(0, 6)) % printModulus;
  }

  get value(): number {
    return this.#sum;
  }
}
