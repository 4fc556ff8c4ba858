import { createHash, randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { AgentId, Epoch, Revision } from '../core/index.ts';
import { CoordinatorError } from '../protocol/index.ts';
import { accessError, ensurePrivateDirectory, isOwn, withAccess, type StatePaths } from './paths.ts';

/** What lets this user's later calls act in the name of an agent that joined here. */
export interface AgentSession {
  readonly agent: AgentId;
  readonly epoch: Epoch;
  readonly secret: string;
  /** Revision up to which the agent has been told what it lost; left out while nothing was lost. */
  readonly toldUpTo?: Revision;
}

/** Longest encoded name that is used as it is: file systems allow 255 bytes, and a suffix is to come. */
const fileNameLengthMax = 200;

/** Keeps the session in a file that only the user may read; an earlier one of the same agent is replaced. */
export function writeSession(paths: StatePaths, session: AgentSession): void {
  ensurePrivateDirectory(paths.directory);
  ensurePrivateDirectory(paths.sessions);
  const path = sessionPath(paths, session.agent);
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  withAccess(path, () => {
    try {
      writeNewFile(temporary, JSON.stringify(session));
      renameSync(temporary, path);
    } catch (error) {
      rmSync(temporary, { force: true });
      throw error;
    }
  });
}

/** The session of an agent that joined here, or null. Throws `PERMISSION` if the file is not the user's alone. */
export function readSession(paths: StatePaths, agent: AgentId): AgentSession | null {
  const session = readSessionFile(sessionPath(paths, agent));
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
  withAccess(path, () => rmSync(path, { force: true }));
}

/** Every session kept here, by agent name. Files that are not sessions are left out. */
export function listSessions(paths: StatePaths): readonly AgentSession[] {
  return listFolder(paths.sessions)
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

function writeNewFile(path: string, text: string): void {
  const file = openSync(path, 'wx', 0o600);
  try {
    // Not `writeSync`: on a full disk that writes a part, and says so only by its result.
    writeFileSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function readSessionFile(path: string): AgentSession | null {
  const file = openOwnFile(path);
  if (file === null) return null;
  try {
    const text = withAccess(path, () => readFileSync(file, 'utf8'));
    return decodeSession(path, text);
  } finally {
    closeSync(file);
  }
}

/** Checks the opened file, not its name: what the name leads to may change between a check and the opening. */
function openOwnFile(path: string): number | null {
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw accessError(path, error);
  }
  const problem = privacyProblem(file);
  if (problem === null) return file;
  closeSync(file);
  throw new CoordinatorError('PERMISSION', `${path} ${problem}: remove it and join again`, {
    details: { path },
  });
}

function privacyProblem(file: number): string | null {
  const found = fstatSync(file);
  if (!found.isFile()) return 'is not a file';
  if (!isOwn(found.uid)) return 'belongs to another user';
  return (found.mode & 0o077) === 0 ? null : 'can be read by others';
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
    };
  throw new CoordinatorError('NOT_JOINED', `${path} is damaged: remove it and join again`, {
    details: { path },
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function listFolder(path: string): string[] {
  try {
    return readdirSync(path);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw accessError(path, error);
  }
}

function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}
