import { randomBytes } from 'node:crypto';

/** A request id that nobody else uses. */
export function newRequestId(): string {
  return randomBytes(16).toString('base64url');
}

/** The secret an agent joins with: whoever knows it may act in the agent's name. 32 random bytes, hex. */
export function newSecret(): string {
  return randomBytes(32).toString('hex');
}
