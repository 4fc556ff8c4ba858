import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, test } from 'vitest';
import { logStoreContract, type OpenStore } from './contract/index.ts';
import { FaultyLogStore, noFaults } from './faulty/index.ts';
import type { LogStore } from './log-store.ts';
import { MemoryLog, MemoryLogStore } from './memory/index.ts';
import { openSqliteStore } from './sqlite/index.ts';
import { systemTimers } from '../time/index.ts';

const cleanUps: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});

function memoryLog(): OpenStore {
  const log = new MemoryLog();
  return async () => new MemoryLogStore(log);
}

function sqliteLog(): OpenStore {
  const folder = mkdtempSync(join(tmpdir(), 'rhema-store-'));
  cleanUps.push(() => rmSync(folder, { recursive: true }));
  return () => openSqliteStore(join(folder, 'log.db'), { pollMs: 1 });
}

function faultyLog(): OpenStore {
  const open = memoryLog();
  return async () => new FaultyLogStore(await open(), noFaults, systemTimers);
}

function closedLater(open: OpenStore): OpenStore {
  return async () => {
    const store: LogStore = await open();
    cleanUps.push(() => store.close());
    return store;
  };
}

describe.each([
  ['memory', memoryLog],
  ['sqlite', sqliteLog],
  ['faulty without faults', faultyLog],
])('contract of the log store: %s', (_driver, makeLog) => {
  for (const { title, run } of logStoreContract) test(title, () => run(closedLater(makeLog())));
});
