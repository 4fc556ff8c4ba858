/**
 * Before entries of the stash are put back or dropped. Who puts work aside keeps its locks: so an entry with files that another
 * agent holds is that one's, or would be written over its work. All others are free, whatever else lies in the working tree: two
 * agents that have both put something aside would wait for each other else.
 */
import { kinOf, locksOver } from '../../guard/index.ts';
import type { StatusAnswer } from '../../protocol/index.ts';
import type { GitOperation } from '../../shell/index.ts';
import { someNames } from '../../wording/index.ts';
import { line } from '../format/text.ts';
import type { Repository } from '../world/world.ts';
import type { GitAct } from './before-drop.ts';

export const isOfStash = ({ kind }: Pick<GitOperation, 'kind'>): boolean => told[kind] !== undefined;

const told: Readonly<Partial<Record<GitOperation['kind'], { readonly does: string; readonly own: string }>>> =
  {
    unstash: { does: 'put back files that others hold', own: 'git stash pop stash@{N}' },
    dropStash: { does: 'drop what others have put aside, and still hold', own: 'git stash drop stash@{N}' },
  };

const shownMax = 5;

/** Why it is not to be run; null: nothing in it is of others. */
export async function beforeStash(
  { call, agent }: GitAct,
  { kind, entry }: Pick<GitOperation, 'kind' | 'entry'>,
  there: Repository,
  { locks }: StatusAnswer,
): Promise<string | null> {
  const others = locks.filter((lock) => lock.agent !== agent);
  if (others.length === 0) return null;
  const inTheWay = locksOver(
    others,
    kinOf([], agent),
    await call.world.inspection.stashedFiles(there, entry),
  );
  if (inTheWay.length === 0) return null;
  const { does = '', own = '' } = told[kind] ?? {};
  return [
    `not run: it would ${does}:`,
    ...inTheWay.slice(0, shownMax).map(({ lock, files }) => line`  ${lock.agent}: ${someNames(files)}`),
    `  For an entry of your own: git stash list, git stash show stash@{N}, then ${own}`,
  ].join('\n');
}
