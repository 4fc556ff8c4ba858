/** Where the paths of a shell command line lead, on this disk. */
import { lstatSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathOnDisk, type ShellWrite } from '../../shell/index.ts';
import type { HookWork } from './hook-work.ts';

/** Absolute, from the folder in which the command line is run. */
export function onDisk({ call, worktree, asked }: HookWork, folder: string, path = '.'): string {
  const act = asked.act?.kind === 'shell' ? (asked.act.folder ?? '.') : '.';
  const roots = { start: resolve(call.cwd, act), home: call.ports.env['HOME'] ?? '/', top: worktree };
  return pathOnDisk({ folder, path }, roots);
}

export interface FoundWrite {
  readonly path: string;
  /** Of a link itself, and not of what it leads to. */
  readonly replaces: boolean;
  /** Of what is below a folder, too. */
  readonly isTree: boolean;
  /** Of what is in that folder only what matches; null: all. */
  readonly matching: string | null;
}

/** What a write is of, by what lies there now. */
export function foundWrite(work: HookWork, write: ShellWrite): FoundWrite {
  const named = onDisk(work, write.folder, write.path);
  if (write.pattern !== null)
    return {
      path: named,
      // The folder in which is looked for names is the one that a link leads to.
      replaces: false,
      isTree: true,
      matching: write.pattern,
    };
  const { replaces } = write;
  if (write.inside !== null && isFolderAt(named))
    return { path: join(named, write.inside), replaces, isTree: false, matching: null };
  const isFolder = replaces ? isRealFolderAt(named) : isFolderAt(named);
  // Of a folder as such nothing is written that is no file in it.
  return { path: named, replaces, isTree: isFolder && write.how === 'tree', matching: null };
}

export const isFolderAt = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

/** A link to a folder is none. */
const isRealFolderAt = (path: string): boolean =>
  lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
