/**
 * Replays simulated runs: `npm run sim -- --seed 42`, or `--seeds 1..1000`. `--steps` is the number of steps that the
 * agents of a run take together. Exit code 1 when a run is not as it must be.
 */
import { parseArgs } from 'node:util';
import { defaultSteps, simulate, type RunReport } from './simulate.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    seeds: { type: 'string', default: '1..200' },
    steps: { type: 'string', default: String(defaultSteps) },
  },
});
process.exitCode = await runAll(seedsOf(values.seed, values.seeds), Number(values.steps));

function seedsOf(seed: string | undefined, range: string): number[] {
  if (seed !== undefined) return [Number(seed)];
  const [from = NaN, to = from] = range.split('..').map(Number);
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

async function runAll(seeds: readonly number[], steps: number): Promise<number> {
  let failed = 0;
  for (const seed of seeds) {
    try {
      print(await simulate(seed, steps), seeds.length === 1);
    } catch (error) {
      failed += 1;
      process.stderr.write(`seed ${seed} FAILED: ${error instanceof Error ? error.stack : String(error)}\n`);
    }
  }
  process.stdout.write(`${seeds.length} seeds, ${failed} failed\n`);
  return failed === 0 ? 0 : 1;
}

function print({ profile, rejections, ...report }: RunReport, inFull: boolean): void {
  const facts = Object.entries(report).map(([name, value]) => `${name} ${value}`);
  process.stdout.write(`${facts.join(', ')}\n`);
  if (inFull)
    process.stdout.write(
      `${JSON.stringify({ profile, rejections: Object.fromEntries(rejections) }, null, 2)}\n`,
    );
}
