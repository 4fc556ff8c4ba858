import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { asRevision } from '../../core/index.ts';
import { sampleEntries } from '../samples.ts';
import { loadDriver } from './driver.ts';
import { openSqliteStore } from './open.ts';
import { openAsItLies, openSqliteReader, type SqliteReader } from './reader.ts';

describe('a log that nobody has open', () => {
  let folder: string;
  let medium: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'rhema-reader-'));
    medium = join(folder, 'medium');
    mkdirSync(medium);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

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
  ] as const)('is read whole, a log %s %s, and nothing is made beside it', async (_, place, closed) => {
    const copy = await copyLog(closed);
    const before = readdirSync(medium);
    const reader = await open[place](copy);
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

  it('is not there, and the message says why, in a copy without the WAL', async () => {
    const copy = await copyLog(false);
    rmSync(`${copy}-wal`);
    await expect(openSqliteReader(copy)).rejects.toThrow(/copy without log\.db-wal.*Copy all of log\.db\*/);
  });
});
