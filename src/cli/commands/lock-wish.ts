/** What a lock acquire asks for: what is named, and what is meant without being named. */
import {
  asDurationMs,
  parseFilePath,
  targetsPerRequestMax,
  type DurationMs,
  type FilePath,
  type ScopePath,
} from '../../core/index.ts';
import { claimOf, type Claim } from '../../participant/index.ts';
import { scopesOfPathsMax, type ScopeView } from '../../protocol/index.ts';
import { invalidInput, usageError } from '../answer/errors.ts';
import type { Call } from '../call.ts';
import type { LeaseInput } from './acquiring.ts';
import { claimNamed } from './named.ts';
import { noScopes } from './scopes-of.ts';
import { settingsInForce } from './settings-in-force.ts';
import { ttlOption } from './ttl-option.ts';

export interface LockNames {
  readonly names: readonly string[];
  /** The files that the working tree has otherwise than its last commit. */
  readonly changed?: boolean;
  /** Every scope. */
  readonly all?: boolean;
}

/** What is to be locked, and what is not. */
export interface LockWish extends Claim {
  /** Files that were changed and cannot be locked: they are in no scope, or are called what no lock can be. */
  readonly unlockable: readonly string[];
}

const nothing: Claim = { wish: { scopes: [] }, free: [] };

/** @throws CommandError USAGE when nothing is named or meant. */
export function refuseNothing({ names, changed = false, all = false }: LockNames): void {
  if (names.length === 0 && !changed && !all)
    throw usageError(
      'name what to lock (files, scopes or resources), or say --changed or --all; see rhema help lock acquire',
    );
}

export async function lockWish(
  call: Call,
  { names, changed = false, all = false }: LockNames,
): Promise<LockWish> {
  const { wish, free } = names.length === 0 ? nothing : await claimNamed(call, names);
  if (!changed && !all) return { wish, free, unlockable: [] };
  const { files, unlockable } = changed ? await filesChanged(call) : { files: [], unlockable: [] };
  const scopes = all ? await allScopes(call) : [];
  const more = await claimOf(await call.coordinator(), {
    ...wish,
    scopes: sorted([...wish.scopes, ...scopes.map(({ path }) => path)]),
    files: sorted([...(wish.files ?? []), ...files]),
  });
  refuseTooMany(more.wish.files ?? []);
  return { wish: more.wish, free: sorted([...free, ...more.free]), unlockable };
}

const sorted = <Text extends string>(texts: readonly Text[]): readonly Text[] => [...new Set(texts)].sort();

/** @throws CommandError NO_SCOPES where there are none. */
async function allScopes(call: Call): Promise<readonly ScopeView[]> {
  const { scopes } = await (await call.coordinator()).query({ kind: 'scopes', fresh: true });
  const present = scopes.filter((scope) => !scope.withdrawn);
  if (present.length === 0) throw noScopes();
  return present;
}

/** One command line names them all, so that all are granted or none. */
function refuseTooMany({ length }: readonly FilePath[]): void {
  if (length > targetsPerRequestMax)
    throw invalidInput(
      `${length} files, but one request names ${targetsPerRequestMax} at most: name the scopes that they are in, or say --all`,
    );
}

/** Those that can be locked, and the others. */
async function filesChanged(
  call: Call,
): Promise<{ readonly files: readonly FilePath[]; readonly unlockable: readonly string[] }> {
  const paths = await call.world.inspection.changedFiles(await call.repository());
  const canBeNamed = (path: string): boolean => parseFilePath(path).ok && !path.includes('\uFFFD');
  const named = paths.filter(canBeNamed) as readonly string[] as readonly FilePath[];
  const outside = await inNoScope(call, named);
  const unlockable = paths.filter((path) => !canBeNamed(path) || outside.has(path));
  return { files: named.filter((file) => !outside.has(file)), unlockable };
}

async function inNoScope(call: Call, files: readonly FilePath[]): Promise<ReadonlySet<string>> {
  const coordinator = await call.coordinator();
  const outside = new Set<string>();
  for (let from = 0; from < files.length; from += scopesOfPathsMax) {
    const paths = files.slice(from, from + scopesOfPathsMax) as readonly string[] as readonly ScopePath[];
    const { scopes, free } = await coordinator.query({ kind: 'scopesOf', paths });
    for (const [index, path] of paths.entries())
      if (scopes[index] === null && free[index] !== true) outside.add(path);
  }
  return outside;
}

/**
 * How long a person at a terminal has what was asked for, unless it is said, in milliseconds: nothing renews it while that
 * person reads and types.
 */
const leaseAtTerminalMs = 15 * 60_000;

/** The lease that is asked for; null: as long as `lock_timeout` says. */
export async function leaseMs(call: Call, { ttl }: LeaseInput): Promise<DurationMs | null> {
  if (ttl !== undefined) return ttlOption(call, ttl);
  if (!call.ports.stdin.isTTY) return null;
  const settings = await settingsInForce(call);
  if (settings === null || settings.lockTtlMs >= leaseAtTerminalMs) return null;
  return asDurationMs(Math.min(leaseAtTerminalMs, settings.lockTtlMaxMs));
}
