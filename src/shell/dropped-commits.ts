/** Which commits a command of Git takes from a branch, or makes anew in another form. */
import { textOf, type Field } from './fields.ts';
import type { GitCall } from './git-call.ts';
import type { DroppedCommits } from './reading.ts';

const between = (from: string, to: string, branch = 'HEAD'): DroppedCommits => ({
  range: `${from}..${to}`,
  isOne: false,
  branch,
});

/** `git commit --amend`. */
export const amended = (call: GitCall): DroppedCommits | null =>
  call.has('--amend') ? { range: 'HEAD', isOne: true, branch: 'HEAD' } : null;

/** `git reset REVISION`. */
export function resetTo(revision: Field | undefined): DroppedCommits | null {
  const name = textOf(revision);
  return name === null || isHead(name) ? null : between(name, 'HEAD');
}

/** `git switch -C NAME START`: a branch of that name that is there already begins anew. */
export function begunAnew(name: Field | undefined, start: Field | undefined): DroppedCommits | null {
  const branch = textOf(name);
  const from = start === undefined ? 'HEAD' : textOf(start);
  return branch === null || from === null ? null : between(from, `refs/heads/${branch}`, branch);
}

/** `git branch -D NAME`: what led to it, and to no other. */
export function removed(name: Field): DroppedCommits | null {
  const branch = textOf(name);
  return branch === null ? null : { range: `refs/heads/${branch}`, isOne: false, branch };
}

/** A rebase of others' commits just as they are is no loss to them; one that chooses may be. */
export function rebased(call: GitCall): DroppedCommits | null {
  const [upstream, branch] = call.operands;
  const from = upstream === undefined ? '@{upstream}' : textOf(upstream);
  const head = branch === undefined ? 'HEAD' : textOf(branch);
  if (from === null || head === null) return null;
  const isChosen = call.has('-i', '--interactive');
  if (call.has('--root'))
    return isChosen ? { range: upstream === undefined ? 'HEAD' : from, isOne: false, branch: 'HEAD' } : null;
  if (isChosen) return between(from, head, head);
  const onto = textOf(call.value('--onto'));
  return onto === null ? null : between(onto, from, head);
}

/** `git filter-branch`, of all that led to HEAD. */
export const rewritten: DroppedCommits = { range: 'HEAD', isOne: false, branch: 'HEAD' };

const isHead = (name: string): boolean => name === 'HEAD' || name === '@';
