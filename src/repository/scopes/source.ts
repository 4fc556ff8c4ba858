import { RepositoryError } from '../errors.ts';
import type { Repository } from '../git/folders.ts';

/** Where scope files are read from: a working tree, or the last commit where there is none. */
export type ScopeSource =
  | { readonly kind: 'worktree'; readonly root: string }
  | { readonly kind: 'head'; readonly gitDir: string };

/** The top of the working tree that the scopes are of, whichever one asks; null: there is none. */
export function syncedTree(repository: Repository): string | null {
  const source = scopeSource(repository);
  return source.kind === 'worktree' ? source.root : null;
}

/**
 * One graph per repository, whichever working tree its owner was started from: the main working tree, else (bare) the
 * commit that HEAD names. Only where Git does not record the main tree is the caller's own used.
 *
 * @throws RepositoryError UNREADABLE where there is a working tree, but nobody has said where: its last commit may be
 * something else altogether.
 */
export function scopeSource({ mainWorktree, worktree, commonDir, bare }: Repository): ScopeSource {
  const root = mainWorktree ?? (bare ? null : worktree);
  if (root !== null) return { kind: 'worktree', root };
  if (bare) return { kind: 'head', gitDir: commonDir };
  throw new RepositoryError(
    'UNREADABLE',
    `nothing says where the working tree of ${commonDir} is: run a command in it, or set core.worktree`,
  );
}
