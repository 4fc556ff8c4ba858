import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { goModule, layeredFolders, npmWorkspace, type Shape } from '../../test/init/shapes.ts';
import { samples, type Bench, type Benchmark } from '../harness/benchmark.ts';
import { answerOf } from '../harness/children.ts';
import { atMost, figure, type Figure } from '../harness/figures.ts';
import { processFile } from '../harness/paths.ts';
import { median } from '../harness/statistics.ts';

const parts = 5_000;
const runs = 5;

/** What the first command in a large repository costs, and every reading of its scopes afterwards. */
export const initBenchmark: Benchmark = {
  name: 'init',
  title: 'Scopes of a large repository',
  method:
    'Repositories of 5,000 parts: an npm workspace (15,000 files) and a Go module. Planning what `rhema init` would write, reading the scopes that it wrote (discovery), and comparing them with the code (`rhema scope refresh --check`), each in a fresh process, without the start of Node. Median.',
  run: async (bench) => {
    const folders = layeredFolders(samples(bench, parts));
    return [
      ...(await measure(bench, 'npm', npmWorkspace(folders))),
      ...(await measure(bench, 'Go', goModule(folders))),
    ];
  },
};

async function measure(bench: Bench, name: string, shape: Shape): Promise<Figure[]> {
  const folder = join(bench.folder, name);
  writeRepository(folder, shape);
  const planMs = await medianOf('plan', folder);
  await answerOf<number>(processFile('derive-scopes'), 'write', folder);
  return [
    figure(`init, ${name}`, planMs, 'ms', atMost(2_000)),
    figure(`discovery, ${name}`, await medianOf('discover', folder), 'ms', atMost(2_000)),
    figure(`refresh, ${name}`, await medianOf('refresh', folder), 'ms'),
  ];
}

async function medianOf(step: string, folder: string): Promise<number> {
  const timesMs: number[] = [];
  for (let run = 0; run < runs; run += 1)
    timesMs.push(await answerOf<number>(processFile('derive-scopes'), step, folder));
  return median(timesMs);
}

function writeRepository(folder: string, shape: Shape): void {
  execFileSync('git', ['init', '--quiet', folder]);
  for (const [file, text] of shape) {
    const path = join(folder, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  execFileSync('git', ['add', '--all'], { cwd: folder });
}
