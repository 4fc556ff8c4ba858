import { createConnection } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  ensurePrivateDirectory,
  isDialable,
  socketAddress,
  withAccess,
  type StatePaths,
} from '../client/index.ts';
import { removeOwnSocket } from '../files/index.ts';
import { CoordinatorError } from '../protocol/index.ts';
import type { Ownership } from './engine.ts';
import { makeLogOwn, openExclusiveLock, type ExclusiveLock } from '../store/sqlite/index.ts';

/** How long to wait for another owner that neither serves nor leaves. */
const waitMaxMs = 10_000;
const waitStepMs = 20;

/**
 * Becomes the one owner of a repository's log, or returns null when another one serves it already. Of two that start at
 * once one gets the lock; the other waits until the first can be reached. An owner that is just leaving is waited for.
 */
export async function takeOwnership(paths: StatePaths): Promise<Ownership | null> {
  ensurePrivateDirectory(paths.directory);
  for (let waitedMs = 0; waitedMs < waitMaxMs; waitedMs += waitStepMs) {
    const lock = await openExclusiveLock(paths.lock);
    if (lock !== null) return withOwnLog(lock, paths);
    if (isDialable(paths) && (await somebodyListens(socketAddress(paths)))) return null;
    await sleep(waitStepMs);
  }
  throw new CoordinatorError(
    'UNAVAILABLE',
    `another process holds ${paths.lock} but does not answer: end it, or wait until it has left`,
    { retryable: true },
  );
}

/** A copy of the repository by hard links (cp -al) blocks neither of the two. */
function withOwnLog(lock: ExclusiveLock, { database }: StatePaths): ExclusiveLock {
  try {
    makeLogOwn(database);
    return lock;
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** Removes the socket that a killed owner left behind. Only for the holder of the lock: nobody else may listen there. */
export function removeStaleSocket(path: string): void {
  withAccess(path, () => removeOwnSocket(path));
}

function somebodyListens(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(address);
    const settle = (listens: boolean): void => {
      socket.destroy();
      resolve(listens);
    };
    socket.once('connect', () => settle(true));
    socket.once('error', () => settle(false));
  });
}
