import { randomBytes, randomUUID } from 'node:crypto';

/** A request id that nobody else uses. */
export function newRequestId(): string {
  return randomUUID();
}

/** The secret an agent joins with: whoever knows it may act in the agent's name. 32 random bytes, hex. */
export function newSecret(): string {
  return randomBytes(32).toString('hex');
}
