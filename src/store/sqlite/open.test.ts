import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { asRevision } from '../../core/index.ts';
import { sampleEntries, sampleEntry } from '../samples.ts';
import { loadDriver } from './driver.ts';
import { openSqliteStore } from './index.ts';
import { logForEachTest, rawSql } from './testing.ts';

const location = logForEachTest();
let folder: string;
let path: string;

beforeEach(() => {
  ({ folder, path } = location);
});

async function writeLog(entries: number): Promise<void> {
  const store = await openSqliteStore(path);
  await store.append(asRevision(0), sampleEntries(1, entries));
  await store.close();
}

/** Opening fails, and the file is the same afterwards, byte for byte. */
async function expectRefused(code: string, message: RegExp): Promise<void> {
  const before = readFileSync(path);
  await expect(openSqliteStore(path)).rejects.toMatchObject({
    name: 'StoreError',
    code,
    message: expect.stringMatching(message),
  });
  expect(readFileSync(path).equals(before)).toBe(true);
}

/** Permissions do not bind root: where the tests run as root all is given to nobody, and the work is done as nobody. */
async function withoutPrivileges(work: () => Promise<void>): Promise<void> {
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) {
    execFileSync('chown', ['-hR', '65534:65534', folder]);
    process.seteuid?.(65_534);
  }
  try {
    await work();
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
}

describe('opening a log', () => {
  test('creates the folder and the file for their user only', async () => {
    path = join(folder, 'deep', 'er', 'log.db');
    const store = await openSqliteStore(path);
    await store.append(asRevision(0), [sampleEntry(1)]);
    for (const file of [path, `${path}-wal`, `${path}-shm`]) expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, 'deep', 'er')).mode & 0o777).toBe(0o700);
    expect(store.engine).toMatch(/SQLite 3\.\d+/);
    await store.close();
  });

  test('finds after closing what was appended before, with the WAL moved into the file', async () => {
    await writeLog(3);
    expect(existsSync(`${path}-wal`) ? statSync(`${path}-wal`).size : 0).toBe(0);
    const store = await openSqliteStore(path);
    expect(await store.read(asRevision(1), 10)).toEqual({ kind: 'entries', entries: sampleEntries(1, 3) });
    expect(await store.verify()).toEqual([]);
    await store.close();
  });

  test('many at once on a file that does not exist yet make one log', async () => {
    const stores = await Promise.all(Array.from({ length: 8 }, () => openSqliteStore(path)));
    for (const [index, store] of stores.entries())
      expect(await store.append(asRevision(index), [sampleEntry(index + 1)])).toEqual({ kind: 'done' });
    await Promise.all(stores.map((store) => store.close()));
  });

  test('waits while another connection holds the file, and then says that it is in use', async () => {
    await writeLog(1);
    const holder = (await loadDriver()).open(path);
    holder.exec('BEGIN IMMEDIATE');
    await expect(openSqliteStore(path, { busyTimeoutMs: 20 })).rejects.toMatchObject({
      code: 'BUSY',
      retryable: true,
    });
    const patient = openSqliteStore(path);
    setTimeout(() => holder.exec('ROLLBACK'), 20);
    const store = await patient;
    expect(await store.bounds()).toEqual({ first: 1, last: 1 });
    await store.close();
    holder.close();
  });
});

