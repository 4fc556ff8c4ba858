import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ScopePath, SyncStatus } from '../../src/core/index.ts';
import { ownDigests, planSync } from '../../src/sync/index.ts';
import { samples, type Benchmark } from '../harness/benchmark.ts';
import { atMost, figure } from '../harness/figures.ts';
import { cliFile } from '../harness/paths.ts';
import { median } from '../harness/statistics.ts';
import { timeMs } from '../harness/timing.ts';

const planned = 5_000;
const synced = 2_000;
const runs = 5;

/** What a sync costs besides what scopes run. */
export const syncBenchmark: Benchmark = {
  name: 'sync',
  title: 'Syncs of many scopes',
  method:
    'Planning: digests of 10,000 files in 5,000 scopes, each of which depends on two others, and the plan, in this process; median of 5. Whole: `rhema sync run` over 2,000 scopes without commands that were never synced, with a running owner; unchanged: the same once more, median of 5; one changed: after one file was changed, of the scope that all others depend on, or of one that none depends on. Time on the wall, with the start of Node.',
  run: async (bench) => {
    const planMs: number[] = [];
    for (let run = 0; run < runs; run += 1) planMs.push(await timeMs(() => plan(samples(bench, planned))));
    const folder = `${bench.folder}/repository`;
    makeScopes(folder, samples(bench, synced));
    const rhema = (...words: string[]): void =>
      void execFileSync(process.execPath, [cliFile, '-C', folder, ...words], { stdio: 'ignore' });
    rhema('status');
    try {
      const wholeMs = await timeMs(() => rhema('sync', 'run'));
      const unchangedMs: number[] = [];
      for (let run = 0; run < runs; run += 1) unchangedMs.push(await timeMs(() => rhema('sync', 'run')));
      const changedMs = (part: number): Promise<number> => {
        appendFileSync(join(folder, `part/${part}/file`), 'x');
        return timeMs(() => rhema('sync', 'run'));
      };
      const lowestMs = await changedMs(1);
      const topmostMs = await changedMs(samples(bench, synced));
      return [
        figure('plan of 5,000 scopes', median(planMs), 'ms'),
        figure('2,000 scopes, whole', wholeMs, 'ms', atMost(10_000)),
        figure('2,000 scopes, unchanged', median(unchangedMs), 'ms', atMost(1_000)),
        figure('2,000 scopes, one changed that all depend on', lowestMs, 'ms'),
        figure('2,000 scopes, one changed that none depends on', topmostMs, 'ms'),
      ];
    } finally {
      rhema('daemon', 'stop');
    }
  },
};

function plan(count: number): void {
  const path = (at: number): ScopePath => `part/${at}` as ScopePath;
  const scopes = Array.from({ length: count }, (_, at) => ({
    path: path(at),
    dependencies:
      at < 2 ? [] : [path(at >> 1), path(at >> 2)].filter((one, place, all) => all.indexOf(one) === place),
    syncStatus: 'idle' as SyncStatus,
    digest: null,
  }));
  const content = new Map(
    scopes.flatMap(({ path: folder }) => [
      [`${folder}/a`, `100644 ${folder}`] as const,
      [`${folder}/b`, `100644 ${folder}`] as const,
    ]),
  );
  const own = ownDigests(
    scopes.map((scope) => scope.path),
    content,
  );
  const { digests } = planSync({ scopes, own, commands: new Map() }, []);
  if (digests.size !== count) throw new Error(`${digests.size} of ${count} scopes were planned`);
}

function makeScopes(folder: string, count: number): void {
  execFileSync('git', ['init', '--quiet', folder]);
  const lines = ['name: top', 'agent_coordination:', '  scopes:'];
  for (let at = 1; at <= count; at += 1) {
    mkdirSync(join(folder, `part/${at}`), { recursive: true });
    writeFileSync(join(folder, `part/${at}/file`), `${at}\n`);
    lines.push(`    part/${at}:${at === 1 ? '' : ` { dependencies: [/part/${at >> 1}] }`}`);
  }
  writeFileSync(join(folder, 'rhema.yaml'), `${lines.join('\n')}\n`);
  execFileSync('git', ['add', '--all'], { cwd: folder });
}
