/** `npm run experiment -- [--seeds N] [--jobs N] [--way WAY]...` */
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { cliFile } from '../harness/paths.ts';
import { runTrial, type Outcome } from './experiment.ts';
import { ways, type Way } from './ground.ts';
import { comparison, summed, verdict } from './table.ts';

const usage = `npm run experiment -- [--seeds N] [--jobs N] [--way WAY]...

  --seeds N  so many runs of each way, of the seeds 1 to N; 5 unless said
  --jobs N   so many jobs for the four agents together; 24 unless said
  --way WAY  one of: ${ways.join(', ')}; may be repeated
`;

const { values: options } = parseArgs({
  options: {
    seeds: { type: 'string', default: '5' },
    jobs: { type: 'string', default: '24' },
    way: { type: 'string', multiple: true, default: [...ways] },
    help: { type: 'boolean', default: false },
  },
});

process.exitCode = await main();

async function main(): Promise<number> {
  const [seeds, jobs] = [Number(options.seeds), Number(options.jobs)];
  const chosen = ways.filter((way) => options.way.includes(way));
  if (options.help) return say(usage, 0);
  const isUsable = isCount(seeds, 1) && isCount(jobs, 2) && chosen.length === new Set(options.way).size;
  if (!isUsable) return say(usage, 2);
  const outcomes = new Map<Way, Outcome>();
  for (const way of chosen) outcomes.set(way, await runAll(way, seeds, jobs));
  say(`${comparison(outcomes)}\n\n${machine()}\n`, 0);
  const trouble = verdict(outcomes);
  return trouble === null ? 0 : say(`${trouble}\n`, 1);
}

function isCount(value: number, least: number): boolean {
  return Number.isInteger(value) && value >= least;
}

async function runAll(way: Way, seeds: number, jobs: number): Promise<Outcome> {
  const outcomes: Outcome[] = [];
  for (let seed = 1; seed <= seeds; seed += 1) {
    tell(`${way}, seed ${seed} of ${seeds}: `);
    const outcome = await runOne(way, seed, jobs);
    tell(` ${outcome.lost} lost, ${outcome.overwritten} overwritten, ${outcome.seconds.toFixed(0)} s\n`);
    outcomes.push(outcome);
  }
  return summed(outcomes);
}

async function runOne(way: Way, seed: number, jobs: number): Promise<Outcome> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'rhema-experiment-')));
  try {
    return await runTrial({ way, seed, jobs, folder, cli: cliFile, onJobDone: () => tell('.') });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function machine(): string {
  const processors = cpus();
  const load = (loadavg()[0] ?? 0).toFixed(1);
  return `${processors.length} cores (${processors[0]?.model ?? process.arch}), load ${load}, Node ${process.version}`;
}

function tell(text: string): void {
  process.stderr.write(text);
}

function say(text: string, exitCode: number): number {
  process.stdout.write(text);
  return exitCode;
}
