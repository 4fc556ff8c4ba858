/**
 * What is changed under locks, and by whom: who gives a lock back says which files it has changed, so that whoever gets it
 * next is told, and reads them again.
 */
import {
  changedFilesShownMax,
  changedLocksMax,
  targetOf,
  targetsOf,
  wantedAs,
  type ChangedUnder,
  type FilePath,
  type GotLock,
  type Grant,
  type ScopePath,
  type Target,
  type Wish,
} from '../core/index.ts';
import { formerHoldersLocksMax } from '../protocol/index.ts';
import type { Coordinator, FormerHoldersAnswer, LockView } from '../protocol/index.ts';
import type { Timers } from '../time/index.ts';
import type { Held } from './holdings.ts';
import { inTime } from './in-time.ts';
import { scopesOfPaths } from './scopes-of-paths.ts';
import type { AgentSession } from './session.ts';

/** Files of the working tree that were changed since a moment; null where that cannot be told. */
export type ChangedSince = (
  paths: readonly string[],
  sinceMs: number,
) => Promise<readonly { readonly path: string; readonly atMs: number }[] | null>;

export interface ChangesPorts {
  readonly coordinator: Pick<Coordinator, 'query'>;
  /** Milliseconds since 1970, as the file system counts them. */
  readonly wallMs: () => number;
  readonly changedSince: ChangedSince;
  readonly time: Pick<Timers, 'schedule'>;
}

interface Looked {
  readonly changed?: readonly ChangedUnder[];
}

/** What a file system says of a moment may be a tick of its clock before it. */
const tickMs = 10;

/**
 * What an agent has changed under what it is about to give back, as a part of the command; null: under all that it holds.
 * Nothing where it cannot be told, or not in time: giving back is what matters.
 */
export async function changedByHolder(
  ports: ChangesPorts,
  session: Pick<AgentSession, 'agent'>,
  wish: Wish | null,
): Promise<Looked> {
  const changed = await inTime(ports.time, lookForChangesMs, look(ports, session, wish));
  return changed === null || changed.length === 0 ? {} : { changed };
}

/** How long giving back waits to learn what was changed, in milliseconds. */
const lookForChangesMs = 900;

/** A lock of a scope, or of a file of it. */
type ScopeLock = Extract<LockView, { readonly scope: ScopePath }> & { readonly sinceMs: number };

async function look(
  { coordinator, wallMs, changedSince }: ChangesPorts,
  { agent }: Pick<AgentSession, 'agent'>,
  wish: Wish | null,
): Promise<ChangedUnder[] | null> {
  const askedMs = wallMs();
  const subject = { kind: 'agent', agent } as const;
  const { locks, nowMs } = await coordinator.query({ kind: 'why', subject, at: null, happened: 0 });
  if (nowMs === undefined) return null;
  const named = wish === null ? null : new Set<Target>(targetsOf(wish).map(wantedAs));
  const given = locks
    .filter((lock): lock is Extract<LockView, { readonly scope: ScopePath }> => lock.scope !== undefined)
    .filter((lock) => named === null || named.has(targetOf(lock)))
    .slice(0, changedLocksMax)
    .map((lock): ScopeLock => ({ ...lock, sinceMs: askedMs - (nowMs - lock.grantedAtMs) }));
  if (given.length === 0) return null;
  const firstMs = Math.min(...given.map(({ sinceMs }) => sinceMs));
  const files = await changedSince(given.map(targetOf), firstMs);
  if (files === null) return null;
  const scopes = await scopesOf(coordinator, given, files);
  return given.map((lock) => changedUnder(lock, files, scopes));
}

type Files = NonNullable<Awaited<ReturnType<ChangedSince>>>;

/** By file in which scope it is; nobody is asked where only files are held. */
async function scopesOf(
  coordinator: Pick<Coordinator, 'query'>,
  locks: readonly ScopeLock[],
  files: Files,
): Promise<ReadonlyMap<string, ScopePath | null>> {
  if (locks.every(({ file }) => file !== undefined)) return new Map();
  const paths = files.map(({ path }) => path as ScopePath);
  const around = await scopesOfPaths(coordinator, paths);
  return new Map(paths.map((path, place) => [path, around[place]?.scope ?? null]));
}

function changedUnder(
  { scope, file, sinceMs }: ScopeLock,
  files: Files,
  scopes: ReadonlyMap<string, ScopePath | null>,
): ChangedUnder {
  const isOf = (path: string): boolean =>
    file === undefined ? scopes.get(path) === scope : path === (file as string);
  const own = files
    .filter(({ path, atMs }) => atMs >= sinceMs - tickMs && isOf(path))
    .map(({ path }) => path);
  const shown = own.toSorted().slice(0, changedFilesShownMax) as FilePath[];
  return { ...(file === undefined ? { scope } : { file }), files: shown, count: own.length };
}

/** How long is waited to learn who had a lock before, in milliseconds: the grant itself does not wait. */
const patienceMs = 2_000;

/** As {@link askFormerHolders}; nothing where it cannot be told, or not in time. */
export async function formerHoldersOf(
  coordinator: Pick<Coordinator, 'query'>,
  time: Pick<Timers, 'schedule'>,
  session: Pick<AgentSession, 'agent' | 'epoch'>,
  grants: readonly (Held & Pick<Grant, 'already'>)[],
): Promise<FormerHoldersAnswer['locks']> {
  return (await inTime(time, patienceMs, askFormerHolders(coordinator, session, grants))) ?? [];
}

/** Who had what has just been granted, since the agent had it last; of what it held before it asked, nobody. */
export async function askFormerHolders(
  coordinator: Pick<Coordinator, 'query'>,
  { agent, epoch }: Pick<AgentSession, 'agent' | 'epoch'>,
  grants: readonly (Held & Pick<Grant, 'already'>)[],
): Promise<FormerHoldersAnswer['locks']> {
  const locks = grants
    .flatMap(({ scope, file, token, already }): GotLock[] =>
      scope === undefined || already === true ? [] : [{ scope, ...(file && { file }), token }],
    )
    .slice(0, formerHoldersLocksMax);
  if (locks.length === 0) return [];
  return (await coordinator.query({ kind: 'formerHolders', agent, epoch, locks })).locks;
}
