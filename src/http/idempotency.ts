import { createHash } from 'node:crypto';
import type { Context } from 'hono';
import { invalidInput } from '../protocol/index.ts';
import type { HttpEnv, HttpPorts } from './ports.ts';

/** A header has no other letters that everybody reads alike. */
const wellFormed = /^[\x20-\x7e]{1,128}$/;

/** What a caller calls its request; made where it says nothing. Throws `INVALID_INPUT`. */
export function idempotencyKey(
  c: Context<HttpEnv>,
  { newRequestId }: Pick<HttpPorts, 'newRequestId'>,
): string {
  const key = c.req.header('idempotency-key');
  if (key === undefined) return newRequestId();
  if (wellFormed.test(key)) return key;
  throw invalidInput('Idempotency-Key', '1 to 128 letters expected, all of them printable ASCII');
}

/** The id of the request in the log: two callers that hit upon the same key ask for two things. */
export function requestIdOf(principal: string, key: string): string {
  // The name of a token has no colon.
  return `http-${createHash('sha256').update(`${principal}:${key}`).digest('hex')}`;
}
