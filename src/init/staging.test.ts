import type * as fs from 'node:fs';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { applyChanges } from './apply.ts';

/** What was asked of the disk, in its order, and what it says to the flushing of a folder. */
const disk = vi.hoisted(() => ({ steps: [] as string[], folderTrouble: null as string | null }));

vi.mock('node:fs', async (original) => {
  const real = await original<typeof fs>();
  return {
    ...real,
    renameSync: (from: string, to: string) => {
      disk.steps.push('rename');
      real.renameSync(from, to);
    },
    fsyncSync: (handle: number) => {
      const stat = real.fstatSync(handle);
      disk.steps.push(stat.isDirectory() ? `flush folder ${stat.ino}` : 'flush file');
      if (stat.isDirectory() && disk.folderTrouble !== null)
        throw Object.assign(new Error('said the disk'), { code: disk.folderTrouble });
      real.fsyncSync(handle);
    },
  };
});

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'rhema-staging-'));
  mkdirSync(join(root, 'a'));
  writeFileSync(join(root, 'a/rhema.yaml'), 'old\n');
  Object.assign(disk, { steps: [], folderTrouble: null });
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const change = { file: 'a/rhema.yaml', before: 'old\n', after: 'new\n' };
const flushOf = (folder: string): string => `flush folder ${statSync(join(root, folder)).ino}`;

it('a file has its new name on disk before anything is said to be written', () => {
  applyChanges(root, [change, { file: 'b/rhema.yaml', before: null, after: 'new\n' }]);
  expect(disk.steps.slice(0, 4)).toEqual(['flush file', 'flush file', 'rename', 'rename']);
  expect(disk.steps.slice(4).sort()).toEqual([flushOf('.'), flushOf('a'), flushOf('b')].sort());
});

it('a system that cannot flush a folder is no trouble', () => {
  disk.folderTrouble = 'EINVAL';
  applyChanges(root, [change]);
  expect(readFileSync(join(root, 'a/rhema.yaml'), 'utf8')).toBe('new\n');
});

it('a disk that fails to flush a folder has everything undone', () => {
  disk.folderTrouble = 'EIO';
  expect(() => applyChanges(root, [change])).toThrow('nothing was written: said the disk');
  expect(readFileSync(join(root, 'a/rhema.yaml'), 'utf8')).toBe('old\n');
});
