import type { AgentId } from '../core/index.ts';
import type { SessionKeeping } from '../participant/index.ts';
import type { Coordinator } from '../protocol/index.ts';
import type { Clock } from '../time/index.ts';
import { occupyName, livingOccupant, releaseName, takeName, type Occupant } from './occupant-file.ts';
import { pathsFor } from './paths.ts';
import { deleteSession, readSession, writeSession } from './session-file.ts';

/** The sessions and occupants of a repository, in the files of this user. `server`: where it is coordinated, if elsewhere. */
export function sessionKeeping(
  commonDir: string,
  clock: Pick<Clock, 'wallMs'>,
  coordinator: Coordinator,
  server?: string,
): SessionKeeping {
  const paths = pathsFor(commonDir, server);
  const occupy = async (agent: AgentId): Promise<Occupant | null> => {
    const occupant = occupyName(paths, agent, clock.wallMs());
    if (occupant?.isUnseen !== true || (await takesPart(coordinator, agent))) return occupant;
    // The container may be gone for long, and its name must not be.
    return occupyName(paths, agent, clock.wallMs(), ({ isUnseen }) => isUnseen !== true);
  };
  return {
    occupy: async (agent) => {
      const occupant = await occupy(agent);
      if (occupant === null) return { kind: 'ours' };
      return { kind: 'taken', by: { pid: occupant.process.pid, sinceMs: occupant.sinceMs } };
    },
    take: async (agent) => takeName(paths, agent, clock.wallMs()),
    occupant: async (agent) => {
      const occupant = livingOccupant(paths, agent);
      return occupant === null ? null : { pid: occupant.process.pid, sinceMs: occupant.sinceMs };
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

/**
 * The sessions of agents that take part through a server, by its callers: those of each caller apart, for the server alone.
 * Nobody else acts under them.
 */
export function sessionsOfCaller(commonDir: string, caller: string): SessionKeeping {
  const paths = pathsFor(commonDir, `caller ${caller}`);
  return {
    occupy: async () => ({ kind: 'ours' }),
    take: async () => undefined,
    occupant: async () => null,
    read: async (agent) => readSession(paths, agent),
    write: async (session) => writeSession(paths, session),
    release: async () => undefined,
    forget: async (agent) => deleteSession(paths, agent),
  };
}

/** Its session is renewed for as long as its client lives, wherever that is. */
async function takesPart(coordinator: Coordinator, name: AgentId): Promise<boolean> {
  const { agents } = await coordinator.query({ kind: 'status', at: null });
  return agents.some(({ agent, presence }) => agent === name && presence === 'present');
}
