import type { AgentId } from '../core/index.ts';
import type { SessionKeeping } from '../participant/index.ts';
import type { Coordinator } from '../protocol/index.ts';
import type { Clock } from '../time/index.ts';
import { claimName, livingKeeper, releaseName, takeName, type Keeper } from './keeper-file.ts';
import { statePaths } from './paths.ts';
import { deleteSession, readSession, writeSession } from './session-file.ts';

/** The sessions and keepers of a repository, in the files of this user. */
export function sessionKeeping(
  commonDir: string,
  clock: Pick<Clock, 'wallMs'>,
  coordinator: Coordinator,
): SessionKeeping {
  const paths = statePaths(commonDir);
  const claim = async (agent: AgentId): Promise<Keeper | null> => {
    const keeper = claimName(paths, agent, clock.wallMs());
    if (keeper?.isUnseen !== true || (await takesPart(coordinator, agent))) return keeper;
    // The container may be gone for long, and its name must not be.
    return claimName(paths, agent, clock.wallMs(), ({ isUnseen }) => isUnseen !== true);
  };
  return {
    claim: async (agent) => {
      const keeper = await claim(agent);
      if (keeper === null) return { kind: 'kept' };
      return { kind: 'taken', by: { pid: keeper.process.pid, sinceMs: keeper.sinceMs } };
    },
    take: async (agent) => takeName(paths, agent, clock.wallMs()),
    keeper: async (agent) => {
      const keeper = livingKeeper(paths, agent);
      return keeper === null ? null : { pid: keeper.process.pid, sinceMs: keeper.sinceMs };
    },
    read: async (agent) => readSession(paths, agent),
    write: async (session) => writeSession(paths, session),
    release: async (agent) => releaseName(paths, agent),
    forget: async (agent) => {
      deleteSession(paths, agent);
      releaseName(paths, agent);
    },
  };
}

/** Its session is renewed for as long as its client lives, wherever that is. */
async function takesPart(coordinator: Coordinator, name: AgentId): Promise<boolean> {
  const { agents } = await coordinator.query({ kind: 'status', at: null });
  return agents.some(({ agent, presence }) => agent === name && presence === 'present');
}
