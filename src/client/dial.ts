import { dirname } from 'node:path';
import { identityOfFolder } from '../files/index.ts';
import { CoordinatorError, protocolNumber, type StopAnswer } from '../protocol/index.ts';
import type { BackoffMs, Time } from '../time/index.ts';
import { openConnection, silentOwner, type Connection } from './connection.ts';
import { findOwner } from './owner-process.ts';
import { isDialable, socketAddress, type StatePaths } from './paths.ts';
import { Endurance, persist } from './persist.ts';
import { startOwner, type StartOwner } from './start-owner.ts';
import { compareVersions } from './version.ts';

export interface DialOptions {
  readonly paths: StatePaths;
  /** Of the caller's package. */
  readonly version: string;
  /** How to start an owner when there is none; null: only talk to one that runs. */
  readonly startOwner: StartOwner | null;
  /** Speaks to an owner of any protocol: all of them understand `stop`, and nothing else is to be asked. */
  readonly onlyToStop?: boolean;
  /** How long to try. */
  readonly timeoutMs: number;
  readonly backoffMs: BackoffMs;
  /** Gives it up. */
  readonly signal: AbortSignal;
  readonly time: Time;
  /** As in {@link OpenOptions}. */
  readonly silentForMs?: number;
}

/**
 * A connection to the owner of the repository's log. Nobody there: one is started, and whoever wins the race is fine.
 * An older one that is idle is replaced; a busy one never, and is spoken to if the protocols agree.
 *
 * Throws `UNAVAILABLE`, `VERSION_MISMATCH`, `PERMISSION`, or what keeps the owner from running.
 */
export async function dial(options: DialOptions): Promise<Connection> {
  const endurance = new Endurance({
    patienceMs: options.timeoutMs,
    backoffMs: options.backoffMs,
    time: options.time,
  });
  // Once only: were the program on disk older than this one, replacing would never end.
  let mayReplace = options.startOwner !== null;
  const attempt = async (): Promise<Connection> => {
    const connection = await reach(options, endurance);
    if (options.onlyToStop === true) return connection;
    if (!mayReplace || !isOlder(connection.owner, options.version)) return checkProtocol(connection);
    mayReplace = false;
    const left = await leavesWhenAsked(connection, endurance.leftMs);
    return checkProtocol(left ? await reach(options, endurance) : connection);
  };
  return persist(endurance, attempt, options.signal);
}

/** Connects, starting the owner if nobody listens. */
async function reach(options: DialOptions, endurance: Endurance): Promise<Connection> {
  const address = socketAddress(options.paths);
  const { paths, signal, time, silentForMs = 0 } = options;
  const ownerPid = (): number | null => findOwner(paths)?.pid ?? null;
  const open = async (): Promise<Connection> => {
    const timeoutMs = endurance.leftMs;
    const connection = await openConnection(address, options.version, {
      timeoutMs,
      signal,
      ownerPid,
      silentForMs,
      time,
    });
    return checkFolder(connection, paths);
  };
  // Before anything is sent: whoever listens there is told the secrets of sessions.
  if (isDialable(paths))
    try {
      return await open();
    } catch (error) {
      if (!isAbsent(error)) throw unreachable(error, paths);
    }
  if (options.startOwner === null) throw notRunning(options.paths);
  await startOwner(options.startOwner, paths, endurance.leftMs, signal);
  // Retryable when it fails: the one that was there may have left meanwhile.
  return open().catch((error: unknown) => {
    throw unreachable(error, options.paths);
  });
}

const isOlder = ({ version, protocol }: Connection['owner'], than: string): boolean =>
  protocol < protocolNumber || compareVersions(version, than) < 0;

async function leavesWhenAsked(connection: Connection, timeoutMs: number): Promise<boolean> {
  const answer: StopAnswer = await connection.call('stop', { when: 'idle' }, { timeoutMs });
  if (answer.stopping) await connection.untilEnded(timeoutMs);
  return answer.stopping;
}

/**
 * `cp -al` of a repository in use makes a second name of its socket, too: what is asked in the copy would be done in the
 * original. Owners of earlier versions do not say where their log is.
 */
function checkFolder(connection: Connection, { directory, socket }: StatePaths): Connection {
  const { folder, pid } = connection.owner;
  if (folder === undefined || folder === identityOfFolder(directory)) return connection;
  const common = dirname(directory);
  const foreign = new CoordinatorError(
    'PERMISSION',
    `${socket} leads to the coordinator process (pid ${pid}) of another repository, of which this is a copy by hard links (cp -al): put a copy without them in its place: mv ${common} ${common}.linked && cp -a ${common}.linked ${common}`,
    { details: { path: socket, ownerPid: pid } },
  );
  connection.end(foreign);
  throw foreign;
}

function checkProtocol(connection: Connection): Connection {
  const { owner } = connection;
  if (owner.protocol === protocolNumber) return connection;
  const remedy =
    owner.protocol < protocolNumber
      ? 'it is older and busy: `rhema daemon restart` puts one of this version in its place, and what is held stays held'
      : 'it is newer: update this rhema';
  const mismatch = new CoordinatorError(
    'VERSION_MISMATCH',
    `the coordinator process (rhema ${owner.version}, pid ${owner.pid}) speaks protocol ${owner.protocol}, this one speaks ${protocolNumber}; ${remedy}`,
    { details: { ownerVersion: owner.version, ownerProtocol: owner.protocol, ownerPid: owner.pid } },
  );
  connection.end(mismatch);
  throw mismatch;
}

function systemCode(error: unknown): string | null {
  return error instanceof Error && 'code' in error ? String(error.code) : null;
}

/** Nobody listens: no socket, or one that its owner left behind when it was killed. */
function isAbsent(error: unknown): boolean {
  const code = systemCode(error);
  return code === 'ENOENT' || code === 'ECONNREFUSED';
}

function unreachable(cause: unknown, paths: StatePaths): CoordinatorError {
  if (cause instanceof CoordinatorError) return cause;
  const code = systemCode(cause);
  if (code === 'EACCES' || code === 'EPERM')
    return new CoordinatorError(
      'PERMISSION',
      `${paths.socket} may not be dialled by this user (${code}): run this as the owner of ${paths.directory}`,
      { cause },
    );
  // So many wait to be let in that the system takes no more.
  if (code === 'EAGAIN') return silentOwner(0, findOwner(paths)?.pid ?? null);
  const reason =
    code === 'EPIPE' || code === 'ECONNRESET'
      ? 'hung up before it said a word: it is about to leave, or may open no more files (`rhema doctor` and `rhema daemon logs` say more)'
      : `cannot be reached: ${String(cause)}`;
  return new CoordinatorError('UNAVAILABLE', `the coordinator process ${reason}`, {
    retryable: true,
    cause,
  });
}

function notRunning(paths: StatePaths): CoordinatorError {
  return new CoordinatorError('UNAVAILABLE', `no coordinator process is running for ${paths.directory}`);
}
