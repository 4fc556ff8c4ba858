import { join, resolve } from 'node:path';
import { sessionKeeping } from '../../client/index.ts';
import { RepositoryError, repositoryPath } from '../../repository/index.ts';
import { parseScopePath } from '../../core/index.ts';
import type { McpPorts, Workspace } from '../../mcp/index.ts';
import { openLog, type Log } from '../../observe/index.ts';
import { CoordinatorError, invalidInput } from '../../protocol/index.ts';
import { Call } from '../call.ts';
import type { GlobalOptions } from '../call.ts';
import { mcpContexts } from './mcp-contexts.ts';
import { fileDigest } from '../world/file-digest.ts';
import { processPorts } from '../process/process-ports.ts';
import type { Repository } from '../world/world.ts';

/** What the tools of `rhema mcp` stand on, in the process of one command. */
export function mcpPorts(call: Call): McpPorts {
  let log: Log | null = null;
  const { clock } = call.ports;
  return {
    // What could not be opened once may be there later: nothing of it is remembered.
    open: () => openWorkspace(call.in(call.cwd)),
    clock,
    newRequestId: () => call.world.newRequestId(),
    newSecret: () => call.world.newSecret(),
    // Standard output belongs to the protocol.
    report: (event, facts) => (log ??= openLog()).note(event, facts),
  };
}

/** The same for the process as it is, in the folder where it is or in the one that was chosen. */
export function portsFor(where: GlobalOptions): McpPorts {
  const ports = processPorts();
  return mcpPorts(new Call(ports, where, resolve(ports.cwd, where.directory ?? '.')));
}

async function openWorkspace(call: Call): Promise<Workspace> {
  const repository = await locate(call);
  const coordinator = await call.coordinator();
  const { worktree } = repository;
  const top = worktree ?? repository.commonDir;
  const bound = call.world.boundProcess(0);
  return {
    coordinator,
    sessions: sessionKeeping(repository.commonDir, call.ports.clock, coordinator, repository.server),
    about: {
      host: call.world.hostName(),
      pid: call.ports.pid,
      ...(worktree === null ? {} : { worktree }),
    },
    ...(bound === null ? {} : { process: bound }),
    scopePath: (text) => call.world.inspection.scopePath(repository, top, text),
    changedSince: (...wish) => call.world.inspection.changedSince(repository, ...wish),
    filesThere: () => call.world.inspection.filesThere(repository),
    syncBlocked: async (scope) => (await import('../commands/sync-strict.ts')).strictlyBlocked(call, scope),
    liesAt: (path) => call.world.inspection.liesAt(repository, path),
    nearestPath: async (path, candidates) =>
      (await import('../../config/index.ts')).nearestPath(path, candidates),
    filePath: async (text) =>
      worktree === null ? parseScopePath(text) : repositoryPath(worktree, top, text),
    contexts: mcpContexts(call, repository),
    digestOf: async (path) => {
      if (worktree === null) throw invalidInput('path', noWorktree);
      return fileDigest(join(worktree, path), path);
    },
  };
}

const noWorktree =
  'this repository is bare, so there is no file that could be recorded: start rhema mcp in a working tree of it';

async function locate(call: Call): Promise<Repository> {
  try {
    return await call.repository();
  } catch (error) {
    if (!(error instanceof RepositoryError)) throw error;
    const code = error.code === 'NOT_A_REPOSITORY' ? error.code : 'REPOSITORY_UNREADABLE';
    throw new CoordinatorError(code, error.message, { cause: error });
  }
}
