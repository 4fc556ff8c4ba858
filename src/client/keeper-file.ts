/**
 * Which live process keeps which agent. A session's secret is in a file that all processes of a user can read, so two of
 * them could act under one name without knowing it; a keeper's claim tells the second one, and a dead keeper is succeeded.
 *
 * Claims on a name are numbered files, each written once: whoever wants to succeed claim n links a file to the name of
 * n + 1, which only one can. This is a courtesy among the processes of one user, not a lock: the coordinator refuses
 * whoever speaks for an incarnation that is over.
 *
 * A claim says in which folder it was made: in a copy of the repository it says nothing. A process of another container
 * cannot be seen, but the pipe beside its claim can, which it holds open as long as it lives. Where there is none, the claim
 * counts as a living one's; whoever knows from the coordinator that its agent is gone says so by `isKeeping`.
 */
import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { AgentId } from '../core/index.ts';
import {
  createFile,
  holdPipe,
  identityOfFolder,
  isOwnFolder,
  isPipeHeld,
  readOwnText,
  removeFile,
} from '../files/index.ts';
import { ensurePrivateDirectory, withAccess, type StatePaths } from './paths.ts';
import { canBeSeen, isRunning, thisProcess, type ProcessIdentity } from './process-identity.ts';
import { sessionFileName } from './session-file.ts';

/** A process that keeps an agent. */
export interface Keeper {
  readonly process: ProcessIdentity;
  /** It cannot be seen whether its process runs; it counts as running. */
  readonly isUnseen?: true;
  /** Milliseconds since 1970. */
  readonly sinceMs: number;
}

/**
 * The keeper of a name when it is another live process; null when it is this one from now on. Throws `PERMISSION` or
 * `STORE_FAILURE` when claims cannot be kept.
 */
export function claimName(
  paths: StatePaths,
  agent: AgentId,
  nowMs: number,
  isKeeping: (keeper: Keeper) => boolean = () => true,
): Keeper | null {
  ensurePrivateDirectory(paths.directory);
  ensurePrivateDirectory(keepersFolder(paths));
  for (;;) {
    const claims = claimsOn(paths, agent);
    const last = claims.at(-1);
    const claim = last === undefined ? null : readClaim(last.path);
    if (claim !== null && isOurs(claim)) return null;
    const keeper = claim === null ? null : living(paths, claim);
    if (keeper !== null && isKeeping(keeper)) return keeper;
    if (!claimNext(paths, agent, (last?.number ?? 0) + 1, nowMs)) continue;
    for (const { path } of claims) remove(path);
    if (claim?.pipe !== undefined && keeper === null) remove(join(keepersFolder(paths), claim.pipe));
    return null;
  }
}

/** Makes this process the keeper of a name that the coordinator has given it: a note of anybody else is out of date. */
export function takeName(paths: StatePaths, agent: AgentId, nowMs: number): void {
  claimName(paths, agent, nowMs, () => false);
}

/** The live process that keeps a name, if it is another one. */
export function livingKeeper(paths: StatePaths, agent: AgentId): Keeper | null {
  const claim = lastClaim(paths, agent);
  return claim !== null && !isOurs(claim) ? living(paths, claim) : null;
}

/** Lets go of a name, if this process keeps it. */
export function releaseName(paths: StatePaths, agent: AgentId): void {
  for (const { path } of claimsOn(paths, agent)) {
    const claim = readClaim(path);
    if (claim !== null && isOurs(claim)) remove(path);
  }
}

/** The process that has claimed a name and has ended without letting go of it; null when there is none. */
export function deadKeeper(paths: StatePaths, agent: AgentId): Keeper | null {
  const claim = lastClaim(paths, agent);
  return claim === null || living(paths, claim) !== null ? null : keeperOf(claim);
}

function lastClaim(paths: StatePaths, agent: AgentId): Claim | null {
  const last = claimsOn(paths, agent).at(-1);
  return last === undefined ? null : readClaim(last.path);
}

/** Null when its process has ended. */
function living(paths: StatePaths, claim: Claim): Keeper | null {
  const keeper = keeperOf(claim);
  if (canBeSeen(claim.process)) return isRunning(claim.process) ? keeper : null;
  const held = claim.pipe === undefined ? null : isPipeHeld(join(keepersFolder(paths), claim.pipe));
  if (held === null) return { ...keeper, isUnseen: true };
  return held ? keeper : null;
}

function keeperOf({ process, sinceMs }: Claim): Keeper {
  return { process, sinceMs };
}

interface NumberedClaim {
  readonly number: number;
  readonly path: string;
}

const keepersFolder = (paths: StatePaths): string => join(paths.directory, 'keepers');

/** The claims on a name, the latest last. */
function claimsOn(paths: StatePaths, agent: AgentId): NumberedClaim[] {
  const folder = keepersFolder(paths);
  const prefix = `${sessionFileName(agent)}#`;
  return namesIn(paths)
    .filter((name) => name.startsWith(prefix))
    .map((name) => ({ number: Number(name.slice(prefix.length)), path: join(folder, name) }))
    .filter(({ number }) => Number.isSafeInteger(number))
    .sort((a, b) => a.number - b.number);
}

/** False when another process was faster. */
function claimNext(paths: StatePaths, agent: AgentId, number: number, nowMs: number): boolean {
  const folder = keepersFolder(paths);
  const claim: Claim = {
    process: thisProcess(),
    sinceMs: nowMs,
    folder: identityOfFolder(folder),
    ...ownPipe(folder),
  };
  const path = join(folder, `${sessionFileName(agent)}#${number}`);
  return withAccess(path, () => createFile(path, JSON.stringify(claim)));
}

function remove(path: string): void {
  withAccess(path, () => removeFile(path));
}

/** A keeper as its file has it. */
interface Claim extends Keeper {
  /** Those of earlier versions do not say. */
  readonly folder?: string;
  /** Name of the pipe beside it that its process holds. */
  readonly pipe?: string;
}

const pipeName = /^\.[0-9a-f]{12}\.pipe$/;

/** Names by folder. */
const pipes = new Map<string, { readonly pipe?: string }>();

/** The pipe of this process, which has one in each folder where it claims names; only Linux has containers that need it. */
function ownPipe(folder: string): { readonly pipe?: string } {
  const known = pipes.get(folder);
  if (known !== undefined) return known;
  const pipe = `.${randomBytes(6).toString('hex')}.pipe`;
  const made = process.platform === 'linux' && holdPipe(join(folder, pipe)) ? { pipe } : {};
  if (made.pipe !== undefined) process.on('exit', () => removeFile(join(folder, pipe)));
  pipes.set(folder, made);
  return made;
}

/** Null when the claim is gone, is no claim, or was copied here. */
function readClaim(path: string): Claim | null {
  const text = withAccess(path, () => readOwnText(path));
  try {
    if (text === null) return null;
    const claim = JSON.parse(text) as Claim;
    const isFromHere = claim.folder === undefined || claim.folder === identityOfFolder(dirname(path));
    // A claim that somebody has written names no other file.
    const isWellMade = claim.pipe === undefined || pipeName.test(claim.pipe);
    return isFromHere && isWellMade ? claim : null;
  } catch {
    return null;
  }
}

function isOurs({ process: { pid, start } }: Claim): boolean {
  const own = thisProcess();
  return own.pid === pid && own.start === start;
}

function namesIn(paths: StatePaths): string[] {
  const folder = keepersFolder(paths);
  return withAccess(folder, () =>
    isOwnFolder(paths.directory) && isOwnFolder(folder) ? readdirSync(folder) : [],
  );
}
