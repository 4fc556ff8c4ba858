/** What a lock acquire asks for: what is named, and what is meant without being named. */
import { asDurationMs, parseScopePath, type DurationMs, type FilePath } from '../../core/index.ts';
import { claimOf, type Claim } from '../../participant/index.ts';
import type { ScopeView } from '../../protocol/index.ts';
import { usageError, valueOf } from '../answer/errors.ts';
import type { Call } from '../call.ts';
import { durationOption, type LeaseInput } from './acquiring.ts';
import { claimNamed } from './named.ts';

export interface LockNames {
  readonly names: readonly string[];
  /** The files that the working tree has otherwise than its last commit. */
  readonly changed?: boolean;
  /** Every scope. */
  readonly all?: boolean;
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
): Promise<Claim> {
  const { wish, free } = names.length === 0 ? nothing : await claimNamed(call, names);
  if (!changed && !all) return { wish, free };
  const files = changed ? await filesChanged(call) : [];
  const scopes = all ? (await scopesOf(call)).filter((scope) => !scope.withdrawn) : [];
  const more = await claimOf(await call.coordinator(), {
    ...wish,
    scopes: sorted([...wish.scopes, ...scopes.map(({ path }) => path)]),
    files: sorted([...(wish.files ?? []), ...files]),
  });
  return { wish: more.wish, free: sorted([...free, ...more.free]) };
}

const sorted = <Text extends string>(texts: readonly Text[]): readonly Text[] => [...new Set(texts)].sort();

async function scopesOf(call: Call): Promise<readonly ScopeView[]> {
  return (await (await call.coordinator()).query({ kind: 'scopes', fresh: true })).scopes;
}

async function filesChanged(call: Call): Promise<readonly FilePath[]> {
  const paths = await call.world.inspection.changedFiles(await call.repository());
  return paths.map((path) => valueOf(parseScopePath(path)) as string as FilePath);
}

/**
 * How long a person at a terminal has what was asked for, unless it is said, in milliseconds: nothing renews it while that
 * person reads and types.
 */
const leaseAtTerminalMs = 15 * 60_000;

/** The lease that is asked for; null: as long as `lock_timeout` says. */
export async function leaseMs(call: Call, { ttl }: LeaseInput): Promise<DurationMs | null> {
  if (ttl !== undefined) return durationOption('--ttl', ttl);
  if (!call.ports.stdin.isTTY) return null;
  const settings = await call.world.owner.settings(await call.repository());
  if (settings === null || settings.lockTtlMs >= leaseAtTerminalMs) return null;
  return asDurationMs(Math.min(leaseAtTerminalMs, settings.lockTtlMaxMs));
}
