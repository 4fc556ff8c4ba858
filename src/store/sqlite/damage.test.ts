import { readFileSync, renameSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { beforeEach, describe, expect, test } from 'vitest';
import { asRevision } from '../../core/index.ts';
import { systemTime, type Time } from '../../time/index.ts';
import { damageRemedyFor } from '../errors.ts';
import { sampleEntries, sampleEntry, sampleSnapshot } from '../samples.ts';
import { Connection } from './connection.ts';
import { loadDriver, type SqliteDriver } from './driver.ts';
import { openSqliteStore, type SqliteStore } from './index.ts';
import { MainFile } from './main-file.ts';
import { identityOf } from './tables.ts';
import { logForEachTest, rawSql } from './testing.ts';

const log = logForEachTest();

beforeEach(async () => {
  const store = await openSqliteStore(log.path);
  await store.append(asRevision(0), sampleEntries(1, 100));
  await store.saveSnapshot(sampleSnapshot(50));
  await store.close();
});

async function withStore(work: (store: SqliteStore) => Promise<void>): Promise<void> {
  const store = await openSqliteStore(log.path);
  try {
    await work(store);
  } finally {
    await store.close();
  }
}

describe('a damaged entry', () => {
  test.each([
    ['its body differs', `UPDATE entry SET body = replace(body, 'operator', 'operatoR') WHERE revision = 42`],
    ['its body was cut', `UPDATE entry SET body = substr(body, 1, 20) WHERE revision = 42`],
    ['it is missing', `DELETE FROM entry WHERE revision = 42`],
  ])('is named and never skipped when %s; the others can be read', async (_case, sql) => {
    await rawSql(log.path, sql);
    await withStore(async (store) => {
      const corrupt = { code: 'CORRUPT_ENTRY', revision: 42 };
      await expect(store.read(asRevision(40), 10)).rejects.toMatchObject(corrupt);
      await expect(store.readBackward(asRevision(44), 10)).rejects.toMatchObject(corrupt);
      expect(await store.read(asRevision(43), 1)).toEqual({ kind: 'entries', entries: [sampleEntry(43)] });
      expect(await store.verify()).toMatchObject([corrupt]);
    });
  });

  test('of a later format asks for the newer program', async () => {
    await rawSql(log.path, `UPDATE entry SET format = 9 WHERE revision = 42`);
    await withStore(async (store) => {
      await expect(store.read(asRevision(42), 1)).rejects.toMatchObject({
        code: 'NEWER_FORMAT',
        revision: 42,
      });
    });
  });

  test('among the newest is found on opening', async () => {
    await rawSql(log.path, `UPDATE entry SET checksum = checksum + 1 WHERE revision = 99`);
    await expect(openSqliteStore(log.path)).rejects.toMatchObject({ code: 'CORRUPT_ENTRY', revision: 99 });
  });

  test('is found when a byte of the file flips', async () => {
    const bytes = readFileSync(log.path);
    const at = bytes.indexOf('operator-42');
    bytes[at] = bytes[at]! ^ 1;
    writeFileSync(log.path, bytes);
    await withStore(async (store) => {
      await expect(store.read(asRevision(1), 100)).rejects.toMatchObject({
        code: 'CORRUPT_ENTRY',
        revision: 42,
        message: expect.stringContaining(
          `Nothing was changed: move the log ${log.path} away, with the -wal beside it`,
        ),
      });
    });
  });
});

test('verify lists every damaged entry and snapshot', async () => {
  await rawSql(
    log.path,
    `UPDATE entry SET checksum = 0 WHERE revision IN (3, 30); DELETE FROM entry WHERE revision = 60;
                UPDATE snapshot SET body = 'x'`,
  );
  await withStore(async (store) => {
    const found = await store.verify();
    expect(found.filter(({ message }) => !message.includes(`move the log ${log.path} away`))).toEqual([]);
    expect(found).toMatchObject([
      { code: 'CORRUPT_ENTRY', revision: 3 },
      { code: 'CORRUPT_ENTRY', revision: 30 },
      { code: 'CORRUPT_ENTRY', revision: 60 },
      { code: 'CORRUPT_SNAPSHOT', revision: 50 },
    ]);
    await expect(store.loadSnapshot()).rejects.toMatchObject({ code: 'CORRUPT_SNAPSHOT', revision: 50 });
  });
});

test('a log that has lost its bounds is refused as damaged', async () => {
  await rawSql(log.path, 'DELETE FROM log');
  await expect(openSqliteStore(log.path)).rejects.toMatchObject({
    code: 'CORRUPT_STORE',
    message: expect.stringContaining(damageRemedyFor(log.path)) as string,
  });
});

test.each([1, 2, 3, 5, 9])(
  'a file cut after %i of its tenths is refused as damaged and not touched',
  async (tenths) => {
    truncateSync(log.path, Math.floor((statSync(log.path).size * tenths) / 10));
    const before = readFileSync(log.path);
    await expect(openSqliteStore(log.path)).rejects.toMatchObject({
      code: 'CORRUPT_STORE',
      message: expect.stringMatching(/damaged.*move the log away, with the -wal beside it.*backup/),
    });
    expect(readFileSync(log.path).equals(before)).toBe(true);
  },
);

test('a log too big for the whole check is refused as damaged when its end is cut off', async () => {
  const store = await openSqliteStore(log.path);
  for (let last = 100; last < 20_100; last += 1_000)
    await store.append(asRevision(last), sampleEntries(last + 1, last + 1_000));
  await store.close();
  const { size } = statSync(log.path);
  expect(size).toBeGreaterThan(4 * 1024 * 1024);
  truncateSync(log.path, size - 2048);
  await expect(openSqliteStore(log.path)).rejects.toMatchObject({ code: 'CORRUPT_STORE' });
});

test('a damaged page is found on opening a small log', async () => {
  const bytes = readFileSync(log.path);
  bytes.fill(0xff, 3 * 2048, 3 * 2048 + 64);
  writeFileSync(log.path, bytes);
  await expect(openSqliteStore(log.path)).rejects.toMatchObject({ code: 'CORRUPT_STORE' });
});

test.each([
  ['removed', () => renameSync(log.path, `${log.path}.old`)],
  [
    'replaced',
    () => (renameSync(log.path, `${log.path}.old`), writeFileSync(log.path, readFileSync(`${log.path}.old`))),
  ],
])('nothing is appended to a file that was %s meanwhile', async (_case, disturb) => {
  await withStore(async (store) => {
    disturb();
    await expect(store.append(asRevision(100), [sampleEntry(101)])).rejects.toMatchObject({
      code: 'CANNOT_OPEN',
      message: expect.stringMatching(/removed or replaced while it was open: ask again\.$/),
    });
  });
});

describe('a log that loses a part while it is open', () => {
  test.each<[string, () => void]>([
    ['the WAL is removed', () => rmSync(`${log.path}-wal`)],
    ['what processes share of it is removed', () => rmSync(`${log.path}-shm`)],
    [
      'both are removed, as beside a backup that is put back',
      () => (rmSync(`${log.path}-wal`), rmSync(`${log.path}-shm`)),
    ],
    [
      'what processes share of it is another than the one that was opened',
      () => (rmSync(`${log.path}-shm`), writeFileSync(`${log.path}-shm`, '', { mode: 0o600 })),
    ],
  ])('has what was acknowledged, and nothing is appended: %s', async (_case, disturb) => {
    const store = await openSqliteStore(log.path);
    await store.append(asRevision(100), [sampleEntry(101)]);
    disturb();
    expect(await store.whyLost()).toMatch(/removed or replaced while it was open/);
    await expect(store.append(asRevision(101), [sampleEntry(102)])).rejects.toMatchObject({
      code: 'CANNOT_OPEN',
      message: expect.stringMatching(/removed or replaced while it was open: ask again\.$/),
    });
    await store.close();
    await withStore(async (again) => expect(await again.bounds()).toEqual({ first: 1, last: 101 }));
  });

  test('is left alone where another process has put a WAL in the place of ours', async () => {
    const store = await openSqliteStore(log.path);
    await store.append(asRevision(100), [sampleEntry(101)]);
    rmSync(`${log.path}-wal`);
    writeFileSync(`${log.path}-wal`, 'of another', { mode: 0o600 });
    expect(await store.whyLost()).toMatch(/removed or replaced while it was open/);
    const before = readFileSync(log.path);
    await store.close();
    expect(readFileSync(log.path)).toEqual(before);
    expect(readFileSync(`${log.path}-wal`, 'utf8')).toBe('of another');
  });
});

describe('a log that is overwritten in place while it is open', () => {
  /** Passes with every look, so that no test waits. */
  const time: Time = {
    ...systemTime,
    monotonicMs: (
      (nowMs) => () =>
        (nowMs += 100)
    )(0),
    schedule: (_delayMs, run) => {
      queueMicrotask(run);
      return () => undefined;
    },
  };
  const overwritten = {
    code: 'CANNOT_OPEN',
    message: expect.stringMatching(/was overwritten while it was open\..*-wal and .*-shm/) as string,
  };
  let backup: Buffer;
  beforeEach(() => (backup = readFileSync(log.path)));

  const appendMany = async (store: SqliteStore, to: number): Promise<void> => {
    for (let last: number = (await store.bounds()).last; last < to; last += 500)
      await store.append(asRevision(last), sampleEntries(last + 1, last + 500));
  };

  test('by an older state than the last checkpoint brought is left alone from then on', async () => {
    const store = await openSqliteStore(log.path, { time });
    await appendMany(store, 20_100);
    expect(await store.whyLost()).toBeNull();
    writeFileSync(log.path, backup);
    await expect(store.append(asRevision(20_100), [sampleEntry(20_101)])).rejects.toMatchObject(overwritten);
    expect(await store.whyLost()).toMatch(/was overwritten while it was open/);
    await store.close();
    expect(readFileSync(log.path)).toEqual(backup);
  });

  test('is noticed without an append, too', async () => {
    const store = await openSqliteStore(log.path, { time });
    await appendMany(store, 20_100);
    writeFileSync(log.path, backup);
    expect(await store.whyLost()).toMatch(/was overwritten while it was open/);
    await store.close();
  });

  test.each([0, 2048, 100 * 2048])('is noticed when it is cut to %i bytes', async (bytes) => {
    const store = await openSqliteStore(log.path, { time });
    await appendMany(store, 20_100);
    truncateSync(log.path, bytes);
    await expect(store.append(asRevision(20_100), [sampleEntry(20_101)])).rejects.toMatchObject(overwritten);
    await store.close();
    expect(statSync(log.path).size).toBe(bytes);
  });

  const pageBytes = 2048;
  test.each<[string, (after: Buffer) => { readonly before: Buffer; readonly torn: Buffer }]>([
    ['what it had, while all that came since is in the WAL', () => ({ before: backup, torn: backup })],
    [
      'some pages of what it is to have, as half a checkpoint leaves them',
      (after) => ({ before: backup, torn: after.subarray(0, backup.length) }),
    ],
    [
      'fewer entries than it had, in pages that do not fit together',
      (after) => {
        const [head, old] = [after.subarray(0, pageBytes), backup.subarray(pageBytes)];
        return { before: after, torn: Buffer.concat([head, old, after.subarray(backup.length)]) };
      },
    ],
  ])('is told from one that has %s', async (_what, scene) => {
    await withStore((store) => appendMany(store, 20_100));
    const { before, torn } = scene(readFileSync(log.path));
    const driver = await loadDriver();
    const { identity } = contentOf(driver);
    writeFileSync(log.path, before);
    const file = new MainFile(log.path, driver, time);
    writeFileSync(log.path, torn);
    for (let look = 0; look < 20; look += 1) file.refuseIfOverwritten(() => ({ identity, last: 30_000 }));
    expect(file.isOverwritten).toBe(false);
  });

  function contentOf(driver: SqliteDriver): { readonly identity: string } {
    const connection = new Connection(driver.openImmutable(log.path));
    try {
      return { identity: identityOf(connection) };
    } finally {
      connection.close();
    }
  }

  test('is told from one into which another process carries over what it wrote', async () => {
    const store = await openSqliteStore(log.path, { time });
    await appendMany(store, 600);
    await withStore((other) => appendMany(other, 20_100));
    expect(await store.whyLost()).toBeNull();
    expect(await store.append(asRevision(20_100), [sampleEntry(20_101)])).toEqual({ kind: 'done' });
    await store.close();
  });
});
