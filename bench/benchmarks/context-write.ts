import { closeSync, fsyncSync, openSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { newRequestId } from '../../src/client/index.ts';
import type { ScopePath } from '../../src/core/index.ts';
import { Speaker, writeContext } from '../../src/participant/index.ts';
import { workingFiles } from '../../src/repository/git/index.ts';
import { systemTime } from '../../src/time/index.ts';
import { BenchAgent } from '../harness/agent.ts';
import { samples, type Benchmark } from '../harness/benchmark.ts';
import { figure } from '../harness/figures.ts';
import { makeRepository, withOwner } from '../harness/owned-repository.ts';
import { quantile } from '../harness/statistics.ts';
import { inTurn, timeMs, type Pairs } from '../harness/timing.ts';

const writes = 300;

/** What it costs that a context file is checked by the log, kept and put in place, beside the least that a safe write costs. */
export const contextWriteBenchmark: Benchmark = {
  name: 'context-write',
  title: 'A context file is written',
  method:
    'In turn, on the same disk: a bare write of 4 kB to a temporary file with fsync, rename and fsync of the folder; and the same text through the participant under a lock that is held, with the real owner process: recorded in the log, the former content kept as a Git blob, put in place.',
  run: async (bench) => {
    const repository = makeRepository(`${bench.folder}/repository`, 1);
    const [scope] = repository.scopes as [ScopePath];
    const { left, right } = await withOwner(repository, async (coordinator): Promise<Pairs> => {
      const agent = await BenchAgent.join(coordinator, 'alice');
      await agent.acquire(scope);
      const { worktree, commonDir } = repository;
      const files = workingFiles({ worktree, commonDir, gitDir: commonDir });
      const ports = {
        coordinator,
        files,
        speaker: new Speaker({ coordinator, time: systemTime, newRequestId }),
      };
      const path = `${scope}/knowledge.yaml` as ScopePath;
      let count = 0;
      const text = (): string => `${(count += 1)}\n${'x'.repeat(4_096)}\n`;
      return inTurn(
        samples(bench, writes),
        () => timeMs(() => writeBarely(bench.folder, text())),
        () =>
          timeMs(async () => {
            const change = { make: text, overForeign: false };
            const written = await writeContext(ports, agent.session, [agent.lockOf(scope)], path, change);
            if (written.kind !== 'written') throw new Error(JSON.stringify(written));
          }),
      );
    });
    const [bareMs, writtenMs] = [quantile(left, 0.5), quantile(right, 0.5)];
    return [
      figure('bare write, fsync and rename, p50', bareMs, 'ms'),
      figure('context write, p50', writtenMs, 'ms'),
      figure('context write, p99', quantile(right, 0.99), 'ms'),
      figure('compared, p50', writtenMs / bareMs, 'x'),
    ];
  },
};

function writeBarely(folder: string, text: string): void {
  const temporary = join(folder, 'bare.tmp');
  const file = openSync(temporary, 'w');
  writeSync(file, text);
  fsyncSync(file);
  closeSync(file);
  renameSync(temporary, join(folder, 'bare'));
  const opened = openSync(folder, 'r');
  fsyncSync(opened);
  closeSync(opened);
}
