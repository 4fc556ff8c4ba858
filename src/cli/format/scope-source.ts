import type { Repository } from '../world/world.ts';

/**
 * Where the coordinator reads scopes from, when that is not the working tree in which somebody types: what lies in this one
 * counts later. Null: it is this one.
 */
export function scopesElsewhere({ worktree, mainWorktree, commonDir, bare }: Repository): string | null {
  if (mainWorktree !== null)
    return mainWorktree === worktree ? null : `the main working tree, ${mainWorktree}`;
  return bare ? `the last commit of ${commonDir}, which is bare` : null;
}
