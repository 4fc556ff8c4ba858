import { endOwner, SocketCoordinator } from '../client/index.ts';
import { CoordinatorError, type HealthAnswer } from '../protocol/index.ts';
import { embeddedEngine } from './embedded-engine.ts';
import type { Ownership } from './engine.ts';
import { toFailure } from './failures.ts';
import { serveAsOwner, type Front, type OpenFront } from './owner-life.ts';
import type { OpenOptions } from './wire-up.ts';

/** Owners in the background that are asked to leave, one after the other: a client may start another one meanwhile. */
const turnsMax = 10;
const patienceMs = 5_000;

/**
 * Is the owner of a repository's log in the foreground, with a face in front, until a signal, a stop or `leaveOn` ends it; the process itself goes on. One that runs
 * in the background gives way: what is held or waited for is in the log, and its clients come back to this one. Throws
 * `UNAVAILABLE` where the repository is served already, and whatever keeps the face from opening.
 */
export async function runFronted(
  options: OpenOptions,
  front: Front,
  onReady: (front: OpenFront) => void,
  leaveOn: AbortSignal,
): Promise<void> {
  process.umask(0o077);
  try {
    const ownership = await takeOver(options);
    const ready = (open: OpenFront | null): void => void (open !== null && onReady(open));
    await serveAsOwner(options, ownership, ready, { openFront: front, leaveOn });
  } catch (error) {
    throw toFailure(error);
  }
}

async function takeOver({ repository, engine = embeddedEngine, version }: OpenOptions): Promise<Ownership> {
  const { commonDir } = repository;
  for (let turn = 0; turn < turnsMax; turn += 1) {
    const ownership = await engine.takeOwnership(commonDir);
    if (ownership !== null) return ownership;
    const health = await healthOf(commonDir, version);
    if (health?.mode === 'serve') throw servedAlready(health);
    await endOwner({ commonDir, version, patienceMs });
  }
  throw new CoordinatorError(
    'UNAVAILABLE',
    'another program starts a coordinator in the background as often as it is ended: close the clients of agents that work here, then serve again',
  );
}

/** Null where it does not say, as one of another version. */
async function healthOf(commonDir: string, version: string): Promise<HealthAnswer | null> {
  const owner = new SocketCoordinator({ commonDir, version, startOwner: null, callTimeoutMs: patienceMs });
  try {
    return await owner.query({ kind: 'health' });
  } catch {
    return null;
  } finally {
    await owner.close();
  }
}

const servedAlready = ({ pid, url }: HealthAnswer): CoordinatorError =>
  new CoordinatorError(
    'UNAVAILABLE',
    `this repository is served already, by process ${pid} at ${url ?? 'an address that it does not say yet'}: end that first (rhema daemon stop)`,
    { details: { ownerPid: pid, url: url ?? null } },
  );
