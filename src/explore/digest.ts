import { hash } from 'node:crypto';

/**
 * The key under which a state is known: the SHA-256 of its text in base64url. Short, of constant length, and never the
 * same for two texts.
 */
export function keyOf(text: string): string {
  return hash('sha256', text, 'base64url');
}

/** The bytes of a state's key: a member of a {@link SetDigest}. */
export function bytesOfKey(key: string): string {
  return Buffer.from(key, 'base64url').toString('latin1');
}

/**
 * The SHA-256 of an edge between two states, given by their keys. Bytes are a string with one character for each: there
 * are millions of edges, and a string costs a quarter of what a buffer does.
 */
export function hashEdge(source: string, label: string, target: string): string {
  return hash('sha256', `${source} ${label} ${target}`, 'binary');
}

/** Four bytes as a number. */
function wordAt(bytes: string, index: number): number {
  let word = 0;
  for (let next = index; next < index + 4; next += 1) word = (word << 8) | bytes.charCodeAt(next);
  return word >>> 0;
}

/** A sum modulo 2^64, in two halves because bigints are slow. */
class Sum64 {
  #high = 0;
  #low = 0;

  add(high: number, low: number): void {
    const sum = this.#low + low;
    const carry = sum < 2 ** 32 ? 0 : 1;
    this.#low = sum >>> 0;
    this.#high = (this.#high + high + carry) >>> 0;
  }

  /** 16 hexadecimal digits. */
  toString(): string {
    return [this.#high, this.#low].map((half) => half.toString(16).padStart(8, '0')).join('');
  }
}

/**
 * A digest of a set of texts that does not depend on their order: the first 128 bits of their hashes, each half added up
 * modulo 2^64. It is made while the set is found, so that two sets can be compared without keeping either.
 */
export class SetDigest {
  readonly #left = new Sum64();
  readonly #right = new Sum64();

  /** Adds a member by the bytes of its hash; the caller adds each once. */
  add(bytes: string): void {
    this.#left.add(wordAt(bytes, 0), wordAt(bytes, 4));
    this.#right.add(wordAt(bytes, 8), wordAt(bytes, 12));
  }

  /** 32 hexadecimal digits. */
  toString(): string {
    return `${this.#left.toString()}${this.#right.toString()}`;
  }
}

const printModulus = 2 ** 48;

/** A shorter digest of the edges that leave one state: enough to tell whether another state has the same. */
export class EdgePrint {
  #sum = 0;

  /** Adds the bytes of an edge's hash; the caller adds each once, in any order. */
  add(bytes: string): void {
    this.#sum = (this.#sum + wordAt(bytes, 0) * 2 ** 16 + (wordAt(bytes, 4) >>> 16)) % printModulus;
  }

  get value(): number {
    return this.#sum;
  }
}
