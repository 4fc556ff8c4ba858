import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { asRevision } from '../../core/index.ts';
import { sampleEntry } from '../samples.ts';
import { ManualTime } from '../../time/index.ts';
import { openSqliteStore, type SqliteStore } from './index.ts';

const pollMs = 50;
let folder: string;
let time: ManualTime;
let watched: SqliteStore;
let foreign: SqliteStore;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rhema-watch-'));
  time = new ManualTime();
  watched = await openSqliteStore(join(folder, 'log.db'), { pollMs, time });
  foreign = await openSqliteStore(join(folder, 'log.db'));
});
afterEach(async () => {
  await watched.close();
  await foreign.close();
  rmSync(folder, { recursive: true });
});

/** Starts to watch and lets the watcher come to rest at the end of the log. */
async function watching(from: number) {
  const seen: number[] = [];
  const stop = new AbortController();
  const done = (async () => {
    for await (const entry of watched.watch(asRevision(from), stop.signal)) seen.push(entry.revision);
  })();
  await settled();
  return { seen, stop, done };
}

const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

test('an own append reaches a watcher at once', async () => {
  const { seen, stop, done } = await watching(1);
  await watched.append(asRevision(0), [sampleEntry(1)]);
  await settled();
  expect(seen).toEqual([1]);
  expect(time.monotonicMs()).toBe(new ManualTime().monotonicMs());
  stop.abort();
  await done;
});

test('the append of another connection reaches a watcher at its next look', async () => {
  const { seen, stop, done } = await watching(1);
  await foreign.append(asRevision(0), [sampleEntry(1)]);
  await settled();
  expect(seen).toEqual([]);
  time.advance(pollMs);
  await settled();
  expect(seen).toEqual([1]);
  stop.abort();
  await done;
});

test('a look that finds nothing new goes on waiting, and an end of the watch leaves no timer', async () => {
  const { seen, stop, done } = await watching(1);
  for (let look = 0; look < 5; look += 1) {
    time.advance(pollMs);
    await settled();
  }
  expect(seen).toEqual([]);
  expect(time.size).toBe(1);
  stop.abort();
  await done;
  expect(time.size).toBe(0);
});
