import { relative, sep } from 'node:path';
import { commonPointer, realDirectory } from './git-folder.ts';
import { isInside } from './inside.ts';
import { leadsTo } from './repository.ts';
import { emptySubmoduleAround } from './submodules.ts';
import { upwards } from './upwards.ts';

/** A place in another working tree. */
export interface OtherPlace {
  /** Whether it is one of the same repository; else it is of one that lies within, which has locks of its own. */
  readonly isSame: boolean;
  /** Top folder of that tree. */
  readonly tree: string;
  /** It is of a submodule that is not initialised: Git has not brought its repository yet. */
  readonly isEmpty?: true;
  /** Seen from there, with forward slashes; empty for the top. */
  readonly path: string;
}

/**
 * Where a path lies in another working tree: of the repository that a working tree belongs to, be it beside that or within; or of
 * another repository within, such as a submodule. Null where it lies in none. The top of another repository is a place in the
 * tree around it, which has an entry for it. Both paths are free of symlinks.
 */
export function inOtherTree(worktree: string, target: string): OtherPlace | null {
  for (const tree of upwards(target)) {
    if (tree === worktree) return inEmptySubmodule(worktree, target);
    const led = leadsTo(tree);
    if (led === null) continue;
    const own = leadsTo(worktree);
    const isSame = own !== null && commonOf(led.gitDir) === commonOf(own.gitDir);
    const isOther = !isSame && tree !== target && isInside(worktree, tree);
    return (isSame || isOther) && isInside(tree, target)
      ? { isSame, tree, path: relative(tree, target).split(sep).join('/') }
      : null;
  }
  return null;
}

function inEmptySubmodule(worktree: string, target: string): OtherPlace | null {
  const tree = emptySubmoduleAround(worktree, target);
  if (tree === null) return null;
  return { isSame: false, tree, path: relative(tree, target).split(sep).join('/'), isEmpty: true };
}

const commonOf = (gitDir: string): string | null => realDirectory(commonPointer(gitDir));
