/** A branch is not moved under an agent that works on it in a working tree of its own. */
import type { Call } from '../call.ts';
import { exitCodes } from '../answer/exit-codes.ts';
import { ended, type Outcome } from '../answer/outcome.ts';
import { line } from '../format/text.ts';
import { committer } from './committer.ts';

/** Git names on standard input what it is about to move. Whoever moves a branch in the tree where it is checked out may. */
export async function judgeBranches(call: Call): Promise<Outcome> {
  const text = await call.world.readInput(call.cwd, null);
  if (/ ORIG_HEAD$/m.test(text)) {
    const merge = await (await import('./git-hook-merge.ts')).judgeMerge(call);
    if (merge.kind === 'refused') return merge;
  }
  const moved = branchesIn(text);
  const { worktree } = await call.repository();
  const elsewhere = (await call.world.inspection.checkedOut(await call.repository())).filter(
    (each) => each.worktree !== worktree && moved.has(each.branch),
  );
  if (elsewhere.length === 0) return ended(exitCodes.done);
  const { revision, agents } = await (await call.coordinator()).query({ kind: 'status', at: null });
  const own = await committer(call, { agents });
  const inTheWay = elsewhere.flatMap((tree) =>
    agents
      .filter(({ agent, presence }) => presence === 'present' && agent !== own)
      .filter(({ metadata }) => metadata['worktree'] === tree.worktree)
      .map(({ agent }) => ({ ...tree, agent })),
  );
  const [first] = inTheWay;
  if (first === undefined) return ended(exitCodes.done);
  const branch = first.branch.replace(/^refs\/heads\//, '');
  return {
    kind: 'refused',
    exitCode: exitCodes.refused,
    revision,
    code: 'WRITE_REFUSED',
    message: line`the branch ${branch} is not moved: ${first.agent} works on it in ${first.worktree}`,
    details: { branches: inTheWay },
    lines: [
      line`the branch ${branch} is not moved: ${first.agent} works on it in ${first.worktree}, and would have other files there than its last commit`,
      line`  move it there, or tell ${first.agent}: ${call.rhema('say', '--to', first.agent, '...')}`,
    ],
  };
}

/** `<old> <new> <ref>`, one a line. One that is new is in nobody's way. */
function branchesIn(text: string): ReadonlySet<string> {
  return new Set(
    text.split('\n').flatMap((row) => {
      const [before = '', after = '', ref = ''] = row.split(' ');
      return before !== after && ref.startsWith('refs/heads/') ? [ref] : [];
    }),
  );
}
