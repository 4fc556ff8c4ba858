import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { asRevision } from '../../core/index.ts';
import { sampleEntries } from '../samples.ts';
import { loadDriver, type SqliteDatabase, type SqliteStatement } from './driver.ts';
import { busyAgain } from './failures.ts';
import { openSqliteStore } from './open.ts';
import { openAsItLies, openSqliteReader, type SqliteReader } from './reader.ts';
import { folderOfTest } from '../../../test/support/folder.ts';

describe('a log that nobody has open', () => {
  let folder: string;
  let medium: string;
  beforeEach(() => {
    folder = folderOfTest('rhema-reader-');
    medium = join(folder, 'medium');
    mkdirSync(medium);
  });

  /** Copies a log to the medium, with its WAL while it is open, and without one when it was closed. */
  async function copyLog(closed: boolean): Promise<string> {
    const path = join(folder, 'log.db');
    const store = await openSqliteStore(path);
    await store.append(asRevision(0), sampleEntries(1, 5));
    if (closed) await store.close();
    for (const ending of closed ? [''] : ['', '-wal'])
      copyFileSync(`${path}${ending}`, join(medium, `log.db${ending}`));
    await store.close();
    return join(medium, 'log.db');
  }

  const open = { anywhere: openSqliteReader, 'on a medium that cannot be written': openReadOnly };

  async function openReadOnly(path: string): Promise<SqliteReader> {
    return openAsItLies(await loadDriver(), path);
  }

  it.each([
    ['that was closed', 'anywhere', true],
    ['that was closed', 'on a medium that cannot be written', true],
    ['with a WAL that was not moved into it', 'anywhere', false],
    ['with a WAL that was not moved into it', 'on a medium that cannot be written', false],
  ] as const)('is read whole, a log %s %s, and nothing is made beside it', async (_, where, closed) => {
    const copy = await copyLog(closed);
    const before = readdirSync(medium);
    const reader = await open[where](copy);
    expect(reader.bounds).toEqual({ first: 1, last: 5 });
    expect(reader.entries(1, 5)).toEqual(sampleEntries(1, 5));
    expect(readdirSync(medium)).toEqual(before);
    reader.close();
    expect(readdirSync(medium)).toEqual(before);
  });

  it('is not taken for damaged when somebody begins to write to it meanwhile', async () => {
    const copy = await copyLog(true);
    const reader = await openSqliteReader(copy);
    const store = await openSqliteStore(copy);
    await store.append(asRevision(5), sampleEntries(6, 10));
    await store.close();
    expect(() => reader.entries(1, 5)).toThrow(expect.objectContaining({ code: 'BUSY', retryable: true }));
    reader.close();
  });

  it('is told as damaged, and where it is, whichever of its pages is', async () => {
    const path = join(medium, 'log.db');
    const store = await openSqliteStore(path);
    await store.append(asRevision(0), sampleEntries(1, 300));
    await store.close();
    const sound = readFileSync(path);
    const pageBytes = sound.readUInt16BE(16);
    const told = new Set<unknown>();
    for (let at = pageBytes; at < sound.length; at += pageBytes) {
      writeFileSync(path, Buffer.from(sound).fill(0xab, at, at + pageBytes));
      told.add(await readAll(path).catch((error: unknown) => error));
    }
    told.delete('read');
    expect(told.size).toBeGreaterThan(3);
    for (const error of told)
      expect(error).toMatchObject({ code: 'CORRUPT_STORE', message: expect.stringContaining(path) });
  });

  async function readAll(path: string): Promise<string> {
    const reader = await openSqliteReader(path);
    try {
      reader.entries(1, reader.bounds.last);
      return 'read';
    } finally {
      reader.close();
    }
  }

  it('is closed also where SQLite has ended the transaction by itself, after a failure', async () => {
    const copy = await copyLog(true);
    const driver = await loadDriver();
    const opened: SqliteDatabase[] = [];
    const openImmutable = (path: string): SqliteDatabase => {
      const database = driver.openImmutable(path);
      opened.push(database);
      return database;
    };
    const reader = await openAsItLies({ ...driver, openImmutable }, copy);
    opened[0]!.exec('ROLLBACK');
    expect(() => reader.close()).not.toThrow();
  });

  it('is read after a moment in which it was busy, also when reading had begun', async () => {
    const copy = await copyLog(true);
    const driver = await loadDriver();
    let isBusy = true;
    const openImmutable = (path: string): SqliteDatabase => {
      const database = driver.openImmutable(path);
      const prepare = (sql: string): SqliteStatement => {
        if (!isBusy || !sql.startsWith('SELECT first')) return database.prepare(sql);
        isBusy = false;
        throw busyAgain();
      };
      return {
        get isTransaction() {
          return database.isTransaction;
        },
        prepare,
        exec: (sql) => database.exec(sql),
        close: () => database.close(),
      };
    };
    const reader = await openAsItLies({ ...driver, openImmutable }, copy);
    expect([isBusy, reader.bounds]).toEqual([false, { first: 1, last: 5 }]);
    reader.close();
  });

  it('is not there, and the message says why, in a copy without the WAL', async () => {
    const copy = await copyLog(false);
    rmSync(`${copy}-wal`);
    await expect(openSqliteReader(copy)).rejects.toThrow(/copy without log\.db-wal.*Copy all of log\.db\*/);
  });
});
