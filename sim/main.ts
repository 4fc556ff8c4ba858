/**
 * Replays simulated runs: `npm run sim -- --seed 42`, or `--seeds 1..1000`. `--steps` is the number of steps that the
 * agents of a run take together; `--trial` names another kind of run. Exit code 1 when a run is not as it must be.
 */
import { parseArgs } from 'node:util';
import { defaultSteps, simulate, type RunReport } from './simulate.ts';
import { isTrialName, trials } from './trials.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    seeds: { type: 'string', default: '1..200' },
    steps: { type: 'string', default: String(defaultSteps) },
    trial: { type: 'string', default: 'everything' },
  },
});
process.exitCode = await runAll(seedsOf(values.seed, values.seeds), runOf(values.trial));

/** What a seed is run with, and what is said of it. */
function runOf(trial: string): (seed: number, inFull: boolean) => Promise<string> {
  if (!isTrialName(trial))
    throw new Error(`there is no trial ${trial}; there are: ${Object.keys(trials).join(', ')}`);
  if (trial === 'everything')
    return async (seed, inFull) => describe(await simulate(seed, Number(values.steps)), inFull);
  return async (seed) => {
    await trials[trial](seed);
    return `seed ${seed}, ${trial}: as it must be`;
  };
}

function seedsOf(seed: string | undefined, range: string): number[] {
  if (seed !== undefined) return [Number(seed)];
  const [from = NaN, to = from] = range.split('..').map(Number);
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

async function runAll(seeds: readonly number[], run: ReturnType<typeof runOf>): Promise<number> {
  let failed = 0;
  for (const seed of seeds) {
    try {
      process.stdout.write(`${await run(seed, seeds.length === 1)}\n`);
    } catch (error) {
      failed += 1;
      process.stderr.write(`seed ${seed} FAILED: ${error instanceof Error ? error.stack : String(error)}\n`);
    }
  }
  process.stdout.write(`${seeds.length} seeds, ${failed} failed\n`);
  return failed === 0 ? 0 : 1;
}

function describe({ profile, rejections, ...report }: RunReport, inFull: boolean): string {
  const facts = Object.entries(report)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
  if (!inFull) return facts;
  return `${facts}\n${JSON.stringify({ profile, rejections: Object.fromEntries(rejections) }, null, 2)}`;
}
