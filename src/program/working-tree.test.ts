import { execFileSync } from 'node:child_process';
import { lstatSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ScopePath } from '../core/index.ts';
import { filesOf } from './working-tree.ts';

const notes = 'api/notes.yaml' as ScopePath;
let [folder, worktree] = ['', ''];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rhema-working-tree-'));
  worktree = join(folder, 'repository');
  mkdirSync(join(worktree, 'api'), { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true }));

const inTree = (path: string): string => join(worktree, path);
async function write(text: string): Promise<void> {
  await filesOf(worktree).stage(notes, 'mark', text);
  await filesOf(worktree).finish(notes, 'mark');
}

it('a file is written whole beside itself, and read', async () => {
  expect(await filesOf(worktree).read(notes)).toBeNull();
  await write('one');
  expect(await filesOf(worktree).read(notes)).toBe('one');
});

it('a link that leads to a file of the tree leads to it still', async () => {
  writeFileSync(inTree('real.yaml'), 'old');
  symlinkSync('../real.yaml', inTree(notes));
  await write('new');
  expect(lstatSync(inTree(notes)).isSymbolicLink()).toBe(true);
  expect(readFileSync(inTree('real.yaml'), 'utf8')).toBe('new');
});

it.each([
  ['the file is a link', () => symlinkSync(join(folder, 'mine'), inTree(notes))],
  [
    'its folder is a link',
    () => {
      rmSync(inTree('api'), { recursive: true });
      symlinkSync(folder, inTree('api'));
      writeFileSync(join(folder, 'notes.yaml'), 'mine');
    },
  ],
])('what leads out of the tree is neither read nor written: %s', async (_, plant) => {
  writeFileSync(join(folder, 'mine'), 'mine');
  plant();
  await expect(filesOf(worktree).read(notes)).rejects.toThrow('leads out of');
  await expect(write('theirs')).rejects.toThrow('leads out of');
  expect(readFileSync(join(folder, 'mine'), 'utf8')).toBe('mine');
});

it('a pipe, and a folder, are no files, and nobody waits for them', async () => {
  execFileSync('mkfifo', [inTree(notes)]);
  await expect(filesOf(worktree).read(notes)).rejects.toThrow('is no file');
  rmSync(inTree(notes));
  mkdirSync(inTree(notes));
  await expect(filesOf(worktree).read(notes)).rejects.toThrow('is no file');
});
