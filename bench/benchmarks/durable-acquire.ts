import type { ScopePath } from '../../src/core/index.ts';
import { BenchAgent, type Port } from '../harness/agent.ts';
import { samples, type Bench, type Benchmark } from '../harness/benchmark.ts';
import { atMost, figure, type Figure } from '../harness/figures.ts';
import { defineScopes, openLocalLog } from '../harness/local-log.ts';
import { makeRepository, withOwner } from '../harness/owned-repository.ts';
import { RawLog } from '../harness/raw-log.ts';
import { quantile } from '../harness/statistics.ts';
import { inTurn, timeMs, type Pairs } from '../harness/timing.ts';

const pairs = 2_000;
/** What the way through a socket may cost on top, in milliseconds. */
const socketMs = 0.3;

/** What one caller waits for an acquire that survives the loss of power, beside the least a disk can do. */
export const durableAcquireBenchmark: Benchmark = {
  name: 'durable-acquire',
  title: 'Durable acquire, one caller',
  method:
    'One raw append with fdatasync and one acquire in turn, on the same disk; the release between is not timed. In process: service and SQLite log. Over the socket: the real owner process and the client library.',
  run: async (bench) => [...(await inProcess(bench)), ...(await overSocket(bench))],
};

async function inProcess(bench: Bench): Promise<Figure[]> {
  const log = await openLocalLog(bench.folder);
  try {
    const [scope] = await defineScopes(log.service, 1);
    const measured = await besideRaw(bench, log.service, scope as ScopePath);
    const limitMs = 1.3 * quantile(measured.left, 0.5);
    return describe('in process', measured, limitMs);
  } finally {
    await log.close();
  }
}

async function overSocket(bench: Bench): Promise<Figure[]> {
  const repository = makeRepository(`${bench.folder}/repository`, 1);
  return withOwner(repository, async (coordinator) => {
    const measured = await besideRaw(bench, coordinator, repository.scopes[0] as ScopePath);
    const limitMs = 1.5 * quantile(measured.left, 0.5) + socketMs;
    return describe('over the socket', measured, limitMs);
  });
}

async function besideRaw(bench: Bench, port: Port, scope: ScopePath): Promise<Pairs> {
  const raw = new RawLog(bench.folder);
  const agent = await BenchAgent.join(port, 'alice');
  try {
    return await inTurn(
      samples(bench, pairs),
      () => raw.append(),
      async () => {
        const acquireMs = await timeMs(() => agent.acquire(scope));
        await agent.release(scope);
        return acquireMs;
      },
    );
  } finally {
    raw.close();
  }
}

function describe(where: string, { left: raw, right: acquire }: Pairs, limitMs: number): Figure[] {
  const [rawMs, acquireMs] = [quantile(raw, 0.5), quantile(acquire, 0.5)];
  return [
    figure(`raw append, p50, beside ${where}`, rawMs, 'ms'),
    figure(`acquire ${where}, p50`, acquireMs, 'ms', atMost(limitMs)),
    figure(`acquire ${where}, p99`, quantile(acquire, 0.99), 'ms'),
    figure(`acquire ${where} compared with raw, p50`, acquireMs / rawMs, 'x'),
  ];
}
