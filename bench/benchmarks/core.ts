import { pairsPerSecond } from '../core-bench.ts';
import { samples, type Benchmark } from '../harness/benchmark.ts';
import { atLeast, figure } from '../harness/figures.ts';
import { median } from '../harness/statistics.ts';
import { inTurn } from '../harness/timing.ts';

const rounds = 7;
const pairsPerRound = 100_000;

/** The machine alone: no log, no clock, no I/O. */
export const coreBenchmark: Benchmark = {
  name: 'core',
  title: 'The pure core',
  method:
    'Acquire and release of a free scope, one agent after another, each command with a request id, and once more without: keeping the last 10,000 answers for those who ask again is most of the cost. Median of rounds that take turns.',
  run: async (bench) => {
    const pairs = samples(bench, pairsPerRound);
    const { left: small, right: large } = await inTurn(
      samples(bench, rounds),
      () => pairsPerSecond(1_000, 1_000, pairs),
      () => pairsPerSecond(10_000, 10_000, pairs),
    );
    const { left: bare } = await inTurn(
      samples(bench, rounds),
      () => pairsPerSecond(1_000, 1_000, pairs, false),
      () => pairsPerSecond(10_000, 10_000, pairs, false),
    );
    return [
      figure('pairs, 1,000 agents and scopes', median(small), '/s', atLeast(300_000)),
      figure('pairs, 10,000 agents and scopes', median(large), '/s'),
      figure('pairs without request ids, 1,000 agents and scopes', median(bare), '/s'),
      figure('10,000 compared with 1,000', median(large) / median(small), 'x', atLeast(0.5)),
    ];
  },
};
