import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** A request id that nobody else uses. */
export const newRequestId = requestIds(kernelUuid);

/**
 * The first one of a process is of the kernel, where it makes them: `node:crypto` takes a tenth of Node's own start to load.
 * Whoever asks again stays for longer, and loads it: that costs once what the kernel costs for each some hundred times.
 */
export function requestIds(ofKernel: () => string | null): () => string {
  let isFirst = true;
  return () => {
    const id = isFirst ? ofKernel() : null;
    isFirst = false;
    return id ?? randomUUID();
  };
}

function kernelUuid(): string | null {
  try {
    const text = readFileSync('/proc/sys/kernel/random/uuid', 'latin1').trim();
    return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text) ? text : null;
  } catch {
    return null;
  }
}

/** The secret an agent joins with: whoever knows it may act in the agent's name. 32 random bytes, hex. */
export function newSecret(): string {
  return randomBytes(32).toString('hex');
}