describe('what cannot be opened is refused with the remedy and left as it is', () => {
  test('a folder', async () => {
    mkdirSync(path);
    await expect(openSqliteStore(path)).rejects.toMatchObject({
      code: 'CANNOT_OPEN',
      message: expect.stringMatching(/is a folder: move it away, or choose another path/),
    });
    expect(statSync(path).isDirectory()).toBe(true);
  });

  test('a path that leads through a file', async () => {
    writeFileSync(path, 'a file');
    await expect(openSqliteStore(join(path, 'log.db'))).rejects.toMatchObject({ code: 'CANNOT_OPEN' });
  });

  test('a file that is no database', async () => {
    writeFileSync(path, 'not a database, but long enough to have a header of one hundred bytes. '.repeat(20));
    await expectRefused('CANNOT_OPEN', /is not a Rhema log/);
  });

  test('the database of another program', async () => {
    await rawSql(path, 'CREATE TABLE theirs (a)');
    await expectRefused('CANNOT_OPEN', /a SQLite database, but not a Rhema log/);
  });

  test('the empty database of a program that marks its files', async () => {
    await rawSql(
      path,
      'PRAGMA application_id = 7; PRAGMA user_version = 1; CREATE TABLE t (a); DROP TABLE t',
    );
    await expectRefused('CANNOT_OPEN', /not a Rhema log/);
  });

  test('a log of a newer version', async () => {
    await writeLog(2);
    await rawSql(path, 'PRAGMA user_version = 99');
    await expectRefused('NEWER_FORMAT', /version 99; this program reads up to version \d+\..* newer program/);
  });

  test.each(['', '-wal', '-shm', '-journal'])('a symbolic link in the place of log.db%s', async (suffix) => {
    const target = join(folder, 'elsewhere');
    writeFileSync(target, 'mine');
    symlinkSync(target, `${path}${suffix}`);
    await expect(openSqliteStore(path)).rejects.toMatchObject({
      code: 'CANNOT_OPEN',
      message: `${path}${suffix} is a symbolic link: move away what is in its place`,
    });
    expect(readdirSync(folder).filter((name) => name.startsWith('elsewhere'))).toEqual(['elsewhere']);
    expect(readFileSync(target, 'utf8')).toBe('mine');
  });

  test('a file that has a second name, as cp -al makes one: two logs would write to it', async () => {
    await writeLog(1);
    linkSync(path, join(folder, 'copy.db'));
    await expectRefused('CANNOT_OPEN', /log\.db has a second name elsewhere .*put a copy in its place: mv/);
  });

  test('a file that may not be written', async () => {
    await writeLog(1);
    for (const side of ['wal', 'shm']) rmSync(`${path}-${side}`, { force: true });
    chmodSync(folder, 0o777);
    chmodSync(path, 0o444);
    await withoutPrivileges(() =>
      expectRefused('READ_ONLY', /cannot be written\. Give yourself write permission/),
    );
  });

  test('a file that may not be written, and is opened as soon as it may: nothing was left beside it', async () => {
    await writeLog(1);
    for (const side of ['wal', 'shm']) rmSync(`${path}-${side}`, { force: true });
    chmodSync(folder, 0o777);
    chmodSync(path, 0o444);
    const before = readdirSync(folder);
    await withoutPrivileges(() => expectRefused('READ_ONLY', /cannot be written/));
    expect(readdirSync(folder)).toEqual(before);
    chmodSync(path, 0o666);
    await withoutPrivileges(async () => (await openSqliteStore(path)).close());
  });

  test('a file beside it that may not be written, which the refusal names', async () => {
    await writeLog(1);
    writeFileSync(`${path}-shm`, '', { mode: 0o444 });
    chmodSync(`${path}-shm`, 0o444);
    chmodSync(path, 0o666);
    chmodSync(folder, 0o777);
    await withoutPrivileges(() => expectRefused('READ_ONLY', /log\.db-shm cannot be written/));
  });

  test('a folder that may not be written', async () => {
    await writeLog(1);
    for (const side of ['wal', 'shm']) rmSync(`${path}-${side}`, { force: true });
    chmodSync(path, 0o666);
    chmodSync(folder, 0o555);
    await withoutPrivileges(() =>
      expectRefused('READ_ONLY', /write permission on the file and on its folder/),
    );
    rmSync(path);
    await withoutPrivileges(() => expect(openSqliteStore(path)).rejects.toMatchObject({ code: 'READ_ONLY' }));
  });
});
