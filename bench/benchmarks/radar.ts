import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { samples, type Bench, type Benchmark } from '../harness/benchmark.ts';
import { atMost, figure } from '../harness/figures.ts';
import { git, withoutAgent } from '../harness/git.ts';
import { cliFile } from '../harness/paths.ts';
import { median } from '../harness/statistics.ts';
import { timeMs } from '../harness/timing.ts';

const trees = 10;
const files = 10_000;
const folders = 100;
const changedEach = 20;
const runs = 5;

/** What it costs to ask what will clash, first and again. */
export const radarBenchmark: Benchmark = {
  name: 'radar',
  title: 'Ten working trees of a repository with 10,000 files: what will clash',
  method:
    'Real time of the whole command `rhema radar`: after a file was changed in each tree, so that all 45 pairs are merged; after nothing was changed; and beside it `git status` in each of the ten trees, one after another. In each tree 20 files are changed and not committed. Medians of five.',
  run: async (bench) => {
    const tops = prepared(bench);
    const [main = ''] = tops;
    const first: number[] = [];
    const again: number[] = [];
    const status: number[] = [];
    for (let run = 0; run < samples(bench, runs); run += 1) {
      for (const [at, top] of tops.entries()) appendFileSync(fileIn(top, at), `in run ${run} of ${at}\n`);
      first.push(await timeMs(() => radar(main)));
      again.push(await timeMs(() => radar(main)));
      status.push(await timeMs(() => tops.forEach((top) => git(top, ['status', '--porcelain']))));
    }
    return [
      figure('all pairs changed', median(first), 'ms', atMost(5_000)),
      figure('no pair changed', median(again), 'ms'),
      figure('git status in each tree', median(status), 'ms'),
      figure('all pairs changed, compared with git status', median(first) / median(status), 'x'),
    ];
  },
};

const fileIn = (top: string, index: number): string =>
  join(top, `f${index % folders}`, `${Math.floor(index / folders)}.ts`);

function prepared({ folder }: Bench): readonly string[] {
  const main = join(folder, 'main');
  mkdirSync(main);
  git(main, ['init', '-q', '-b', 'main']);
  for (let index = 0; index < folders; index += 1) mkdirSync(join(main, `f${index}`));
  for (let index = 0; index < files; index += 1)
    writeFileSync(fileIn(main, index), `export const n${index} = ${index};\n`.repeat(20));
  writeFileSync(join(main, 'rhema.yaml'), 'name: bench\nagent_coordination:\n  enabled: true\n');
  git(main, ['add', '.']);
  git(main, ['commit', '-q', '-m', 'all']);
  const linked = Array.from({ length: trees - 1 }, (_, at) => join(folder, `tree-${at}`));
  for (const tree of linked) git(main, ['worktree', 'add', '-q', '-b', `b${tree.split('-').at(-1)}`, tree]);
  for (const [at, top] of [main, ...linked].entries())
    for (let count = 0; count < changedEach; count += 1)
      appendFileSync(fileIn(top, at * 7 + count * 13), `changed in ${at}\n`);
  return [main, ...linked];
}

/** It ends with 3 where something will clash. */
function radar(folder: string): void {
  try {
    execFileSync(process.execPath, [cliFile, '-C', folder, 'radar'], {
      env: withoutAgent(),
      stdio: 'ignore',
    });
  } catch (error) {
    if ((error as { readonly status?: unknown }).status !== 3) throw error;
  }
}
