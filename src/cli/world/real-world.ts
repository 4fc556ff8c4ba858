import { hostname, userInfo } from 'node:os';
import {
  connect,
  deleteSession,
  endOwner,
  listSessions,
  livingOccupant,
  newRequestId,
  newSecret,
  pathsFor,
  boundProcess,
  readSession,
  releaseName,
  SocketCoordinator,
  statePaths,
  takeName,
  writeSession,
} from '../../client/index.ts';
import type { ConnectOptions, StatePaths } from '../../client/index.ts';
import type { OpenOptions } from '../../daemon/index.ts';
import { CoordinatorError } from '../../protocol/index.ts';
import { findRepository } from '../../repository/index.ts';
import { workingFiles } from '../../repository/git/index.ts';
import {
  applyNoted,
  applyUndo,
  checkChanges,
  originNoted,
  takenOut,
  patchOf,
  prepareInit,
  prepareMigration,
  prepareRefresh,
  prepareSettings,
  prepareUndo,
  ignoredFiles,
} from '../../init/index.ts';
import { ownerCommand, syncCommand } from './owner-command.ts';
import { realInspection } from './real-inspection.ts';
import { readInput } from './read-input.ts';
import { realLogs } from './real-logs.ts';
import { realRadar } from './real-radar.ts';
import { realServers } from './real-servers.ts';
import { realTokens } from './real-tokens.ts';
import { realWebhooks } from './real-webhooks.ts';
import { realSyncs } from './real-syncs.ts';
import type { Owner, Repository, Sessions, World } from './world.ts';

/** The world as it is. The code of the owner is loaded for `--direct`, `daemon run` and log files only. */
export function createRealWorld(version: () => string): World {
  return {
    locate: (cwd, env, isChosen) => findRepository({ cwd, env, isChosen }),
    connect: async (repository, { direct, ...manner }) => {
      const { server, isNoted = false } = repository;
      if (server !== undefined)
        return (await import('./real-servers.ts')).connectTo(process.env, {
          ...manner,
          server,
          isNoted,
        });
      if (direct)
        return (await import('../../daemon/index.ts')).openDirect({ repository, version: version() });
      const { commonDir } = repository;
      return connect({ commonDir, version: version(), startOwner: () => ownerCommand(repository) });
    },
    sessions,
    owner: ownerOf(version),
    tokens: realTokens(process.env),
    webhooks: realWebhooks(process.env, version),
    servers: realServers(process.env),
    inspection: realInspection,
    scopeFiles: {
      prepareInit,
      prepareRefresh,
      prepareMigration,
      prepareSettings,
      check: checkChanges,
      apply: applyNoted,
      origin: originNoted,
      takenOut,
      prepareUndo,
      undo: applyUndo,
      ignored: ignoredFiles,
      patch: patchOf,
    },
    logs: realLogs,
    state: {
      look: async ({ commonDir }) => (await import('../../daemon/index.ts')).lookAtState(commonDir),
      remove: async ({ commonDir }, seen) =>
        (await import('../../daemon/index.ts')).removeState(commonDir, seen),
    },
    syncs: realSyncs,
    radar: realRadar,
    workingFiles,
    readInput,
    newRequestId,
    newSecret,
    boundProcess,
    operator: userName,
    hostName: hostname,
  };
}

/** In a container a user may have no name: then the number says who it was. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}

const sessions: Sessions = {
  read: async (repository, agent) => readSession(pathsOf(repository), agent),
  write: async (repository, session) => writeSession(pathsOf(repository), session),
  remove: async (repository, agent) => deleteSession(pathsOf(repository), agent),
  list: async (repository) => listSessions(pathsOf(repository)),
  occupant: async (repository, agent) => {
    const occupant = livingOccupant(pathsOf(repository), agent);
    return occupant === null ? null : { pid: occupant.process.pid, sinceMs: occupant.sinceMs };
  },
  dismissOccupant: async (repository, agent) => {
    const paths = pathsOf(repository);
    takeName(paths, agent, Date.now());
    releaseName(paths, agent);
  },
};

const pathsOf = ({ commonDir, server }: Repository): StatePaths => pathsFor(commonDir, server);

function ownerOf(version: () => string): Owner {
  const reached = <T>(
    repository: Repository,
    use: (owner: SocketCoordinator) => Promise<T>,
    callTimeoutMs = lookTimeoutMs,
  ): Promise<T | null> => withRunningOwner(repository, { version: version(), callTimeoutMs }, use);
  const optionsOf = (repository: Repository): OpenOptions => ({
    repository,
    version: version(),
    syncCommand: () => syncCommand(repository),
  });
  return {
    health: (repository) => reached(repository, (owner) => owner.query({ kind: 'health' })),
    settings: (repository) =>
      reached(repository, async (owner) => (await owner.query({ kind: 'status', at: null })).settings),
    refresh: (repository) => reached(repository, (owner) => owner.refresh(), refreshTimeoutMs),
    stop: ({ commonDir }) => endOwner({ commonDir, version: version(), patienceMs: lookTimeoutMs }),
    logFile: async ({ commonDir }) => statePaths(commonDir).log,
    run: async (repository) => (await import('../../daemon/index.ts')).runOwner(optionsOf(repository)),
    serve: async (repositories, wish, onReady) =>
      (await import('./serve-several.ts')).serveSeveral(repositories, optionsOf, wish, onReady),
  };
}

/** How long to look for an owner that runs: it is on this machine. */
const lookTimeoutMs = 5_000;
/** It reads up to thousands of files. */
const refreshTimeoutMs = 30_000;

/** Null when no owner runs. */
async function withRunningOwner<T>(
  { commonDir }: Repository,
  options: Pick<ConnectOptions, 'version' | 'callTimeoutMs'>,
  use: (owner: SocketCoordinator) => Promise<T>,
): Promise<T | null> {
  const owner = new SocketCoordinator({ ...options, commonDir, startOwner: null });
  try {
    return await use(owner);
  } catch (error) {
    if (isNobodyThere(error)) return null;
    throw error;
  } finally {
    await owner.close();
  }
}

/**
 * One that is there, but does not answer, is a failure that may pass; nobody being there is a fact. Another program in its place is
 * neither.
 */
function isNobodyThere(error: unknown): boolean {
  if (!(error instanceof CoordinatorError) || 'occupied' in error.details) return false;
  return error.code === 'UNAVAILABLE' && !error.retryable;
}
