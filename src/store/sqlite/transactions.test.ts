import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { asRevision } from '../../core/index.ts';
import { sampleEntries, sampleEntry, sampleSnapshot } from '../samples.ts';
import { loadDriver, type SqliteDatabase, type SqliteDriver } from './driver.ts';
import { openSqliteStore, type SqliteStore } from './index.ts';
import { openWithDriver } from './open.ts';
import { folderOfTest } from '../../../test/support/folder.ts';

/** What the next statements of a kind do instead of running well. */
interface Trouble {
  readonly sql: RegExp;
  readonly errcode: number;
  /** Whether the statement takes effect all the same. */
  readonly takesEffect: boolean;
  times: number;
}

const ioErrorOnSync = 1034;
const diskFull = 13;

let folder: string;
let path: string;
let database: SqliteDatabase;
let store: SqliteStore;
const troubles: Trouble[] = [];

beforeEach(async () => {
  folder = folderOfTest('rhema-tx-');
  path = join(folder, 'log.db');
  store = await openWithDriver(troubled(await loadDriver()), path);
  await store.append(asRevision(0), sampleEntries(1, 3));
});
afterEach(async () => {
  troubles.length = 0;
  await store.close();
});

/** A real SQLite whose statements fail when told to. */
function troubled(driver: SqliteDriver): SqliteDriver {
  const open = (file: string): SqliteDatabase => {
    database = driver.open(file);
    const real = database;
    return {
      get isTransaction() {
        return real.isTransaction;
      },
      exec: (sql) => real.exec(sql),
      prepare: (sql) => {
        const statement = real.prepare(sql);
        return {
          get: (...values) => meetTrouble(sql, () => statement.get(...values)),
          all: (...values) => statement.all(...values),
        };
      },
      close: () => real.close(),
    };
  };
  return { ...driver, open };
}

function meetTrouble(sql: string, run: () => unknown): unknown {
  const trouble = troubles.find((one) => one.times > 0 && one.sql.test(sql));
  if (trouble === undefined) return run();
  trouble.times -= 1;
  if (trouble.takesEffect) run();
  throw Object.assign(new Error(`planned ${trouble.errcode}`), { errcode: trouble.errcode });
}

function plan(sql: RegExp, errcode: number, takesEffect = false, times = 1): void {
  troubles.push({ sql, errcode, takesEffect, times });
}

describe('a commit that fails on input or output', () => {
  test.each([
    ['is found not to have taken effect', false, 3],
    ['is found to have taken effect as a whole', true, 6],
  ])('is unknown, %s, and the store goes on', async (_case, takesEffect, last) => {
    plan(/COMMIT/, ioErrorOnSync, takesEffect);
    expect(await store.append(asRevision(3), sampleEntries(4, 6))).toMatchObject({
      kind: 'unknown',
      cause: { errcode: ioErrorOnSync },
    });
    expect(await store.bounds()).toEqual({ first: 1, last });
    expect(await store.append(asRevision(last), [sampleEntry(last + 1)])).toEqual({ kind: 'done' });
    expect(await store.verify()).toEqual([]);
  });

  test('leaves the store silent until another commit has made its outcome final', async () => {
    plan(/COMMIT/, ioErrorOnSync, false, 3);
    expect(await store.append(asRevision(3), [sampleEntry(4)])).toMatchObject({ kind: 'unknown' });
    await expect(store.read(asRevision(1), 10)).rejects.toMatchObject({ code: 'IO', retryable: true });
    await expect(store.append(asRevision(3), [sampleEntry(4)])).rejects.toMatchObject({ code: 'IO' });
    expect(await store.bounds()).toEqual({ first: 1, last: 3 });
    expect(database.prepare('SELECT settled FROM log').get()).toMatchObject({ settled: 1 });
  });

  test('is a failure for snapshots and compaction, which may be repeated', async () => {
    plan(/COMMIT/, ioErrorOnSync);
    await expect(store.saveSnapshot(sampleSnapshot(2))).rejects.toMatchObject({
      code: 'IO',
      retryable: true,
    });
    await store.saveSnapshot(sampleSnapshot(2));
    plan(/COMMIT/, ioErrorOnSync);
    await expect(store.compact(asRevision(2))).rejects.toMatchObject({ code: 'IO', retryable: true });
    await store.compact(asRevision(2));
    expect(await store.bounds()).toEqual({ first: 2, last: 3 });
  });
});

describe('a full disk', () => {
  test.each([
    ['while entries are written', /INSERT INTO entry/],
    ['at the commit', /COMMIT/],
  ])('%s writes nothing, says so, and is over when there is space again', async (_case, sql) => {
    plan(sql, diskFull);
    await expect(store.append(asRevision(3), sampleEntries(4, 5))).rejects.toMatchObject({
      code: 'DISK_FULL',
      message: expect.stringMatching(/disk that is full\. Make room there/),
    });
    expect(await store.bounds()).toEqual({ first: 1, last: 3 });
    expect(await store.append(asRevision(3), sampleEntries(4, 5))).toEqual({ kind: 'done' });
  });

  test("as SQLite itself finds it, with the database's size bounded, leaves a sound log", async () => {
    database.exec('PRAGMA max_page_count = 20');
    const failed = (async () => {
      for (let last = 3; ; last += 10)
        await store.append(asRevision(last), sampleEntries(last + 1, last + 10));
    })();
    await expect(failed).rejects.toMatchObject({ code: 'DISK_FULL' });
    expect(await store.verify()).toEqual([]);
    const { last } = await store.bounds();
    expect((last - 3) % 10).toBe(0);
    database.exec('PRAGMA max_page_count = 1000');
    expect(await store.append(last, [sampleEntry(last + 1)])).toEqual({ kind: 'done' });
  });
});

test('an append that fails half-way leaves no part of itself', async () => {
  plan(/INSERT INTO entry/, 10);
  await expect(store.append(asRevision(3), sampleEntries(4, 5))).rejects.toMatchObject({ code: 'IO' });
  expect(await store.bounds()).toEqual({ first: 1, last: 3 });
  expect(database.isTransaction).toBe(false);
});

test('an append waits while another connection writes, and then says that the file is in use', async () => {
  const impatient = await openSqliteStore(path, { busyTimeoutMs: 20 });
  database.exec('BEGIN IMMEDIATE');
  await expect(impatient.append(asRevision(3), [sampleEntry(4)])).rejects.toMatchObject({
    code: 'BUSY',
    retryable: true,
  });
  database.exec('ROLLBACK');
  expect(await impatient.append(asRevision(3), [sampleEntry(4)])).toEqual({ kind: 'done' });
  await impatient.close();
});

test('a call that waits for the file fails with CLOSED when the store is closed meanwhile', async () => {
  const waiting = await openSqliteStore(path);
  database.exec('BEGIN IMMEDIATE');
  const append = expect(waiting.append(asRevision(3), [sampleEntry(4)])).rejects.toMatchObject({
    code: 'CLOSED',
  });
  await waiting.close();
  await append;
  database.exec('ROLLBACK');
});

test('compaction of many entries goes in steps that each leave a whole log', async () => {
  await store.append(asRevision(3), sampleEntries(4, 5_000));
  await store.saveSnapshot(sampleSnapshot(4_999));
  plan(/COMMIT/, 10, false, 1);
  await expect(store.compact(asRevision(5_000))).rejects.toMatchObject({ code: 'IO' });
  await store.compact(asRevision(5_000));
  expect(await store.bounds()).toEqual({ first: 5_000, last: 5_000 });
  expect(await store.verify()).toEqual([]);
});
