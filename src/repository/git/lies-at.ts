import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { ScopePath } from '../../core/index.ts';
import { leadsTo } from './repository.ts';
import { isEmptySubmodule } from './submodules.ts';

/**
 * What lies at a path; a link is what it leads to. A repository within a working tree, such as a submodule, is one entry of that
 * tree, as a file is.
 */
export function liesAt(worktree: string, file: ScopePath): 'folder' | 'file' | 'nothing' {
  const path = join(worktree, file);
  try {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat === undefined) return 'nothing';
    if (!stat.isDirectory()) return 'file';
    const isEntry = file !== '.' && (leadsTo(path) !== null || isEmptySubmodule(worktree, file));
    return isEntry ? 'file' : 'folder';
  } catch {
    return 'nothing';
  }
}
