import type { Benchmark } from '../harness/benchmark.ts';
import { answerOf } from '../harness/children.ts';
import { atMost, figure } from '../harness/figures.ts';
import { processFile } from '../harness/paths.ts';
import type { MemoryAnswer } from '../processes/memory.ts';

const agents = 10_000;
const bytesPerMb = 1_000_000;

/** What a large repository costs the owner's process. */
export const memoryBenchmark: Benchmark = {
  name: 'memory',
  title: 'Memory',
  method:
    'A fresh process with service and SQLite log, 10,000 scopes, 10,000 agents, each holding a lock. Resident memory of the whole process, Node included, without asking for a garbage collection.',
  run: async ({ folder }) => {
    const answer = await answerOf<MemoryAnswer>(processFile('memory'), folder, String(agents));
    return [
      figure('resident, 10,000 agents and scopes', answer.residentBytes / bytesPerMb, 'MB', atMost(200)),
      figure('at its peak', answer.peakBytes / bytesPerMb, 'MB'),
    ];
  },
};
