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
  { drops }: Pick<GitOperation, 'drops'>,
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
  return lost.length === 0 ? null : refusedText(lost);
}

/** What a subagent commits is of the session that started it. */
function committerFor(agents: StatusAnswer['agents'], agent: AgentId | null): AgentId | null {
  const starter = agents.find((view) => view.agent === agent)?.metadata[startedBy];
  return agents.find((view) => view.agent === starter)?.agent ?? agent;
}

const shownMax = 5;

function refusedText(commits: readonly CommitMade[]): string {
  const more = commits.length - shownMax;
  return [
    'not run: it would take commits of others from the branch, or change them, before they are pushed:',
    ...commits
      .slice(0, shownMax)
      .map(({ agent, id, subject }) => line`  ${agent ?? ''}: ${id.slice(0, 10)} ${subject}`),
    ...(more > 0 ? [`  and ${count(more, 'more commit')}`] : []),
    '  Undo a commit by another one, without those: git revert REV. Add to one by a new commit.',
  ].join('\n');
}
