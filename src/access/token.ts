import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { crc32 } from 'node:zlib';

/**
 * The text of a token: `rhema_` so that scanners for secrets find it, 6 random bytes by which its record is found, 32 random
 * bytes that are the secret, and a checksum, so that a text that only looks like one is told without asking anybody.
 * All in hex.
 */
const form = /^rhema_([0-9a-f]{12})_([0-9a-f]{64})([0-9a-f]{8})$/;

export interface ReadToken {
  readonly id: string;
  readonly text: string;
}

/** A token that nobody else has. */
export function newToken(): ReadToken {
  const id = randomBytes(6).toString('hex');
  const body = `rhema_${id}_${randomBytes(32).toString('hex')}`;
  return { id, text: body + checksum(body) };
}

/** The token that a text is, or null: it cannot be one that was ever handed out. */
export function readToken(text: string): ReadToken | null {
  const found = form.exec(text);
  if (found === null || checksum(text.slice(0, -8)) !== found[3]) return null;
  return { id: found[1] ?? '', text };
}

/** What is kept of a token. It has 256 random bits: nobody finds it by trying, and a slow hash would only slow each call. */
export function digestOf(token: ReadToken): string {
  return createHash('sha256').update(token.text).digest('hex');
}

/** Whether a token is the one that a digest was made of, in the same time whichever it is. */
export function isOfDigest(token: ReadToken, digest: string): boolean {
  return timingSafeEqual(Buffer.from(digestOf(token)), Buffer.from(digest.padEnd(64).slice(0, 64)));
}

const checksum = (text: string): string => crc32(text).toString(16).padStart(8, '0');
