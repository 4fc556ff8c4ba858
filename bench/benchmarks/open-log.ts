import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { samples, type Benchmark } from '../harness/benchmark.ts';
import { answerOf } from '../harness/children.ts';
import { atMost, figure } from '../harness/figures.ts';
import { packageVersion, processFile } from '../harness/paths.ts';
import { median } from '../harness/statistics.ts';

const entries = 1_000_000;
const opens = 11;

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
    await answerOf<null>(processFile('write-log'), unfinished, String(length));
    renameSync(unfinished, folder);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  return folder;
}
