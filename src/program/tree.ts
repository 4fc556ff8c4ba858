import type { Parsed, ScopePath } from '../core/index.ts';
import type { Lies } from '../participant/index.ts';
import { liesAt, repositoryPath, type Repository } from '../repository/git/index.ts';

/** The working tree that paths are in. */
export interface Tree {
  /** Where a path leads by the links in it. */
  realPath(path: ScopePath): Parsed<ScopePath>;
  liesAt(path: ScopePath): Lies;
}

/** A bare repository has no tree: there each path is as it is written, and nothing lies at it. */
export function treeOf({ worktree }: Pick<Repository, 'worktree'>): Tree {
  if (worktree === null) return { realPath: (path) => ({ ok: true, value: path }), liesAt: () => 'nothing' };
  return {
    realPath: (path) => repositoryPath(worktree, worktree, path),
    liesAt: (path) => liesAt(worktree, path),
  };
}
