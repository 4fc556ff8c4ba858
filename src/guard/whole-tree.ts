/**
 * What a Git command that takes a whole working tree with it would do to the work of others there: files that another agent has
 * locked and that are not committed yet, in just that tree.
 */
import type { AgentId } from '../core/index.ts';
import type { LockView, StatusAnswer } from '../protocol/index.ts';

export interface AtRisk {
  readonly lock: LockView;
  /** Those that it covers; sorted. */
  readonly files: readonly string[];
}

export interface InTree {
  /** Who runs the command, with all whose work is its own; empty: nobody that takes part. */
  readonly own: ReadonlySet<AgentId>;
  /** The working tree, as agents name theirs. */
  readonly tree: string;
  /** What of it is changed and not committed. */
  readonly changed: readonly string[];
}

/** An agent that says that it works in another tree has its changes there. */
export function atRisk(
  { agents, locks }: Pick<StatusAnswer, 'agents' | 'locks'>,
  { own, tree, changed }: InTree,
): readonly AtRisk[] {
  const trees = new Map(agents.map(({ agent: name, metadata }) => [name, metadata['worktree']]));
  const here = locks.filter(({ agent }) => {
    const place = trees.get(agent);
    return typeof place !== 'string' || place === tree;
  });
  return locksOver(here, own, changed);
}

/** The locks of others that cover some files, wherever their agents work, and which files each. */
export function locksOver(
  locks: StatusAnswer['locks'],
  own: ReadonlySet<AgentId>,
  paths: readonly string[],
): readonly AtRisk[] {
  return locks.flatMap((lock): AtRisk[] => {
    if (own.has(lock.agent) || lock.resource !== undefined) return [];
    const files = paths.filter((file) => isUnder(lock, file)).toSorted();
    return files.length === 0 ? [] : [{ lock, files }];
  });
}

const isUnder = ({ scope, file }: LockView & { readonly resource?: undefined }, path: string): boolean =>
  file === undefined ? scope === '.' || path.startsWith(`${scope}/`) : (file as string) === path;
