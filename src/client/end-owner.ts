import { CoordinatorError } from '../protocol/index.ts';
import { SocketCoordinator } from './coordinator.ts';
import { findOwner } from './owner-process.ts';
import { statePaths } from './paths.ts';
import { isRunning, untilExited, type ProcessIdentity } from './process-identity.ts';

/** How a stop ended: there was none, it left when asked, or its process was killed. */
export type OwnerEnd =
  | { readonly kind: 'none' }
  | { readonly kind: 'left' }
  | { readonly kind: 'killed'; readonly pid: number; readonly why: string };

export interface EndOptions {
  readonly commonDir: string;
  readonly version: string;
  /** How long each step may take: to answer, to hang up, to end. */
  readonly patienceMs: number;
}

/**
 * Asks the owner to leave, and ends its process where it does not (frozen, on a disk that does not answer, no longer
 * listening). That is as safe as a power cut: what was told is in the log. Only a process that has the owner's lock open is
 * ended; where none can be seen, the failure says what is left to do.
 */
export async function endOwner({ commonDir, version, patienceMs }: EndOptions): Promise<OwnerEnd> {
  const owner = new SocketCoordinator({
    commonDir,
    version,
    startOwner: null,
    onlyToStop: true,
    callTimeoutMs: patienceMs,
  });
  try {
    await owner.stopOwner('now');
    return { kind: 'left' };
  } catch (error) {
    return await endByForce(owner, commonDir, patienceMs, error);
  } finally {
    await owner.close();
  }
}

async function endByForce(
  owner: SocketCoordinator,
  commonDir: string,
  patienceMs: number,
  told: unknown,
): Promise<OwnerEnd> {
  if (!isUnavailable(told)) throw told;
  const found = findOwner(statePaths(commonDir));
  const isNobodyThere = !told.retryable;
  if (found === null) {
    if (isNobodyThere) return { kind: 'none' };
    if (await hasLeft(owner)) return { kind: 'left' };
    throw notSeen(told);
  }
  if (!isNobodyThere) return kill(found, patienceMs, seenIn(told, patienceMs));
  const later = await toldLater(owner, found, patienceMs);
  if (later === null) return { kind: 'left' };
  if (later.retryable) return endByForce(owner, commonDir, patienceMs, later);
  return kill(found, patienceMs, 'it does not listen, and did not end');
}

/**
 * One that does not listen may be just leaving, and then ends, or just coming, and then is asked as soon as it listens. What
 * it came to then, or that it still does not listen; null: it has left.
 */
async function toldLater(
  owner: SocketCoordinator,
  found: ProcessIdentity,
  patienceMs: number,
): Promise<CoordinatorError | null> {
  const untilMs = performance.now() + patienceMs;
  let told: CoordinatorError | null = null;
  do {
    if (await untilExited(found, Math.min(askEveryMs, patienceMs))) return null;
    told = await toldByAsking(owner);
  } while (told !== null && !told.retryable && performance.now() < untilMs);
  return told;
}

const askEveryMs = 100;

async function toldByAsking(owner: SocketCoordinator): Promise<CoordinatorError | null> {
  try {
    await owner.stopOwner('now');
    return null;
  } catch (error) {
    if (isUnavailable(error)) return error;
    throw error;
  }
}

/** What was seen, without what might be done about it. */
function seenIn({ code, message, details }: CoordinatorError, patienceMs: number): string {
  const { silentMs } = details;
  if (typeof silentMs === 'number')
    return `it has said nothing for ${Math.max(1, Math.round(silentMs / 1_000))} s`;
  return code === 'DEADLINE_EXCEEDED' ? `it has not answered within ${patienceMs} ms` : message;
}

/** It may have ended before it could answer. */
async function hasLeft(owner: SocketCoordinator): Promise<boolean> {
  return owner.connect().then(
    () => false,
    (error: unknown) => isUnavailable(error) && !error.retryable,
  );
}

async function kill(owner: ProcessIdentity, patienceMs: number, why: string): Promise<OwnerEnd> {
  const { pid } = owner;
  try {
    if (isRunning(owner)) process.kill(pid, 'SIGKILL');
  } catch (cause) {
    throw new CoordinatorError('PERMISSION', `${why}; process ${pid} cannot be ended: ${String(cause)}`, {
      cause,
      details: { ownerPid: pid },
    });
  }
  if (await untilExited(owner, patienceMs)) return { kind: 'killed', pid, why };
  throw new CoordinatorError(
    'UNAVAILABLE',
    `process ${pid} was killed, but has not ended: the system waits for something on its behalf, a disk perhaps`,
    { retryable: true, details: { ownerPid: pid } },
  );
}

function isUnavailable(error: unknown): error is CoordinatorError {
  return error instanceof CoordinatorError && ['UNAVAILABLE', 'DEADLINE_EXCEEDED'].includes(error.code);
}

function notSeen(told: CoordinatorError): CoordinatorError {
  return new CoordinatorError(
    told.code,
    `${told.message}; its process cannot be seen from here (another user's, another container's): end it there`,
    { retryable: told.retryable, details: told.details, cause: told },
  );
}
