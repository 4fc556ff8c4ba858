import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openExclusiveLock } from './owner-lock.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'rhema-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

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

it('keeps its file from other users', async () => {
  const path = join(folder, 'owner.lock');
  (await openExclusiveLock(path))?.release();
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

it('refuses a folder', async () => {
  await expect(openExclusiveLock(folder)).rejects.toMatchObject({ code: 'CANNOT_OPEN' });
});
