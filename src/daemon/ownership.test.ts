import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ensurePrivateDirectory, socketAddress, statePaths, type StatePaths } from '../client/index.ts';
import { capLogFile } from './log-file.ts';
import { claimOwnership, removeStaleSocket } from './ownership.ts';
import { temporaryFolder } from '../client/testing/folder.ts';

let folder: ReturnType<typeof temporaryFolder>;
let paths: StatePaths;
beforeEach(() => {
  folder = temporaryFolder();
  paths = statePaths(folder.path);
});
afterEach(() => folder.remove());

it('is claimed by the first; the next gives way once the first can be reached', async () => {
  const lock = await claimOwnership(paths);
  expect(lock).not.toBeNull();
  const second = claimOwnership(paths);
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(socketAddress(paths), resolve));
  expect(await second).toBeNull();
  server.close();
  lock?.release();
});

it('passes to one who waits when the owner leaves instead', async () => {
  const lock = await claimOwnership(paths);
  const second = claimOwnership(paths);
  lock?.release();
  const next = await second;
  expect(next).not.toBeNull();
  next?.release();
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
