import { beforeEach, expect, test } from 'vitest';
import { asDurationMs, asRevision, asSessionId, type AgentId, type AgentProcess } from '../core/index.ts';
import type { BoundAgent } from '../service/index.ts';
import { DeadWatcher } from './dead-watcher.ts';

const process: AgentProcess = { pid: 7, start: 'boot 1', namespace: 'here' };
const boundTo = (bound: AgentProcess, session = 'first', graceMs = 0): BoundAgent => ({
  agent: 'ann' as AgentId,
  epoch: asRevision(3),
  session: asSessionId(session),
  process: bound,
  graceMs: asDurationMs(graceMs),
});

let nowMs: number;
let bound: BoundAgent[];
let ended: ReadonlySet<number>;
let seen: string[];
let watcher: DeadWatcher;

beforeEach(() => {
  [nowMs, bound, ended, seen] = [0, [boundTo(process)], new Set<number>(), []];
  watcher = new DeadWatcher(
    {
      bound: async () => bound,
      hasEnded: ({ pid }) => ended.has(pid),
      submit: async ({ agent, epoch, session }) => seen.push(`${agent} ${epoch} ${session}`),
    },
    { monotonicMs: () => nowMs },
  );
});

test('nothing is said of a process that runs', async () => {
  await watcher.look();
  expect(seen).toEqual([]);
});

test('that a process has ended is said of the session that it is bound to', async () => {
  ended = new Set([7]);
  await watcher.look();
  expect(seen).toEqual(['ann 3 first']);
});

test.each([
  [0, 8_000],
  [5_000, 3_000],
  [7_999, 1],
])(
  'what a process has started is given the time that it may take to end, of which the grace, %i ms, is part',
  async (graceMs, seenAtMs) => {
    bound = [boundTo({ ...process, lingersMs: 8_000 }, 'first', graceMs)];
    ended = new Set([7]);
    for (const [atMs, count] of [
      [0, 0],
      [seenAtMs - 1, 0],
      [seenAtMs, 1],
    ] as const) {
      nowMs = atMs;
      await watcher.look();
      expect(seen).toHaveLength(count);
    }
  },
);

test('where the grace is longer than what a process has started may work on, nothing more is waited for', async () => {
  bound = [boundTo({ ...process, lingersMs: 8_000 }, 'first', 8_000)];
  ended = new Set([7]);
  await watcher.look();
  expect(seen).toEqual(['ann 3 first']);
});

test('that time begins anew for a session that goes on in another process', async () => {
  const lingering = { ...process, lingersMs: 1_000 };
  bound = [boundTo(lingering)];
  ended = new Set([7]);
  await watcher.look();
  bound = [boundTo(lingering, 'second')];
  nowMs = 1_000;
  await watcher.look();
  expect(seen).toEqual([]);
  nowMs = 2_000;
  await watcher.look();
  expect(seen).toEqual(['ann 3 second']);
});
