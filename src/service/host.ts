import { randomUUID } from 'node:crypto';
import { readFile, readlink } from 'node:fs/promises';
import { hostname } from 'node:os';

/** Which monotonic clock this process reads. */
export interface HostIdentity {
  readonly hostId: string;
  /** Names the clock: two processes with the same one read the same time, whatever their hosts are called. */
  readonly bootId: string;
}

/** This process's own. */
export interface OwnHost extends HostIdentity {
  /**
   * How far the clock that this process reads is ahead of the boot's own, in milliseconds: the offset of its time
   * namespace, as a container may have one. Taken off by the clock, so that all of one boot read the same.
   */
  readonly clockAheadMs: number;
}

/** Where the system tells all this; other files in tests. */
export interface HostFiles {
  readonly bootId: string;
  readonly machineId: string;
  readonly timeNamespace: string;
  readonly timeNamespaceOfChildren: string;
  readonly timeOffsets: string;
}

const systemFiles: HostFiles = {
  bootId: '/proc/sys/kernel/random/boot_id',
  machineId: '/etc/machine-id',
  timeNamespace: '/proc/self/ns/time',
  timeNamespaceOfChildren: '/proc/self/ns/time_for_children',
  timeOffsets: '/proc/self/timens_offsets',
};

/**
 * This host and the clock of its boot. Where the system does not tell its boot, the answer is a new one each time: then no
 * process can know that it shares a clock with the last, and leases are re-armed on taking over rather than ended too
 * early.
 */
export async function readHostIdentity(files: HostFiles = systemFiles): Promise<OwnHost> {
  const [machineId, bootId, namespace] = await Promise.all([
    readLine(files.machineId),
    readLine(files.bootId),
    readTimeNamespace(files),
  ]);
  const clock = bootId ?? `unknown/${randomUUID()}`;
  return {
    hostId: machineId === null ? hostname() : `${hostname()}/${machineId}`,
    bootId: namespace.name === null ? clock : `${clock}/${namespace.name}`,
    clockAheadMs: namespace.aheadMs,
  };
}

interface TimeNamespace {
  /** Null when its clock is known to be the boot's own plus `aheadMs`, or when the system has no such thing. */
  readonly name: string | null;
  readonly aheadMs: number;
}

/** The file of offsets tells of the namespace that children get, which is this process's own unless they differ. */
async function readTimeNamespace(files: HostFiles): Promise<TimeNamespace> {
  const [own, ofChildren, offsets] = await Promise.all([
    readLink(files.timeNamespace),
    readLink(files.timeNamespaceOfChildren),
    readText(files.timeOffsets),
  ]);
  if (own === null) return { name: null, aheadMs: 0 };
  const aheadMs = own === ofChildren ? monotonicOffsetMs(offsets) : null;
  return aheadMs === null ? { name: own, aheadMs: 0 } : { name: null, aheadMs };
}

/** `monotonic  3600  0`: seconds and nanoseconds. Null when the text does not say. */
function monotonicOffsetMs(offsets: string | null): number | null {
  const [, seconds, nanoseconds] = /^monotonic\s+(-?\d+)\s+(\d+)$/m.exec(offsets ?? '') ?? [];
  return seconds === undefined ? null : Number(seconds) * 1_000 + Number(nanoseconds) / 1_000_000;
}

/** Null when the file is absent, unreadable or empty: then this system does not tell. */
async function readLine(path: string): Promise<string | null> {
  const line = (await readText(path))?.trim();
  return line === undefined || line === '' ? null : line;
}

async function readText(path: string): Promise<string | null> {
  return readFile(path, 'utf8').catch(() => null);
}

async function readLink(path: string): Promise<string | null> {
  return readlink(path).catch(() => null);
}
