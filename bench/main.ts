/** `npm run bench -- [--only NAME]... [--quick] [--json] [--write]` */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect, parseArgs } from 'node:util';
import { claimsBenchmark } from './benchmarks/claims.ts';
import { cliBenchmark } from './benchmarks/cli.ts';
import { contextWriteBenchmark } from './benchmarks/context-write.ts';
import { coreBenchmark } from './benchmarks/core.ts';
import { durableAcquireBenchmark } from './benchmarks/durable-acquire.ts';
import { enginesBenchmark } from './benchmarks/engines.ts';
import { gitHooksBenchmark } from './benchmarks/git-hooks.ts';
import { handOverBenchmark } from './benchmarks/hand-over.ts';
import { hookBenchmark } from './benchmarks/hook.ts';
import { hookToolBenchmark } from './benchmarks/hook-tool.ts';
import { initBenchmark } from './benchmarks/init.ts';
import { mcpBenchmark } from './benchmarks/mcp.ts';
import { memoryBenchmark } from './benchmarks/memory.ts';
import { openLogBenchmark } from './benchmarks/open-log.ts';
import { queriesBenchmark } from './benchmarks/queries.ts';
import { radarBenchmark } from './benchmarks/radar.ts';
import { syncBenchmark } from './benchmarks/sync.ts';
import { teamBenchmark } from './benchmarks/team.ts';
import { throughputBenchmark } from './benchmarks/throughput.ts';
import type { Benchmark } from './harness/benchmark.ts';
import { writeSections } from './harness/generated.ts';
import { describeMachine, type Machine } from './harness/machine.ts';
import { reportFile } from './harness/paths.ts';
import { jsonText, machineText, markdown, textTable, type Results, type Section } from './harness/report.ts';

const benchmarks: readonly Benchmark[] = [
  coreBenchmark,
  claimsBenchmark,
  memoryBenchmark,
  durableAcquireBenchmark,
  throughputBenchmark,
  handOverBenchmark,
  enginesBenchmark,
  cliBenchmark,
  hookBenchmark,
  hookToolBenchmark,
  gitHooksBenchmark,
  radarBenchmark,
  mcpBenchmark,
  openLogBenchmark,
  queriesBenchmark,
  initBenchmark,
  contextWriteBenchmark,
  syncBenchmark,
  teamBenchmark,
];

const usage = `npm run bench -- [--only NAME]... [--quick] [--json] [--write]

  --only NAME  one of: ${benchmarks.map(({ name }) => name).join(', ')}; may be repeated
  --quick      a tenth of the samples: to see that it works
  --json       one JSON value instead of tables
  --write      also writes the figures to docs/benchmarks.md, each as soon as it is known

One that fails is told, and keeps no other from being measured.
`;

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: benchmarks.map(({ name }) => name) },
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

// Not when nothing is left to do: a benchmark that failed may have left something open.
process.exit(await main());

async function main(): Promise<number> {
  const chosen = benchmarks.filter(({ name }) => options.only.includes(name));
  if (options.help) return say(usage, 0);
  if (chosen.length < new Set(options.only).size) return say(usage, 2);
  if (options.write && options.quick) return say('--write needs all samples: leave out --quick\n', 2);
  const results = await measure(chosen);
  if (options.json) say(`${jsonText(results)}\n`, 0);
  return results.sections.length < chosen.length ? 1 : 0;
}

async function measure(chosen: readonly Benchmark[]): Promise<Results> {
  const machine = await inFolder(describeMachine);
  tell(machineText(machine));
  const sections: Section[] = [];
  for (const benchmark of chosen) {
    const section = await measureOne(benchmark);
    if (section === null) continue;
    tell(textTable(section));
    sections.push(section);
    if (options.write) await write(section, machine);
  }
  return { machine, sections };
}

/** Null where it failed: all of them take long, and what the others have found out must not be lost. */
async function measureOne(benchmark: Benchmark): Promise<Section | null> {
  try {
    const figures = await inFolder((folder) => benchmark.run({ folder, quick: options.quick }));
    return { benchmark, figures };
  } catch (error) {
    process.stderr.write(`${benchmark.name} failed: ${inspect(error)}\n`);
    return null;
  }
}

function write(section: Section, machine: Machine): Promise<void> {
  const titles = benchmarks.map(({ title }) => title);
  const { title } = section.benchmark;
  return writeSections(reportFile, titles, new Map([[title, markdown(section, machine, today())]]));
}

/** Runs with an empty folder, which is removed afterwards. */
async function inFolder<T>(run: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'rhema-bench-'));
  try {
    return await run(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** For people who watch. */
function tell(text: string): void {
  if (!options.json) say(`${text}\n\n`, 0);
}

function say(text: string, exitCode: number): number {
  process.stdout.write(text);
  return exitCode;
}

function today(): string {
  return new Date().toISOString().slice(0, 10);
}
