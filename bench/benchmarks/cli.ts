import { statePaths, writeSession, type SocketCoordinator } from '../../src/client/index.ts';
import type { ScopePath } from '../../src/core/index.ts';
import { BenchAgent } from '../harness/agent.ts';
import type { Benchmark } from '../harness/benchmark.ts';
import { processorMs } from '../harness/children.ts';
import { atMost, figure } from '../harness/figures.ts';
import { makeRepository, withOwner, type OwnedRepository } from '../harness/owned-repository.ts';
import { cliFile } from '../harness/paths.ts';
import { median } from '../harness/statistics.ts';
import { inTurn, type Pairs } from '../harness/timing.ts';

const runs = 20;

/** What every call from a shell costs. */
export const cliBenchmark: Benchmark = {
  name: 'cli',
  title: 'One call of the command line',
  method:
    'User and system time of the whole process `rhema lock acquire SCOPE --agent NAME --json`, with an owner that runs, in turn with `node -e 0`. Median of 20, compared by the quickest of each; the release between is not counted.',
  run: async ({ folder }) => {
    const repository = makeRepository(`${folder}/repository`, 1);
    const { left, right } = await withOwner(repository, (coordinator) => measure(repository, coordinator));
    const [nodeMs, acquireMs] = [median(left), median(right)];
    return [
      figure('node -e 0', nodeMs, 'ms'),
      figure('rhema lock acquire', acquireMs, 'ms'),
      figure('compared', Math.min(...right) / Math.min(...left), 'x', atMost(1.6)),
    ];
  },
};

async function measure(repository: OwnedRepository, coordinator: SocketCoordinator): Promise<Pairs> {
  const { worktree, commonDir } = repository;
  const [scope] = repository.scopes as [ScopePath];
  const agent = await BenchAgent.join(coordinator, 'alice');
  writeSession(statePaths(commonDir), agent.session);
  const acquire = [process.execPath, cliFile, 'lock', 'acquire', scope, '--agent', 'alice', '--json'];
  return inTurn(
    runs,
    () => processorMs([process.execPath, '-e', '0'], worktree),
    async () => {
      const acquireMs = await processorMs(acquire, worktree);
      // Asked again in the same name, the coordinator tells the token of what the process took.
      await agent.acquire(scope);
      await agent.release(scope);
      return acquireMs;
    },
  );
}
