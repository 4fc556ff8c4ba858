import { join } from 'node:path';
import { samples, type Bench, type Benchmark } from '../harness/benchmark.ts';
import { atMost, figure } from '../harness/figures.ts';
import { HandOverAgent } from '../harness/hand-over-agent.ts';
import { makeRepository, withOwner } from '../harness/owned-repository.ts';
import { RawLog } from '../harness/raw-log.ts';
import { quantile } from '../harness/statistics.ts';
import { inTurn, type Pairs } from '../harness/timing.ts';

const handOvers = 500;

/** How long a free scope stays unused while somebody waits for it. */
export const handOverBenchmark: Benchmark = {
  name: 'hand-over',
  title: 'Hand-over between two processes',
  method:
    'Two processes take turns on one scope through the owner process. From just before the holder sends its release to just after the waiter’s call has returned, in turn with a raw append and fdatasync.',
  run: async (bench) => {
    const { left: raw, right: handOver } = await measure(bench);
    const rawMs = quantile(raw, 0.5);
    return [
      figure('raw append, p50', rawMs, 'ms'),
      figure('hand-over, p50', quantile(handOver, 0.5), 'ms', atMost(3 + 1.5 * rawMs)),
      figure('hand-over, p99', quantile(handOver, 0.99), 'ms'),
    ];
  },
};

function measure(bench: Bench): Promise<Pairs> {
  const repository = makeRepository(join(bench.folder, 'repository'), 2);
  return withOwner(repository, async () => {
    const raw = new RawLog(bench.folder);
    const started = ['alice', 'bob'].map((name) => HandOverAgent.start(repository, name));
    let [holder, waiter] = (await Promise.all(started)) as [HandOverAgent, HandOverAgent];
    await holder.acquire();
    const pairs = await inTurn(
      samples(bench, handOvers),
      () => raw.append(),
      async () => {
        const handOverMs = await handOver(holder, waiter);
        [holder, waiter] = [waiter, holder];
        return handOverMs;
      },
    );
    for (const agent of [holder, waiter]) agent.end();
    raw.close();
    return pairs;
  });
}

/** Milliseconds from the release to the return of the waiter's call. */
async function handOver(holder: HandOverAgent, waiter: HandOverAgent): Promise<number> {
  const granted = await waiter.queue();
  const releasedAtMs = await holder.release();
  return (await granted.atMs) - releasedAtMs;
}
