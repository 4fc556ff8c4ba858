import type * as fs from 'node:fs';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { applyChanges } from './apply.ts';
import type { FileChange } from './file-change.ts';
import { folderOfTest } from '../../../test/support/folder.ts';

/** What was asked of the disk, in its order, and what it says to the flushing of a folder and before a renaming. */
const disk = vi.hoisted(() => ({
  steps: [] as string[],
  folderTrouble: null as string | null,
  beforeRename: (_to: string): void => {},
}));

vi.mock('node:fs', async (original) => {
  const real = await original<typeof fs>();
  return {
    ...real,
    renameSync: (from: string, to: string) => {
      disk.steps.push('rename');
      disk.beforeRename(to);
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
  root = folderOfTest('rhema-staging-');
  mkdirSync(join(root, 'a'));
  writeFileSync(join(root, 'a/rhema.yaml'), 'old\n');
  Object.assign(disk, { steps: [], folderTrouble: null, beforeRename: () => {} });
});

const change = { file: 'a/rhema.yaml', before: 'old\n', after: 'new\n' };
const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const flushOf = (folder: string): string => `flush folder ${statSync(join(root, folder)).ino}`;

it('a file has its new name on disk before anything is said to be written', () => {
  applyChanges(root, [change, { file: 'b/rhema.yaml', before: null, after: 'new\n' }]);
  expect(disk.steps.slice(0, 4)).toEqual(['flush file', 'flush file', 'rename', 'rename']);
  expect(disk.steps.slice(4).sort()).toEqual([flushOf('.'), flushOf('a'), flushOf('b')].sort());
});

it('a system that cannot flush a folder is no trouble', () => {
  disk.folderTrouble = 'EINVAL';
  applyChanges(root, [change]);
  expect(read('a/rhema.yaml')).toBe('new\n');
});

it('a disk that fails to flush a folder has everything undone', () => {
  disk.folderTrouble = 'EIO';
  expect(() => applyChanges(root, [change])).toThrow('nothing was written: said the disk');
  expect(read('a/rhema.yaml')).toBe('old\n');
});

describe('when the last of several renamings fails', () => {
  const failing = { file: 'failing.yaml', before: null, after: 'x\n' };
  const gone = { file: 'gone.yaml', before: 'gone\n', after: null };
  const failAt = (name: string): void => {
    if (name.endsWith('failing.yaml')) throw new Error('said the disk');
  };
  const apply = (...changes: FileChange[]) => {
    return () => applyChanges(root, [...changes, failing]);
  };
  beforeEach(() => {
    disk.beforeRename = failAt;
    writeFileSync(join(root, 'gone.yaml'), 'gone\n');
  });

  it('what was done is undone', () => {
    const added = { file: 'rhema.yaml', before: null, after: 'top\n' };
    expect(apply(added, change, gone)).toThrow('nothing was written: said the disk');
    expect([existsSync(join(root, 'rhema.yaml')), readdirSync(join(root, 'a'))]).toEqual([
      false,
      ['rhema.yaml'],
    ]);
    expect([read('a/rhema.yaml'), read('gone.yaml')]).toEqual(['old\n', 'gone\n']);
  });

  it('files have the rights that they had', () => {
    for (const file of ['a/rhema.yaml', 'gone.yaml']) chmodSync(join(root, file), 0o664);
    expect(apply(change, gone)).toThrow('said the disk');
    for (const file of ['a/rhema.yaml', 'gone.yaml'])
      expect(statSync(join(root, file)).mode & 0o777).toBe(0o664);
  });

  it('folders that were made are gone', () => {
    expect(apply({ file: 'b/c/rhema.yaml', before: null, after: 'new\n' })).toThrow('said the disk');
    expect(existsSync(join(root, 'b'))).toBe(false);
  });

  it('a file that cannot be put back is named, and the others are put back', () => {
    writeFileSync(join(root, 'b.yaml'), 'old\n');
    let renamings = 0;
    disk.beforeRename = (to) => {
      failAt(to);
      if (to.endsWith('b.yaml') && (renamings += 1) > 1) throw new Error('said the disk again');
    };
    expect(apply(change, { ...change, file: 'b.yaml' }, gone)).toThrow(
      'said the disk; not all could be put back as it was: look at b.yaml',
    );
    expect([read('a/rhema.yaml'), read('b.yaml'), read('gone.yaml')]).toEqual(['old\n', 'new\n', 'gone\n']);
  });

  it('what somebody else has written meanwhile stays, and is named', () => {
    disk.beforeRename = (to) => {
      if (to.endsWith('failing.yaml')) writeFileSync(join(root, 'gone.yaml'), 'theirs\n');
      failAt(to);
    };
    expect(apply(change, gone)).toThrow('look at gone.yaml');
    expect([read('a/rhema.yaml'), read('gone.yaml')]).toEqual(['old\n', 'theirs\n']);
  });
});
