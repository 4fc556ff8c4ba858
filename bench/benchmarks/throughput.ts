import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { lock } from 'proper-lockfile';
import { samples, type Bench, type Benchmark } from '../harness/benchmark.ts';
import { callersAtOnce, joinCallers, lockCycles, perSecond } from '../harness/cycles.ts';
import { atLeast, figure, type Figure } from '../harness/figures.ts';
import { defineScopes, openLocalLog } from '../harness/local-log.ts';
import { makeRepository, withOwner } from '../harness/owned-repository.ts';
import { RawLog } from '../harness/raw-log.ts';
import { median } from '../harness/statistics.ts';
import { inTurn } from '../harness/timing.ts';

const rounds = 10;
const sliceMs = 500;

/** How many durable lock cycles many callers get out of one disk. */
export const throughputBenchmark: Benchmark = {
  name: 'throughput',
  title: `Durable acquire and release, ${callersAtOnce} callers at once`,
  method: `Each caller takes and gives back a scope of its own, over and over. Slices of half a second in turn with a raw append and fdatasync loop, and, over the socket, where all callers share one connection, with proper-lockfile (${callersAtOnce} files, one process, not durable). Medians of the slices.`,
  run: async (bench) => [...(await inProcess(bench)), ...(await throughClient(bench))],
};

async function inProcess(bench: Bench): Promise<Figure[]> {
  const log = await openLocalLog(bench.folder);
  const raw = new RawLog(bench.folder);
  try {
    const callers = await joinCallers(log.service, await defineScopes(log.service, callersAtOnce));
    const { left, right } = await inTurn(
      samples(bench, rounds),
      () => raw.ratePerSecond(sliceMs),
      () => lockCycles(callers, sliceMs),
    );
    return describe('in process', median(right), median(left), 8);
  } finally {
    raw.close();
    await log.close();
  }
}

async function throughClient(bench: Bench): Promise<Figure[]> {
  const repository = makeRepository(join(bench.folder, 'repository'), callersAtOnce);
  const files = lockFiles(join(bench.folder, 'files'));
  const raw = new RawLog(bench.folder);
  return withOwner(repository, async (coordinator) => {
    const callers = await joinCallers(coordinator, repository.scopes);
    const lockfileRates: number[] = [];
    const { left, right } = await inTurn(
      samples(bench, rounds),
      async () => {
        lockfileRates.push(await lockfileCycles(files, sliceMs));
        return raw.ratePerSecond(sliceMs);
      },
      () => lockCycles(callers, sliceMs),
    );
    const [cycles, lockfile] = [median(right), median(lockfileRates)];
    return [
      ...describe('over the socket', cycles, median(left), 2.5),
      figure('proper-lockfile cycles, not durable', lockfile, '/s'),
      figure('over the socket compared with proper-lockfile', cycles / lockfile, 'x', atLeast(2)),
    ];
  }).finally(() => raw.close());
}

function describe(where: string, cycles: number, raw: number, timesRaw: number): Figure[] {
  return [
    figure(`raw appends, beside ${where}`, raw, '/s'),
    figure(`cycles ${where}`, cycles, '/s'),
    figure(`cycles ${where} compared with raw appends`, cycles / raw, 'x', atLeast(timesRaw)),
  ];
}

function lockFiles(folder: string): string[] {
  mkdirSync(folder);
  return Array.from({ length: callersAtOnce }, (_, index) => join(folder, `file-${index}`));
}

function lockfileCycles(files: readonly string[], forMs: number): Promise<number> {
  return perSecond(forMs, files, async (file) => {
    const release = await lock(file, { realpath: false });
    await release();
  });
}
