import { samples, type Benchmark } from '../harness/benchmark.ts';
import { answerOf } from '../harness/children.ts';
import { atMost, figure } from '../harness/figures.ts';
import { longLog, longLogEntries } from '../harness/long-log.ts';
import { processFile } from '../harness/paths.ts';
import { quantile } from '../harness/statistics.ts';
import type { QueryTimes } from '../processes/query-log.ts';

const rounds = 1_000;

/** What agents and people ask all the time must not grow with the history. */
export const queriesBenchmark: Benchmark = {
  name: 'queries',
  title: 'Questions about a long log',
  method:
    'The log of the benchmark before, of 1,000,000 entries, opened once; then one question after another, in process, each about another of 512 scopes, or about one that is hardly in the log. `lock_check` asks why with the last three events, `why` with the last twenty.',
  run: async (bench) => {
    const length = samples(bench, longLogEntries);
    const folder = await longLog(length);
    const times = await answerOf<QueryTimes>(
      processFile('query-log'),
      folder,
      String(samples(bench, rounds)),
    );
    return Object.entries(times).flatMap(([question, ms]) => [
      figure(`${question}, p50`, quantile(ms, 0.5), 'ms'),
      figure(`${question}, p99`, quantile(ms, 0.99), 'ms', atMost(20)),
    ]);
  },
};
