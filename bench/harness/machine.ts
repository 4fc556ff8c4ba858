import { arch, cpus, loadavg, release, type } from 'node:os';
import { openLocalLog } from './local-log.ts';
import { RawLog } from './raw-log.ts';
import { quantile } from './statistics.ts';

/** Where the figures come from. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  /** Processes that wanted a processor in the minute before, on average: above `cores` it was busy with other work. */
  readonly load: number;
  readonly system: string;
  readonly node: string;
  readonly sqlite: string;
  /** A record of 400 bytes appended to a growing file, and fdatasync. */
  readonly disk: { readonly p50Ms: number; readonly p99Ms: number };
}

const diskSamples = 500;

export async function describeMachine(folder: string): Promise<Machine> {
  const processors = cpus();
  const log = await openLocalLog(folder);
  await log.close();
  return {
    cpu: processors[0]?.model ?? arch(),
    cores: processors.length,
    load: loadavg()[0] ?? 0,
    system: `${type()} ${release()}`,
    node: process.version,
    sqlite: log.store.engine,
    disk: probeDisk(folder),
  };
}

function probeDisk(folder: string): Machine['disk'] {
  const raw = new RawLog(folder);
  const appendsMs = Array.from({ length: diskSamples }, () => raw.append());
  raw.close();
  return { p50Ms: quantile(appendsMs, 0.5), p99Ms: quantile(appendsMs, 0.99) };
}
