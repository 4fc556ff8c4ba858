/** Claims by itself: what an agent is about to edit is locked for it at that moment, without its asking. */
import { withoutNone, type FilePath, type Grant, type ScopePath, type Wish } from '../core/index.ts';
import { scopesOfPaths, type NotGranted } from '../participant/index.ts';
import type { Coordinator } from '../protocol/index.ts';
import type { Subject } from './subjects.ts';

export interface ClaimPorts {
  readonly coordinator: Pick<Coordinator, 'query'>;
  /** Those of some paths that Git ignores. */
  ignoredAmong(paths: readonly ScopePath[]): Promise<ReadonlySet<string>>;
  /** Asks for locks in the agent's name, without waiting; it is only called where something has to be locked. */
  acquire(
    wish: Wish,
  ): Promise<
    { readonly kind: 'granted'; readonly locks: readonly Grant[] } | Extract<NotGranted, { kind: 'refused' }>
  >;
}

export type Claimed =
  /** Nobody needs a lock of what is named. */
  | { readonly kind: 'free' }
  | { readonly kind: 'granted'; readonly locks: readonly Grant[] }
  | (Extract<NotGranted, { kind: 'refused' }> & { readonly wish: Wish });

/**
 * Locks what an edit of some files needs: each file, or its whole scope where that is the level of claims. Of a name that
 * nothing can be locked by nothing is claimed, since all of its scope would be kept from others for one odd file: its scope is
 * asked for only where somebody has it, whom an edit would be in the way of. What is elsewhere, ignored by Git, in no scope or free needs no lock.
 */
export async function claim(ports: ClaimPorts, subjects: readonly Subject[]): Promise<Claimed> {
  const wish = await wishFor(ports, subjects);
  if (wish === null) return { kind: 'free' };
  const asked = await ports.acquire(wish);
  return asked.kind === 'granted' ? asked : { ...asked, wish };
}

/** Null: nothing has to be locked. */
async function wishFor(
  { coordinator, ignoredAmong }: Pick<ClaimPorts, 'coordinator' | 'ignoredAmong'>,
  subjects: readonly Subject[],
): Promise<Wish | null> {
  const places = subjects.flatMap(placeIn);
  const paths = places.map(({ path }) => path);
  const around = await scopesOfPaths(coordinator, paths);
  const held = await scopesHeld(coordinator, places);
  const needed = places.flatMap(({ path, isWhole }, at): Needed[] => {
    const { scope = null, isFree = false, claim: level } = around[at] ?? {};
    if (scope === null || (isFree && !isWhole)) return [];
    if (isWhole && level !== 'scope' && !held.has(scope)) return [];
    return isWhole || level === 'scope' || path === scope
      ? [{ path, scope, isWhole }]
      : [{ path, scope: null, isWhole }];
  });
  const ignored = await ignoredIn(ignoredAmong, needed);
  const left = needed.filter(({ path, isWhole }) => isWhole || !ignored.has(path));
  if (left.length === 0) return null;
  const scopes = new Set(left.flatMap(({ scope }) => scope ?? []));
  const files = new Set(
    left.flatMap(({ path, scope }) => (scope === null ? [path as string as FilePath] : [])),
  );
  return withoutNone({ scopes: [...scopes].sort(), files: [...files].sort() });
}

/** Those that somebody has as a whole; asked for only where that matters. */
async function scopesHeld(
  coordinator: ClaimPorts['coordinator'],
  places: readonly Place[],
): Promise<ReadonlySet<ScopePath>> {
  if (!places.some(({ isWhole }) => isWhole)) return new Set();
  const { locks } = await coordinator.query({ kind: 'status', at: null });
  return new Set(
    locks.flatMap(({ scope, file }) => (scope === undefined || file !== undefined ? [] : [scope])),
  );
}

interface Needed {
  readonly path: ScopePath;
  /** To be locked as a whole; null: the file alone. */
  readonly scope: ScopePath | null;
  readonly isWhole: boolean;
}

async function ignoredIn(
  ignoredAmong: ClaimPorts['ignoredAmong'],
  needed: readonly Needed[],
): Promise<ReadonlySet<string>> {
  const paths = needed.flatMap(({ path, isWhole }) => (isWhole || path === '.' ? [] : [path]));
  return paths.length === 0 ? new Set() : ignoredAmong(paths);
}

interface Place {
  readonly path: ScopePath;
  /** Only the scope around it can be locked. */
  readonly isWhole: boolean;
}

function placeIn(subject: Subject): Place[] {
  if ('elsewhere' in subject) return [];
  return 'path' in subject
    ? [{ path: subject.path, isWhole: false }]
    : [{ path: subject.folder, isWhole: true }];
}
