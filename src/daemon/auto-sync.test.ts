import { beforeEach, expect, it } from 'vitest';
import { defaultConfig, type Config } from '../config/index.ts';
import type { ScopePath, TimeMs } from '../core/index.ts';
import type { SyncView } from '../protocol/index.ts';
import { settled } from '../service/testing.ts';
import type { AbortedRuns } from '../sync/index.ts';
import { AutoSync } from './auto-sync.ts';

const sync = (over: Partial<SyncView> = {}): SyncView => ({
  scope: 'lib' as ScopePath,
  status: 'idle',
  failures: 0,
  retriesLeft: 3,
  run: 7 as SyncView['run'],
  agent: null,
  startedAtMs: null,
  endedAtMs: null,
  error: null,
  retryAtMs: null,
  digest: null,
  ...over,
});

let syncs: SyncView[];
let nowMs: number;
let config: Config | null;
let works: number;
let stops: number;
let aborted: AbortedRuns;
let end: (() => void) | null;
let fails: boolean;
let auto: AutoSync;

beforeEach(() => {
  [syncs, nowMs, config, works, end, fails] = [[], 1_000, defaultConfig, 0, null, false];
  [stops, aborted] = [0, new Map()];
  auto = new AutoSync({
    config: () => config,
    syncs: async () => ({ syncs, nowMs: nowMs as TimeMs }),
    aborted: async () => aborted,
    stop: () => (stops += 1),
    work: () => {
      works += 1;
      if (fails) return Promise.reject(new Error('cannot be started'));
      return new Promise((resolve) => (end = resolve));
    },
  });
});

async function look(): Promise<number> {
  await auto.look();
  await settled();
  return works;
}

async function finish(left: SyncView[]): Promise<void> {
  syncs = left;
  end?.();
  await settled();
}

it('syncs what was undone, once, and again what is undone anew', async () => {
  syncs = [sync()];
  expect(await look()).toBe(1);
  expect(await look()).toBe(1);
  await finish([sync({ status: 'completed' })]);
  expect(await look()).toBe(1);
  syncs = [sync({ run: 9 as SyncView['run'] })];
  expect(await look()).toBe(2);
});

it('leaves what was never synced, and what is synced or being synced', async () => {
  syncs = [sync({ run: null }), sync({ status: 'completed' }), sync({ status: 'syncing' })];
  expect(await look()).toBe(0);
});

it('tries a failure again when its time has come, as long as there are retries', async () => {
  syncs = [sync({ status: 'failed', retryAtMs: 2_000 as TimeMs })];
  expect(await look()).toBe(0);
  nowMs = 2_000;
  expect(await look()).toBe(1);
  await finish([sync({ status: 'completed' })]);
  syncs = [sync({ status: 'failed', run: 9 as SyncView['run'], retryAtMs: 2_000 as TimeMs, retriesLeft: 0 })];
  expect(await look()).toBe(1);
});

it('does not try again and again what was left as it is', async () => {
  syncs = [sync()];
  await look();
  await finish([sync()]);
  expect(await look()).toBe(1);
});

it('does nothing where auto_sync is off, or nobody knows the configuration', async () => {
  syncs = [sync()];
  config = { ...defaultConfig, autoSync: false };
  expect(await look()).toBe(0);
  config = null;
  expect(await look()).toBe(0);
});

it('tries again where the process could not be started', async () => {
  syncs = [sync()];
  fails = true;
  await look();
  expect(await look()).toBe(2);
});

it('leaves what somebody has aborted until it is undone anew', async () => {
  syncs = [sync()];
  aborted = new Map([['lib' as ScopePath, 7 as NonNullable<SyncView['run']>]]);
  expect(await look()).toBe(0);
  syncs = [sync({ run: 9 as SyncView['run'] })];
  expect(await look()).toBe(1);
});

it('ends what is at work when auto_sync is switched off', async () => {
  syncs = [sync()];
  await look();
  config = { ...defaultConfig, autoSync: false };
  await look();
  expect(stops).toBe(1);
});
