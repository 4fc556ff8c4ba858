import { createHash } from 'node:crypto';
import { closeSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { AgentId } from '../core/index.ts';
import type { AgentSession } from '../participant/index.ts';
import { CoordinatorError } from '../protocol/index.ts';
import {
  isOwnFolder,
  openToRead,
  refuseIfReadableByOthers,
  removeFile,
  replaceFile,
  textOf,
} from '../files/index.ts';
import { ensurePrivateDirectory, withAccess, type StatePaths } from './paths.ts';

/** Longest encoded name that is used as it is: file systems allow 255 bytes, and a suffix is to come. */
const fileNameLengthMax = 200;

/** Keeps the session in a file that only the user may read; an earlier one of the same agent is replaced. */
export function writeSession(paths: StatePaths, session: AgentSession): void {
  ensurePrivateDirectory(paths.directory);
  ensurePrivateDirectory(paths.sessions);
  const path = sessionPath(paths, session.agent);
  withAccess(path, () => replaceFile(path, JSON.stringify(session)));
}

/** The session of an agent that joined here, or null. Throws `PERMISSION` if the file is not the user's alone. */
export function readSession(paths: StatePaths, agent: AgentId): AgentSession | null {
  const session = hasSessions(paths) ? readSessionFile(sessionPath(paths, agent)) : null;
  return session?.agent === agent ? session : null;
}

/** As {@link readSession}; throws `NOT_JOINED` when there is none. */
export function requireSession(paths: StatePaths, agent: AgentId): AgentSession {
  const session = readSession(paths, agent);
  if (session !== null) return session;
  throw new CoordinatorError(
    'NOT_JOINED',
    `agent ${agent} has not joined this repository on this machine: run \`rhema agent join ${agent}\``,
    { details: { agent } },
  );
}

/** Forgets the session. Nothing happens when there is none. */
export function deleteSession(paths: StatePaths, agent: AgentId): void {
  const path = sessionPath(paths, agent);
  if (hasSessions(paths)) withAccess(path, () => removeFile(path));
}

/** Every session kept here, by agent name. Throws `NOT_JOINED` when one is damaged, and names its file. */
export function listSessions(paths: StatePaths): readonly AgentSession[] {
  if (!hasSessions(paths)) return [];
  return withAccess(paths.sessions, () => readdirSync(paths.sessions))
    .filter((name) => name.endsWith('.json'))
    .map((name) => readSessionFile(join(paths.sessions, name)))
    .filter((session) => session !== null)
    .sort((a, b) => (a.agent < b.agent ? -1 : 1));
}

function sessionPath(paths: StatePaths, agent: AgentId): string {
  return join(paths.sessions, `${sessionFileName(agent)}.json`);
}

/**
 * What the files of an agent are called, without a suffix. Capitals are encoded too: on a file system that ignores case,
 * `Alice` and `alice` must not share a file. A name that becomes too long is replaced by its digest.
 */
export function sessionFileName(agent: AgentId): string {
  const encoded = agent.replace(/[^a-z0-9._-]/g, (character) => `%${character.charCodeAt(0).toString(16)}`);
  return encoded.length <= fileNameLengthMax
    ? encoded
    : `%sha256-${createHash('sha256').update(agent).digest('hex')}`;
}

/** Whether any were kept here, in folders of this user's. */
function hasSessions({ directory, sessions }: StatePaths): boolean {
  return withAccess(sessions, () => isOwnFolder(directory) && isOwnFolder(sessions));
}

function readSessionFile(path: string): AgentSession | null {
  return withAccess(path, () => {
    const file = openToRead(path);
    if (file === null) return null;
    try {
      refuseIfReadableByOthers(path, file);
      return decodeSession(path, textOf(path, file));
    } finally {
      closeSync(file);
    }
  });
}

function decodeSession(path: string, text: string): AgentSession {
  const session = parseJson(text) as Partial<AgentSession> | null;
  if (
    typeof session?.agent === 'string' &&
    typeof session.epoch === 'number' &&
    typeof session.secret === 'string'
  )
    return {
      agent: session.agent,
      epoch: session.epoch,
      secret: session.secret,
      ...(typeof session.toldUpTo === 'number' ? { toldUpTo: session.toldUpTo } : {}),
      ...(typeof session.toldUpToLogMs === 'number' ? { toldUpToLogMs: session.toldUpToLogMs } : {}),
      ...(typeof session.joiningSecret === 'string' ? { joiningSecret: session.joiningSecret } : {}),
      ...(typeof session.formerSecret === 'string' ? { formerSecret: session.formerSecret } : {}),
    };
  throw new CoordinatorError(
    'NOT_JOINED',
    `${path} is damaged, and nobody can speak for its agent: to join anew replaces it, or says how to go on`,
    {
      details: { path },
    },
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
