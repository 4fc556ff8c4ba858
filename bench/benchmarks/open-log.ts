import { samples, type Benchmark } from '../harness/benchmark.ts';
import { answerOf } from '../harness/children.ts';
import { atMost, figure } from '../harness/figures.ts';
import { longLog, longLogEntries } from '../harness/long-log.ts';
import { processFile } from '../harness/paths.ts';
import { median } from '../harness/statistics.ts';

const opens = 11;

/** How long the first caller waits for an owner to come up on a long history. */
export const openLogBenchmark: Benchmark = {
  name: 'open-log',
  title: 'Opening a long log',
  method:
    'A log of 1,000,000 entries written by the service itself, whose owner was killed 9,000 entries or more after its last snapshot; opened in fresh processes, from the SQLite file to the service that takes commands, without the start of Node. Median.',
  run: async (bench) => {
    const length = samples(bench, longLogEntries);
    const folder = await longLog(length);
    const opensMs: number[] = [];
    for (let open = 0; open < opens; open += 1)
      opensMs.push(await answerOf<number>(processFile('open-log'), folder));
    return [figure(`open, ${length.toLocaleString('en')} entries`, median(opensMs), 'ms', atMost(1_000))];
  },
};
