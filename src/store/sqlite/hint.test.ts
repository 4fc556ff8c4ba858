import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { asRevision } from '../../core/index.ts';
import { sampleEntry } from '../samples.ts';
import { ManualTime, type Cancel } from '../../time/index.ts';
import { openSqliteStore, type SqliteStore } from './index.ts';
import { folderOfTest } from '../../../test/support/folder.ts';

/** Notes for how long each timer was set. */
class NotingTime extends ManualTime {
  readonly pausesMs: number[] = [];

  override schedule(delayMs: number, run: () => void): Cancel {
    this.pausesMs.push(delayMs);
    return super.schedule(delayMs, run);
  }
}

const pollMs = 50;
let folder: string;
let time: NotingTime;
let store: SqliteStore;
let foreign: SqliteStore;

beforeEach(async () => {
  folder = folderOfTest('rhema-hint-');
  time = new NotingTime();
  store = await openSqliteStore(join(folder, 'log.db'), { pollMs, time });
  foreign = await openSqliteStore(join(folder, 'log.db'));
});
afterEach(async () => {
  await store.close();
  await foreign.close();
});

const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Waits for a hint beyond a revision, and remembers whether it was given. */
async function waiting(since: number) {
  const state = { given: false, stop: new AbortController() };
  void store.hint(asRevision(since), state.stop.signal).then(() => (state.given = true));
  await settled();
  return state;
}

async function pass(ms: number): Promise<void> {
  time.advance(ms);
  await settled();
}

test('the append of another connection is hinted at with the next look', async () => {
  const state = await waiting(0);
  await foreign.append(asRevision(0), [sampleEntry(1)]);
  await settled();
  expect(state.given).toBe(false);
  await pass(pollMs);
  expect(state.given).toBe(true);
  expect(time.size).toBe(0);
});

test('an append of its own is not', async () => {
  const state = await waiting(0);
  await store.append(asRevision(0), [sampleEntry(1)]);
  await pass(pollMs);
  expect(state.given).toBe(false);
  state.stop.abort();
});

test('looks come ever more seldom while nothing does, and an end of the waiting leaves no timer', async () => {
  const state = await waiting(0);
  const pausesMs = [1, 2, 4, 8, 16, 32, 50, 50].map((factor) => factor * pollMs);
  for (const pauseMs of pausesMs.slice(0, -1)) await pass(pauseMs);
  expect(time.pausesMs).toEqual(pausesMs);
  expect(state.given).toBe(false);
  expect(time.size).toBe(1);
  state.stop.abort();
  await settled();
  expect(time.size).toBe(0);
});

test('the end of the store is a hint: the read after it says why', async () => {
  const state = await waiting(0);
  await store.close();
  await settled();
  expect(state.given).toBe(true);
});
