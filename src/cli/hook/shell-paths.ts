/** Where the paths of a shell command line lead, on this disk. */
import { statSync } from 'node:fs';
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
  /** Of what is below a folder, too. */
  readonly isTree: boolean;
  /** Of what is in that folder only what matches, seen from another one; null: all. */
  readonly matching: { readonly pattern: string; readonly from: string } | null;
}

/** What a write is of, by what lies there now. */
export function foundWrite(work: HookWork, write: ShellWrite): FoundWrite {
  const named = onDisk(work, write.folder, write.path);
  if (write.pattern !== null)
    return {
      path: named,
      isTree: true,
      matching: { pattern: write.pattern, from: named },
    };
  const isFolder = isFolderAt(named);
  if (isFolder && write.inside !== null)
    return { path: join(named, write.inside), isTree: false, matching: null };
  // Of a folder as such nothing is written that is no file in it.
  return { path: named, isTree: isFolder && write.how === 'tree', matching: null };
}

export const isFolderAt = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
