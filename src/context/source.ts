import type { Repository } from './repository.ts';

/** Where scope files are read from: a working tree, or the last commit where there is none. */
export type ScopeSource =
  { readonly kind: 'worktree'; readonly root: string } | { readonly kind: 'head'; readonly gitDir: string };

/**
 * One graph per repository, whichever working tree its owner was started from: the main working tree, else (bare) the
 * commit that HEAD names. Only where Git does not record the main tree is the caller's own used.
 */
export function scopeSource({ mainWorktree, worktree, commonDir, bare }: Repository): ScopeSource {
  const root = mainWorktree ?? (bare ? null : worktree);
  return root === null ? { kind: 'head', gitDir: commonDir } : { kind: 'worktree', root };
}
