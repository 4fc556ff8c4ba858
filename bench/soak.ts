/** `npm run soak -- [--minutes N] [--agents N] [--watchers N]`: a server at work for long, and what it takes of memory. */
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { connectOverHttp, statePaths } from '../src/client/index.ts';
import { asRevision } from '../src/core/index.ts';
import { BenchAgent } from './harness/agent.ts';
import { withServer, type ServedRepository } from './harness/served-repository.ts';
import { median } from './harness/statistics.ts';

const usage = `npm run soak -- [--minutes N] [--agents N] [--watchers N]

Agents take and give back scopes over HTTP, a lock a second each, and watchers read every event, for so many minutes (30).
Each minute the memory of the server is looked at. Its median in the last third may be at most a tenth above that of the
middle third; the first third is for caches that fill. Ends with 1 where it is more, or where a watcher missed an event.
`;

const { values: options } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    agents: { type: 'string', default: '50' },
    watchers: { type: 'string', default: '20' },
    help: { type: 'boolean', default: false },
  },
});

const pauseMaxMs = 2_000;
const growthMax = 1.1;
/** Looks at memory. */
const looks = 60;

interface Look {
  readonly minute: number;
  readonly residentMb: number;
  readonly logMb: number;
  readonly locks: number;
}

process.exit(await main());

async function main(): Promise<number> {
  const [minutes, agents, watchers] = [options.minutes, options.agents, options.watchers].map(Number);
  const areSound = [minutes, agents, watchers].every((count) => count !== undefined && count > 0);
  if (options.help || !areSound) {
    process.stdout.write(usage);
    return options.help ? 0 : 2;
  }
  const folder = mkdtempSync(join(tmpdir(), 'rhema-soak-'));
  try {
    return await withServer(folder, agents ?? 0, (served) => soak(served, minutes ?? 0, watchers ?? 0));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function soak(served: ServedRepository, minutes: number, watchers: number): Promise<number> {
  const endMs = performance.now() + minutes * 60_000;
  const over = new AbortController();
  const counts = { locks: 0 };
  const seen = Array.from({ length: watchers }, () => watched(served, over.signal));
  const work = served.repository.scopes.map(async (scope, index) => {
    const { url: server, token } = served;
    const agent = await BenchAgent.join(await connectOverHttp({ server, token }), `agent-${index}`);
    while (performance.now() < endMs) {
      await sleep(Math.random() * pauseMaxMs);
      await agent.acquire(scope);
      await agent.release(scope);
      counts.locks += 1;
    }
  });
  const taken = look(served, minutes, counts);
  await Promise.all(work);
  over.abort();
  const gaps = (await Promise.all(seen)).filter((isWhole) => !isWhole).length;
  return judge(await taken, gaps);
}

/** Whether the events came without a gap. */
async function watched({ url: server, token }: ServedRepository, signal: AbortSignal): Promise<boolean> {
  const coordinator = await connectOverHttp({ server, token });
  let last = 0;
  for await (const { revision } of coordinator.watch(asRevision(1), signal)) {
    if (revision !== last + 1) return false;
    last = revision;
  }
  return true;
}

async function look(
  { pid, repository }: ServedRepository,
  minutes: number,
  counts: { readonly locks: number },
): Promise<readonly Look[]> {
  const taken: Look[] = [];
  const everyMinutes = minutes / looks;
  for (let index = 1; index <= looks; index += 1) {
    await sleep(everyMinutes * 60_000);
    const one = {
      minute: index * everyMinutes,
      residentMb: residentMb(pid),
      logMb: statSync(statePaths(repository.commonDir).database).size / 1e6,
      locks: counts.locks,
    };
    taken.push(one);
    process.stdout.write(
      `${one.minute.toFixed(1).padStart(6)} min  ${one.residentMb.toFixed(1).padStart(7)} MB resident  ${one.logMb.toFixed(1).padStart(7)} MB log  ${String(one.locks).padStart(8)} locks\n`,
    );
  }
  return taken;
}

function residentMb(pid: number): number {
  const [, kibibytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return (Number(kibibytes) * 1_024) / 1e6;
}

function judge(taken: readonly Look[], gaps: number): number {
  const third = Math.floor(taken.length / 3);
  const of = (part: readonly Look[]): number => median(part.map(({ residentMb: mb }) => mb));
  const [middle, last] = [of(taken.slice(third, 2 * third)), of(taken.slice(2 * third))];
  const isFlat = last <= middle * growthMax;
  process.stdout.write(
    `resident memory ${middle.toFixed(1)} MB in the middle third, ${last.toFixed(1)} MB in the last: ${isFlat ? 'flat' : 'it grows'}\n` +
      `${gaps} watchers missed an event\n`,
  );
  return isFlat && gaps === 0 ? 0 : 1;
}
