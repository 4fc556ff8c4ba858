import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectOverHttp } from '../../src/client/index.ts';
import type { ScopePath } from '../../src/core/index.ts';
import type { Coordinator } from '../../src/protocol/index.ts';
import { coord } from '../engines/coord.ts';
import { NotInstalledError, type LockClient } from '../engines/engine.ts';
import { BenchAgent } from '../harness/agent.ts';
import type { Bench, Benchmark } from '../harness/benchmark.ts';
import { figure, type Figure } from '../harness/figures.ts';
import { reachOwner } from '../harness/owned-repository.ts';
import { withServer, type ServedRepository } from '../harness/served-repository.ts';
import { quantile } from '../harness/statistics.ts';

const agents = 200;
const slices = 3;
const sliceMs = 20_000;
/** Between two locks of an agent, at most; half of it on average. */
const pauseMaxMs = 2_000;

/** A team's agents on one server. */
export const teamBenchmark: Benchmark = {
  name: 'team',
  title: `${agents} agents on one server`,
  method: `Each agent, with a connection of its own, takes a free scope and gives it back, and pauses for up to ${pauseMaxMs / 1_000} s between two locks. The same server over HTTP and over its socket, and the HTTP API of coord where it is installed (its SQLite file is not synced at each answer), take turns in slices of ${sliceMs / 1_000} s, ${slices} each. Where a server answers fewer than the agents ask for, they queue, and its times are those of the queue. An answer that is not the one of a free lock ends the benchmark.`,
  run: async (bench) =>
    withServer(join(bench.folder, 'rhema'), agents, async (served) => {
      const overSocket = await agentsOf(served, 'socket');
      const overHttp = await agentsOf(served, 'http');
      const ways = new Map([
        ['over HTTP', overHttp],
        ['over the socket', overSocket],
      ]);
      return withCoord(bench, async (others) => {
        if (others !== null) ways.set('coord', others);
        return figuresOf(await inSlices(bench, ways), bench.quick ? sliceMs / 10 : slices * sliceMs);
      });
    }),
};

type Way = 'http' | 'socket';

async function agentsOf({ repository, url, token }: ServedRepository, way: Way): Promise<LockClient[]> {
  const connect = (): Promise<Coordinator> =>
    way === 'http' ? connectOverHttp({ server: url, token }) : reachOwner(repository);
  const clients: LockClient[] = [];
  for (const [index, scope] of repository.scopes.entries()) {
    const agent = await BenchAgent.join(await connect(), `${way}-${index}`);
    clients.push({ acquire: () => agent.acquire(scope as ScopePath), release: () => agent.release(scope) });
  }
  return clients;
}

/** Null where it is not installed. */
async function withCoord<T>(
  { folder }: Bench,
  run: (clients: LockClient[] | null) => Promise<T>,
): Promise<T> {
  const own = join(folder, 'coord');
  mkdirSync(own);
  try {
    const running = await coord.start(own);
    try {
      const indexes = Array.from({ length: agents }, (_, index) => index);
      return await run(
        await Promise.all(indexes.map((index) => running.connect(`agent-${index}`, index, false))),
      );
    } finally {
      await running.stop();
    }
  } catch (error) {
    if (!(error instanceof NotInstalledError)) throw error;
    process.stderr.write(`coord is left out: ${error.message}\n`);
    return run(null);
  }
}

interface Times {
  readonly acquireMs: number[];
  readonly releaseMs: number[];
}

async function inSlices(
  { quick }: Bench,
  ways: ReadonlyMap<string, readonly LockClient[]>,
): Promise<ReadonlyMap<string, Times>> {
  const measured = new Map([...ways.keys()].map((name) => [name, { acquireMs: [], releaseMs: [] } as Times]));
  // One more to warm up.
  for (let slice = 0; slice <= (quick ? 1 : slices); slice += 1)
    for (const [name, clients] of ways) {
      const times = (slice > 0 ? measured.get(name) : null) ?? { acquireMs: [], releaseMs: [] };
      await atWork(clients, slice > 0 && !quick ? sliceMs : sliceMs / 10, times);
    }
  return measured;
}

async function atWork(clients: readonly LockClient[], forMs: number, times: Times): Promise<void> {
  const endMs = performance.now() + forMs;
  const work = async (client: LockClient): Promise<void> => {
    for (;;) {
      await sleep(Math.random() * pauseMaxMs);
      if (performance.now() >= endMs) return;
      times.acquireMs.push(await took(() => client.acquire()));
      times.releaseMs.push(await took(() => client.release()));
    }
  };
  await Promise.all(clients.map(work));
}

async function took(run: () => Promise<void>): Promise<number> {
  const startedAt = performance.now();
  await run();
  return performance.now() - startedAt;
}

function figuresOf(measured: ReadonlyMap<string, Times>, forMs: number): Figure[] {
  return [...measured].flatMap(([name, { acquireMs, releaseMs }]) => [
    figure(`${name}: locks taken`, (acquireMs.length * 1_000) / forMs, '/s'),
    figure(`${name}: acquire, p50`, quantile(acquireMs, 0.5), 'ms'),
    figure(`${name}: acquire, p99`, quantile(acquireMs, 0.99), 'ms'),
    figure(`${name}: release, p50`, quantile(releaseMs, 0.5), 'ms'),
    figure(`${name}: release, p99`, quantile(releaseMs, 0.99), 'ms'),
  ]);
}
