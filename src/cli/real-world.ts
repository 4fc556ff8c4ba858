import { hostname, userInfo } from 'node:os';
import { fileURLToPath } from 'node:url';
import {
  connect,
  deleteSession,
  listSessions,
  newRequestId,
  newSecret,
  readSession,
  statePaths,
  writeSession,
} from '../client/index.ts';
import type { OwnerCommand } from '../client/index.ts';
import { realInspection } from './real-inspection.ts';
import type { Repository, Sessions, World } from './world.ts';

/** The world as it is. Only the client is loaded with it: the rest when a command asks for it. */
export function createRealWorld(version: () => string): World {
  return {
    locate: async (cwd, env) => (await import('../context/index.ts')).findRepository({ cwd, env }),
    connect: async (repository, { direct }) => {
      if (!direct) return connect(connectOptions(repository, version(), ownerCommand(repository)));
      const { openDirect } = await import('../daemon/index.ts');
      return openDirect(repository);
    },
    sessions,
    owner: {
      health: (repository) => ownerHealth(repository, version()),
      stop: (repository) => stopOwner(repository, version()),
      logFile: async ({ commonDir }) => statePaths(commonDir).log,
      run: async (repository) => (await import('../daemon/index.ts')).runOwner(repository),
    },
    inspection: realInspection,
    newRequestId,
    newSecret,
    operator: () => userInfo().username,
    hostName: hostname,
  };
}
