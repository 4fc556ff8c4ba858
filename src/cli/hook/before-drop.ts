/** Before Git commands that take commits from a branch, or make them anew: not those of others, unless they are pushed. */
import type { AgentId } from '../../core/index.ts';
import { kinOf, startedBy } from '../../guard/index.ts';
import type { StatusAnswer } from '../../protocol/index.ts';
import type { CommitMade } from '../../repository/index.ts';
import type { GitOperation } from '../../shell/index.ts';
import { count } from '../../wording/index.ts';
import type { Call } from '../call.ts';
import { line } from '../format/text.ts';
import type { Repository } from '../world/world.ts';

/** Who is about to run Git, and where. */
export interface GitAct {
  readonly call: Call;
  readonly repository: Repository;
  /** Null: nobody that takes part. */
  readonly agent: AgentId | null;
  /** A folder of the command line on this disk, absolute. */
  readonly onDisk: (folder: string) => string;
}

/** Why it is not to be run; null: no agent that is here would lose a commit. `there`: where it is run. */
export async function beforeDrop(
  { call, agent }: GitAct,
  { kind, drops }: Pick<GitOperation, 'kind' | 'drops'>,
  there: Repository,
  { agents }: StatusAnswer,
): Promise<string | null> {
  if (drops === null) return null;
  const own = kinOf(agents, committerFor(agents, agent));
  const others = new Set<string>(
    agents.flatMap(({ agent: name, presence }) => (presence === 'present' && !own.has(name) ? [name] : [])),
  );
  if (others.size === 0) return null;
  const commits = await call.world.inspection.commitsIn(there, {
    range: drops.range,
    newestOnly: drops.isOne,
    notOnRemotes: true,
    onlyOnBranch: drops.branch,
  });
  const lost = (commits ?? []).filter(({ agent: maker }) => maker !== null && others.has(maker));
  if (lost.length > 0) return refusedText(lost, kind === 'branch' ? keepBranch(drops.branch) : revert);
  return kind === 'branch' ? underOthers(call, drops.branch, { there, others, agents }) : null;
}

/** What a subagent commits is of the session that started it. */
function committerFor(agents: StatusAnswer['agents'], agent: AgentId | null): AgentId | null {
  const starter = agents.find((view) => view.agent === agent)?.metadata[startedBy];
  return agents.find((view) => view.agent === starter)?.agent ?? agent;
}

interface AroundBranch {
  /** Where it is run: whose branch is moved there sees it. */
  readonly there: Repository;
  readonly others: ReadonlySet<string>;
  readonly agents: StatusAnswer['agents'];
}

/** A branch that others have in a working tree of theirs is not moved from elsewhere: all that it has more would look undone there. */
async function underOthers(
  call: Call,
  branch: string,
  { there, others, agents }: AroundBranch,
): Promise<string | null> {
  const trees = (await call.world.inspection.checkedOut(there)).filter(
    (tree) => tree.branch === `refs/heads/${branch}` && tree.worktree !== there.worktree,
  );
  for (const { worktree } of trees) {
    const there = agents.find(
      ({ agent, metadata }) => others.has(agent) && metadata['worktree'] === worktree,
    );
    if (there !== undefined)
      return [
        line`not run: the branch ${branch} would move under ${there.agent}, which works on it in ${worktree}.`,
        '  Use a branch of your own: git branch NAME REV',
      ].join('\n');
  }
  return null;
}

const shownMax = 5;
const revert = '  Undo a commit by another one, without those: git revert REV. Add to one by a new commit.';
const keepBranch = (branch: string): string =>
  branch === 'HEAD'
    ? revert
    : line`  Leave that branch, or keep them by another one first: git branch NAME ${branch}`;

function refusedText(commits: readonly CommitMade[], remedy: string): string {
  const more = commits.length - shownMax;
  return [
    'not run: it would take commits of others from the branch, or change them, before they are pushed:',
    ...commits
      .slice(0, shownMax)
      .map(({ agent, id, subject }) => line`  ${agent ?? ''}: ${id.slice(0, 10)} ${subject}`),
    ...(more > 0 ? [`  and ${count(more, 'more commit')}`] : []),
    remedy,
  ].join('\n');
}
