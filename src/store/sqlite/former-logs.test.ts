import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { asRevision } from '../../core/index.ts';
import { sampleEntries, sampleSnapshot } from '../samples.ts';
import { Connection } from './connection.ts';
import { loadDriver } from './driver.ts';
import { openSqliteStore } from './open.ts';
import { openSqliteReader } from './reader.ts';
import type { SqliteStore } from './sqlite-log-store.ts';
import { beginWith } from './tables.ts';
import { folderOfTest } from '../../../test/support/folder.ts';

let folder: string;
let store: SqliteStore;
beforeEach(async () => {
  folder = folderOfTest('rhema-former-');
  store = await openSqliteStore(join(folder, 'coordination.db'));
});
afterEach(async () => {
  vi.restoreAllMocks();
  await store.close();
});

const formerFiles = (): string[] => readdirSync(folder).filter((name) => name.includes('-before-'));

test('what was there before a log began anew is kept as a log of its own, for its user only', async () => {
  await store.append(asRevision(0), sampleEntries(1, 40));
  await store.saveSnapshot(sampleSnapshot(30));
  await store.beginAfter(asRevision(40), sampleSnapshot(1_000));
  const former = await store.formerLog();
  expect(former).toBe(join(folder, 'coordination-before-1001.db'));
  expect(statSync(former!).mode & 0o777).toBe(0o600);
  const reader = await openSqliteReader(former!);
  expect(reader.entries(1, 40)).toEqual(sampleEntries(1, 40));
  expect(reader.snapshots).toEqual([30]);
  reader.close();
  expect(formerFiles()).toEqual(['coordination-before-1001.db']);
});

test('of an empty one nothing is kept', async () => {
  await store.beginAfter(asRevision(0), sampleSnapshot(1_000));
  expect(await store.formerLog()).toBeNull();
  expect(formerFiles()).toEqual([]);
});

test('the last five are kept', async () => {
  for (let last = 0; last < 70; last += 10) {
    await store.append(asRevision(last), sampleEntries(last + 1, last + 5));
    await store.beginAfter(asRevision(last + 5), sampleSnapshot(last + 10));
  }
  const expected = [31, 41, 51, 61, 71].map((first) => `coordination-before-${first}.db`);
  expect(formerFiles().toSorted()).toEqual(expected);
});

test('of two processes that begin at once one does, and what was there before is kept once', async () => {
  await store.append(asRevision(0), sampleEntries(1, 40));
  const other = await openSqliteStore(join(folder, 'coordination.db'));
  const outcomes = await Promise.all([
    store.beginAfter(asRevision(40), sampleSnapshot(1_000)),
    other.beginAfter(asRevision(40), sampleSnapshot(1_000)),
  ]);
  await other.close();
  expect(outcomes.toSorted()).toEqual([false, true]);
  const reader = await openSqliteReader((await store.formerLog())!);
  expect(reader.bounds).toEqual({ first: 1, last: 40 });
  reader.close();
});

test('what another process has begun just before the copy is not taken for what was there before', async () => {
  await store.append(asRevision(0), sampleEntries(1, 40));
  const other = new Connection((await loadDriver()).open(join(folder, 'coordination.db')));
  const run = Reflect.get(Connection.prototype, 'run');
  vi.spyOn(Connection.prototype, 'run').mockImplementation(function (this: Connection, sql, ...values) {
    if (sql.startsWith('VACUUM')) beginWith(other, 1_001);
    run.call(this, sql, ...values);
  });
  expect(await store.beginAfter(asRevision(40), sampleSnapshot(1_000))).toBe(false);
  other.close();
  expect(formerFiles()).toEqual([]);
});
