import { linkSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { openExclusiveLock } from './owner-lock.ts';
import { folderOfTest } from '../../../test/support/folder.ts';

let folder: string;
beforeEach(() => (folder = folderOfTest('rhema-')));

it('is had by one at a time, and again after its release', async () => {
  const path = join(folder, 'owner.lock');
  const first = await openExclusiveLock(path);
  expect(first).not.toBeNull();
  expect(await openExclusiveLock(path)).toBeNull();
  first?.release();
  first?.release();
  const second = await openExclusiveLock(path);
  expect(second).not.toBeNull();
  second?.release();
});

it('is had once for both where a copy by hard links has the same, and by each from then on', async () => {
  const [path, copy] = [join(folder, 'owner.lock'), join(folder, 'copy.lock')];
  const before = await openExclusiveLock(path);
  linkSync(path, copy);
  expect(await openExclusiveLock(copy)).toBeNull();
  before?.release();
  const locks = [await openExclusiveLock(path), await openExclusiveLock(copy)];
  expect(locks).not.toContain(null);
  expect(await openExclusiveLock(path)).toBeNull();
  expect(await openExclusiveLock(copy)).toBeNull();
  for (const lock of locks) lock?.release();
});

it('is not taken by a second name of something else, which is left as it is', async () => {
  const [path, other] = [join(folder, 'owner.lock'), join(folder, 'precious')];
  writeFileSync(other, 'precious');
  linkSync(other, path);
  await expect(openExclusiveLock(path)).rejects.toMatchObject({ code: 'CANNOT_OPEN' });
  expect(readFileSync(other, 'utf8')).toBe('precious');
});

it('keeps its file from other users', async () => {
  const path = join(folder, 'owner.lock');
  (await openExclusiveLock(path))?.release();
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

it('refuses a folder', async () => {
  await expect(openExclusiveLock(folder)).rejects.toMatchObject({ code: 'CANNOT_OPEN' });
});
