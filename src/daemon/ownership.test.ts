import { existsSync, linkSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ensurePrivateDirectory, socketAddress, statePaths, type StatePaths } from '../client/index.ts';
import { asRevision } from '../core/index.ts';
import { openSqliteStore } from '../store/sqlite/index.ts';
import { sampleEntries } from '../store/samples.ts';
import { capLogFile } from './log-file.ts';
import { takeOwnership, removeStaleSocket } from './ownership.ts';
import { temporaryFolder } from '../client/testing/folder.ts';

let folder: ReturnType<typeof temporaryFolder>;
let paths: StatePaths;
beforeEach(() => {
  folder = temporaryFolder();
  paths = statePaths(folder.path);
});
afterEach(() => folder.remove());

it('is taken by the first; the next gives way once the first can be reached', async () => {
  const lock = await takeOwnership(paths);
  expect(lock).not.toBeNull();
  const second = takeOwnership(paths);
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(socketAddress(paths), resolve));
  expect(await second).toBeNull();
  server.close();
  lock?.release();
});

it('passes to one who waits when the owner leaves instead', async () => {
  const lock = await takeOwnership(paths);
  const second = takeOwnership(paths);
  lock?.release();
  const next = await second;
  expect(next).not.toBeNull();
  next?.release();
});

it('of a copy by hard links blocks neither of the two, and each has a log of its own from then on', async () => {
  const copy = temporaryFolder();
  const theirs = statePaths(copy.path);
  (await takeOwnership(paths))?.release();
  const store = await openSqliteStore(paths.database);
  await store.append(asRevision(0), sampleEntries(1, 5));
  ensurePrivateDirectory(theirs.directory);
  for (const name of readdirSync(paths.directory))
    linkSync(join(paths.directory, name), join(theirs.directory, name));
  await store.close();
  const [lock, other] = [await takeOwnership(paths), await takeOwnership(theirs)];
  for (const { database, lock: file } of [paths, theirs])
    expect([statSync(database).nlink, statSync(file).nlink]).toEqual([1, 1]);
  const stores = [await openSqliteStore(paths.database), await openSqliteStore(theirs.database)];
  await stores[0]?.append(asRevision(5), sampleEntries(6, 9));
  expect(await Promise.all(stores.map((each) => each.bounds()))).toEqual([
    { first: 1, last: 9 },
    { first: 1, last: 5 },
  ]);
  for (const each of stores) await each.close();
  lock?.release();
  other?.release();
  copy.remove();
});

it('removes a socket that nobody listens on, and nothing else', async () => {
  ensurePrivateDirectory(paths.directory);
  removeStaleSocket(paths.socket);
  writeFileSync(paths.socket, 'precious');
  expect(() => removeStaleSocket(paths.socket)).toThrowError(expect.objectContaining({ code: 'PERMISSION' }));
  expect(readFileSync(paths.socket, 'utf8')).toBe('precious');
});

it('begins a log file anew when it is large, and keeps the last', () => {
  ensurePrivateDirectory(paths.directory);
  capLogFile(paths.log, 3);
  expect(existsSync(paths.log)).toBe(false);
  writeFileSync(paths.log, 'abc');
  capLogFile(paths.log, 3);
  expect(readFileSync(paths.log, 'utf8')).toBe('abc');
  writeFileSync(paths.log, 'abcd');
  capLogFile(paths.log, 3);
  expect(readFileSync(paths.log, 'utf8')).toBe('');
  expect(readFileSync(`${paths.log}.1`, 'utf8')).toBe('abcd');
});
