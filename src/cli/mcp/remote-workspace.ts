import { realpathSync } from 'node:fs';
import { join, sep } from 'node:path';
import { sessionsOfCaller } from '../../client/index.ts';
import { parseScopePath, type ScopePath } from '../../core/index.ts';
import type { Workspace } from '../../mcp/index.ts';
import { invalidInput, type Coordinator } from '../../protocol/index.ts';
import type { Call } from '../call.ts';
import type { Repository } from '../world/world.ts';
import { mcpContexts } from './mcp-contexts.ts';

/**
 * The repository as those see it who come over HTTP, from any machine: paths count from its top and are read as text, so
 * that nothing is told of where it lies here or what lies around it. Its scopes, and what their context files say, are those
 * of the working tree here; files that a caller has written are elsewhere, and nothing is asked of them.
 */
export function remoteWorkspace(
  call: Call,
  repository: Repository,
  coordinator: Coordinator,
  token: string,
): Workspace {
  const { inspection } = call.world;
  const contexts = mcpContexts(call, repository);
  return {
    coordinator,
    sessions: sessionsOfCaller(repository.commonDir, token),
    about: {},
    // Without a working tree a path is text.
    scopePath: (text) => inspection.scopePath({ ...repository, worktree: null }, '/', text),
    filePath: async (text) => parseScopePath(text),
    changedSince: async () => null,
    filesThere: async () => [],
    syncBlocked: async (scope) => (await import('../commands/sync-strict.ts')).strictlyBlocked(call, scope),
    liesAt: async (path) => (isWithin(repository, path) ? inspection.liesAt(repository, path) : 'nothing'),
    nearestPath: async (path, candidates) =>
      (await import('../../config/index.ts')).nearestPath(path, candidates),
    digestOf: notHere,
    contexts: {
      files: notHere,
      overForeign: notHere,
      mustHaveEntries: notHere,
      change: notHere,
      known: (path, words) => contexts.known(path, words),
    },
  };
}

/** No link leads out of the working tree. */
function isWithin({ worktree }: Repository, path: ScopePath): boolean {
  if (worktree === null) return false;
  try {
    const top = realpathSync(worktree);
    const place = realpathSync(join(top, path));
    return place === top || place.startsWith(top + sep);
  } catch {
    return false;
  }
}

function notHere(): never {
  throw invalidInput('path', 'the file is on your machine, which this server does not see');
}
