import { chmodSync, mkdirSync, readlinkSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { deepFolder, temporaryFolder } from './testing/folder.ts';
import { ensurePrivateDirectory, socketAddress, statePaths } from './paths.ts';

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => (folder = temporaryFolder()));
afterEach(() => folder.remove());

it('uses the socket as it is when its path is short enough', () => {
  const paths = statePaths(folder.path);
  expect(socketAddress(paths)).toBe(join(folder.path, 'rhema', 'coordinator.sock'));
});

it('reaches a socket with a long path through a short link to its folder', () => {
  const paths = statePaths(deepFolder(folder.path));
  const address = socketAddress(paths, [join(folder.path, 'x'.repeat(90)), folder.path]);
  expect(Buffer.byteLength(address)).toBeLessThanOrEqual(103);
  expect(readlinkSync(dirname(address))).toBe(paths.directory);
  expect(socketAddress(paths, [folder.path])).toBe(address);
});

it('corrects a link that leads elsewhere', () => {
  const paths = statePaths(deepFolder(folder.path));
  const link = dirname(socketAddress(paths, [folder.path]));
  unlinkSync(link);
  symlinkSync(folder.path, link);
  socketAddress(paths, [folder.path]);
  expect(readlinkSync(link)).toBe(paths.directory);
});

it('gives the same paths however the folder is spelled', () => {
  const real = join(folder.path, 'real');
  mkdirSync(real);
  symlinkSync(real, join(folder.path, 'alias'));
  expect(statePaths(join(folder.path, 'alias'))).toEqual(statePaths(real));
});

it('does not use a folder for links that others may write to', () => {
  const paths = statePaths(deepFolder(folder.path));
  const links = dirname(dirname(socketAddress(paths, [folder.path])));
  chmodSync(links, 0o777);
  expect(() => socketAddress(paths, [folder.path])).toThrowError(
    expect.objectContaining({ code: 'PERMISSION' }),
  );
});

it('says what is wrong with a folder that is a file', () => {
  const path = join(folder.path, 'file');
  writeFileSync(path, '');
  const refusal = expect.objectContaining({ code: 'PERMISSION', details: { path } });
  expect(() => ensurePrivateDirectory(path)).toThrowError(refusal);
});
