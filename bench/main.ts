/** `npm run bench -- [--only NAME]... [--quick] [--json] [--write]` */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { cliBenchmark } from './benchmarks/cli.ts';
import { coreBenchmark } from './benchmarks/core.ts';
import { durableAcquireBenchmark } from './benchmarks/durable-acquire.ts';
import { handOverBenchmark } from './benchmarks/hand-over.ts';
import { memoryBenchmark } from './benchmarks/memory.ts';
import { openLogBenchmark } from './benchmarks/open-log.ts';
import { throughputBenchmark } from './benchmarks/throughput.ts';
import type { Benchmark } from './harness/benchmark.ts';
import { describeMachine } from './harness/machine.ts';
import { reportFile } from './harness/paths.ts';
import { machineLines, markdown, textTable, type Results, type Section } from './harness/report.ts';
import { replaceGenerated } from './harness/generated.ts';

const benchmarks: readonly Benchmark[] = [
  coreBenchmark,
  memoryBenchmark,
  durableAcquireBenchmark,
  throughputBenchmark,
  handOverBenchmark,
  cliBenchmark,
  openLogBenchmark,
];

const usage = `npm run bench -- [--only NAME]... [--quick] [--json] [--write]

  --only NAME  one of: ${benchmarks.map(({ name }) => name).join(', ')}; may be repeated
  --quick      a tenth of the samples: to see that it works
  --json       one JSON value instead of tables
  --write      also writes the figures to docs/benchmarks.md
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

process.exitCode = await main();

async function main(): Promise<number> {
  const chosen = benchmarks.filter(({ name }) => options.only.includes(name));
  const complete = chosen.length === benchmarks.length && !options.quick;
  if (options.help || chosen.length < new Set(options.only).size || (options.write && !complete)) {
    print(options.write && !complete ? `--write needs all benchmarks in full\n\n${usage}` : usage);
    return options.help ? 0 : 2;
  }
  const results = await measure(chosen);
  if (options.json) print(`${JSON.stringify(results)}\n`);
  if (options.write)
    await replaceGenerated(reportFile, markdown(results, new Date().toISOString().slice(0, 10)));
  return 0;
}

async function measure(chosen: readonly Benchmark[]): Promise<Results> {
  const machine = await inFolder(describeMachine);
  tell(
    `${machineLines(machine)
      .map((line) => line.join(': '))
      .join('\n')}\n`,
  );
  const sections: Section[] = [];
  for (const { run, ...benchmark } of chosen) {
    const figures = await inFolder((folder) => run({ folder, quick: options.quick }));
    const section = { benchmark, figures };
    tell(`\n${textTable(section)}\n`);
    sections.push(section);
  }
  return { machine, sections };
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
  if (!options.json) print(text);
}

function print(text: string): void {
  process.stdout.write(text);
}
