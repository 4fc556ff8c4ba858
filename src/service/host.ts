import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';

/** Which monotonic clock this process reads. */
export interface HostIdentity {
  readonly hostId: string;
  /** Changes whenever the machine's monotonic clock starts anew. */
  readonly bootId: string;
}

const bootIdFile = '/proc/sys/kernel/random/boot_id';
const machineIdFile = '/etc/machine-id';

/**
 * This host and boot. Where the system does not tell its boot, the answer is a new one each time: then no process can
 * know that it shares a clock with the last, and leases are re-armed on taking over rather than ended too early.
 */
export async function readHostIdentity(): Promise<HostIdentity> {
  const [machineId, bootId] = await Promise.all([readLine(machineIdFile), readLine(bootIdFile)]);
  return {
    hostId: machineId === null ? hostname() : `${hostname()}/${machineId}`,
    bootId: bootId ?? `unknown/${randomUUID()}`,
  };
}

/** Null when the file is absent, unreadable or empty: then this system does not tell. */
async function readLine(path: string): Promise<string | null> {
  try {
    const line = (await readFile(path, 'utf8')).trim();
    return line === '' ? null : line;
  } catch {
    return null;
  }
}
