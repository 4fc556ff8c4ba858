import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { echo, syncedEcho } from '../engines/echo.ts';
import { etcd } from '../engines/etcd.ts';
import { NotInstalledError, type Engine, type LockClient, type RunningEngine } from '../engines/engine.ts';
import { postgres } from '../engines/postgres.ts';
import { redis } from '../engines/redis.ts';
import { rhema } from '../engines/rhema.ts';
import { samples, type Bench, type Benchmark } from '../harness/benchmark.ts';
import { callersAtOnce, perSecond } from '../harness/cycles.ts';
import { atLeast, atMost, figure, type Figure } from '../harness/figures.ts';
import { RawLog } from '../harness/raw-log.ts';
import { median, quantile } from '../harness/statistics.ts';
import { timeMs } from '../harness/timing.ts';

const rounds = 20;
const cyclesInRow = 50;
const sliceMs = 500;

/** Rhema, and what a team would take instead. */
export const enginesBenchmark: Benchmark = {
  name: 'engines',
  title: 'Beside Redis, PostgreSQL and etcd',
  method: `Those that are installed, each started in a folder of its own on the same disk with what it does to be durable: Redis with \`appendfsync always\`, a row in PostgreSQL, a key in etcd. They and a raw append with fdatasync take turns, ${cyclesInRow} cycles, or half a second, at a time. A cycle is acquire and release of a free lock. One caller has one connection; ${callersAtOnce} callers have one each, all in this process; they come first, so that every server is warm. Hand-over is from just before the holder sends its release to when the waiter has the lock, over two connections; with Redis the release publishes, and who hears of it asks for the lock. Two servers that are no lock service tell what is out of reach: one answers each line with a line, and one appends and syncs before that what has come in one turn.`,
  run: async (bench) => {
    const contenders: Contender[] = [];
    const raw = new RawLog(bench.folder);
    try {
      for (const engine of [rhema, redis, postgres, etcd, echo, syncedEcho]) {
        const running = await startIfInstalled(engine, join(bench.folder, engine.name));
        if (running !== null) contenders.push({ name: engine.name, running });
      }
      // In this order: an owner that has answered many has its code compiled, as one that has run for a while.
      const many = await manyCallers(bench, contenders, raw);
      return [...(await oneCaller(bench, contenders, raw)), ...many, ...(await handOvers(bench, contenders))];
    } finally {
      raw.close();
      for (const { running } of contenders) await running.stop();
    }
  },
};

interface Contender {
  readonly name: string;
  readonly running: RunningEngine;
}

async function startIfInstalled(engine: Engine, folder: string): Promise<RunningEngine | null> {
  mkdirSync(folder, { recursive: true });
  try {
    return await engine.start(folder);
  } catch (error) {
    if (!(error instanceof NotInstalledError)) throw error;
    process.stderr.write(`${engine.name} is left out: ${error.message}\n`);
    return null;
  }
}

/** What was measured of each, by its name. */
type Samples = ReadonlyMap<string, readonly number[]>;

/** Each in turn, for some rounds after one to warm up. */
async function inRounds(
  count: number,
  runs: ReadonlyMap<string, () => Promise<readonly number[]>>,
): Promise<Samples> {
  const measured = new Map([...runs.keys()].map((name) => [name, [] as number[]]));
  for (let round = 0; round <= count; round += 1)
    for (const [name, run] of runs) {
      const values = await run();
      if (round > 0) measured.get(name)?.push(...values);
    }
  return measured;
}

async function repeated(count: number, once: () => Promise<number> | number): Promise<number[]> {
  const values: number[] = [];
  for (let index = 0; index < count; index += 1) values.push(await once());
  return values;
}

async function cycle(client: LockClient): Promise<void> {
  await client.acquire();
  await client.release();
}

