/** Whom a clash concerns, on each of its sides. */
import type { AgentId } from '../core/index.ts';
import type { LockView, StatusAnswer } from '../protocol/index.ts';
import type { Side } from './sides.ts';

/**
 * Agents that work in the tree of the side and have locked the file; else whoever has locked it and does not say where he works;
 * else all that work in the tree. Of a branch alone nobody.
 */
export function concerned(
  { agents, locks }: Pick<StatusAnswer, 'agents' | 'locks'>,
  file: string,
  { tree }: Side,
): readonly AgentId[] {
  if (tree === null) return [];
  const present = agents.filter(({ presence }) => presence === 'present');
  const inTree = present.filter(({ metadata }) => metadata['worktree'] === tree).map(({ agent }) => agent);
  const anywhere = present
    .filter(({ metadata }) => typeof metadata['worktree'] !== 'string')
    .map(({ agent }) => agent);
  const holders = new Set(locks.filter((lock) => covers(lock, file)).map(({ agent }) => agent));
  const [here, somewhere] = [inTree, anywhere].map((some) => some.filter((agent) => holders.has(agent)));
  return [here, somewhere, inTree].find((some) => some !== undefined && some.length > 0) ?? [];
}

function covers(lock: LockView, path: string): boolean {
  if (lock.resource !== undefined) return false;
  const { scope, file } = lock;
  return file === undefined ? scope === '.' || path.startsWith(`${scope}/`) : (file as string) === path;
}
