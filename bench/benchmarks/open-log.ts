import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { samples, type Benchmark } from '../harness/benchmark.ts';
import { answerOf } from '../harness/children.ts';
import { joinCallers, lockCycles } from '../harness/cycles.ts';
import { atMost, figure } from '../harness/figures.ts';
import { defineScopes, openLocalLog } from '../harness/local-log.ts';
import { packageVersion, processFile } from '../harness/paths.ts';
import { median } from '../harness/statistics.ts';

const entries = 1_000_000;
/** Entries after the last snapshot, when the owner is killed just before it would have kept another. */
const replayedAtLeast = 9_000;
const opens = 11;
/** As many as one batch takes: the log is written as fast as it can be. */
const writers = 512;
const sliceMs = 20;

/** How long the first caller waits for an owner to come up on a long history. */
export const openLogBenchmark: Benchmark = {
  name: 'open-log',
  title: 'Opening a long log',
  method:
    'A log of 1,000,000 entries written by the service itself, whose owner was killed 9,000 entries or more after its last snapshot; opened in fresh processes, from the SQLite file to the service that takes commands, without the start of Node. Median.',
  run: async (bench) => {
    const length = samples(bench, entries);
    const folder = await longLog(length);
    const opensMs: number[] = [];
    for (let open = 0; open < opens; open += 1)
      opensMs.push(await answerOf<number>(processFile('open-log'), folder));
    return [figure(`open, ${length.toLocaleString('en')} entries`, median(opensMs), 'ms', atMost(1_000))];
  },
};

/** Made once and kept in the system's temporary folder: writing it takes a minute. */
async function longLog(length: number): Promise<string> {
  const folder = join(tmpdir(), `rhema-bench-log-${packageVersion()}-${length}`);
  if (existsSync(folder)) return folder;
  const unfinished = `${folder}.${process.pid}`;
  mkdirSync(unfinished);
  try {
    await writeLog(unfinished, length);
    renameSync(unfinished, folder);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  return folder;
}

async function writeLog(folder: string, length: number): Promise<void> {
  const { service, store } = await openLocalLog(folder);
  const callers = await joinCallers(service, await defineScopes(service, writers));
  for (;;) {
    await lockCycles(callers, sliceMs);
    const { last } = await store.bounds();
    const snapshot = await store.loadSnapshot();
    if (last >= length && last - (snapshot?.revision ?? 0) >= replayedAtLeast) break;
  }
  // Without stopping the service, which would keep a snapshot.
  await store.close();
}