async function oneCaller(bench: Bench, contenders: readonly Contender[], raw: RawLog): Promise<Figure[]> {
  const runs = new Map([[rawName, () => repeated(cyclesInRow, () => raw.append())]]);
  for (const { name, running } of contenders) {
    const client = await running.connect('single', 0, false);
    runs.set(name, () => repeated(cyclesInRow, () => timeMs(() => cycle(client))));
  }
  const measured = await inRounds(samples(bench, rounds), runs);
  return [...latencies('one caller', measured), ...ratioToRedis('one caller, p50', measured, atMost(1))];
}

async function manyCallers(bench: Bench, contenders: readonly Contender[], raw: RawLog): Promise<Figure[]> {
  const runs = new Map([[rawName, async () => [raw.ratePerSecond(sliceMs)]]]);
  /** How long each cycle took, for each round. */
  const cyclesMs = new Map<string, number[][]>();
  for (const { name, running } of contenders) {
    const clients = await connectAll(running);
    const times: number[][] = [];
    cyclesMs.set(name, times);
    runs.set(name, async () => {
      const inRound: number[] = [];
      times.push(inRound);
      const once = async (client: LockClient): Promise<void> => {
        inRound.push(await timeMs(() => cycle(client)));
      };
      return [await perSecond(sliceMs, clients, once)];
    });
  }
  const rates = await inRounds(samples(bench, rounds), runs);
  const what = `${callersAtOnce} connections`;
  return [
    ...[...rates].flatMap(([name, values]) => [
      figure(`${name}, ${what}`, median(values), '/s'),
      ...slowestCycles(`${name}, ${what}, p99`, cyclesMs.get(name)),
    ]),
    ...ratioToRedis(what, rates, atLeast(1)),
  ];
}

/** Without the round to warm up. */
function slowestCycles(what: string, times: readonly (readonly number[])[] = []): Figure[] {
  const counted = times.slice(1).flat();
  return counted.length === 0 ? [] : [figure(what, quantile(counted, 0.99), 'ms')];
}

function connectAll(running: RunningEngine): Promise<LockClient[]> {
  const indexes = Array.from({ length: callersAtOnce }, (_, index) => index + 1);
  return Promise.all(indexes.map((index) => running.connect(`caller-${index}`, index, false)));
}

async function handOvers(bench: Bench, contenders: readonly Contender[]): Promise<Figure[]> {
  const runs = new Map<string, () => Promise<number[]>>();
  for (const { name, running } of contenders) {
    const lock = callersAtOnce + 1;
    const pair = [await running.connect('alice', lock, true), await running.connect('bob', lock, true)];
    if (pair.some(({ queue }) => queue === undefined)) continue;
    await pair[0]?.acquire();
    runs.set(name, () => repeated(cyclesInRow, () => handOver(pair)));
  }
  const measured = await inRounds(samples(bench, rounds), runs);
  return [...latencies('hand-over', measured), ...ratioToRedis('hand-over, p50', measured, atMost(0.8))];
}

/** The first has the lock, and the second gets it; then they change places. */
async function handOver(pair: LockClient[]): Promise<number> {
  const [holder, waiter] = pair as [LockClient, LockClient];
  const waiting = await waiter.queue?.();
  const elapsedMs = timeMs(() => waiting?.granted);
  await holder.release();
  pair.reverse();
  return elapsedMs;
}

const rawName = 'raw append';

function latencies(what: string, measured: Samples): Figure[] {
  return [...measured].flatMap(([name, values]) => [
    figure(`${name}, ${what}, p50`, quantile(values, 0.5), 'ms'),
    figure(`${name}, ${what}, p99`, quantile(values, 0.99), 'ms'),
  ]);
}

function ratioToRedis(what: string, measured: Samples, target: Figure['target']): Figure[] {
  const [own, other] = [measured.get(rhema.name), measured.get(redis.name)];
  if (own === undefined || other === undefined) return [];
  return [figure(`rhema compared with Redis, ${what}`, median(own) / median(other), 'x', target)];
}
