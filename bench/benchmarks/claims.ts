import { claimPairsPerSecond, nobody } from '../claims-bench.ts';
import { samples, type Benchmark } from '../harness/benchmark.ts';
import { atLeast, figure } from '../harness/figures.ts';
import { median } from '../harness/statistics.ts';
import { inTurn } from '../harness/timing.ts';

const rounds = 7;
const pairsPerRound = 20_000;
const crowd = { holders: 50, filesEach: 20, waiters: 500 };

/** What a crowd in a scope costs an agent that has other work there. */
export const claimsBenchmark: Benchmark = {
  name: 'claims',
  title: 'Files of a crowded scope',
  method:
    'The pure core: acquire and release of a free file of a scope in which 50 agents hold 1,000 files and 500 wait for some of those, and of one in which nobody else is. Median of rounds that take turns.',
  run: async (bench) => {
    const pairs = samples(bench, pairsPerRound);
    const { left: crowded, right: empty } = await inTurn(
      samples(bench, rounds),
      () => claimPairsPerSecond(crowd, pairs),
      () => claimPairsPerSecond(nobody, pairs),
    );
    return [
      figure('pairs in the crowded scope', median(crowded), '/s'),
      figure('pairs in the empty scope', median(empty), '/s'),
      figure('crowded compared with empty', median(crowded) / median(empty), 'x', atLeast(0.8)),
    ];
  },
};
