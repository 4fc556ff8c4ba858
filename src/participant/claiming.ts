/** What has to be locked to write some files: not those that are free, and as much around the others as is claimed with one. */
import { must, withoutNone, type AgentId, type FilePath, type ScopePath, type Wish } from '../core/index.ts';
import type { Coordinator } from '../protocol/index.ts';
import { scopesOfPaths } from './scopes-of-paths.ts';

export interface Claim {
  /** Nothing is left of it when all files are free. */
  readonly wish: Wish;
  /** Files that need no lock. */
  readonly free: readonly FilePath[];
}

/** What somebody means who names these, by the options `free` and `claim`. Scopes and resources are left as they are. */
export async function claimOf(coordinator: Pick<Coordinator, 'query'>, wish: Wish): Promise<Claim> {
  const named = wish.files ?? [];
  if (named.length === 0) return { wish: withoutNone(wish), free: [] };
  const scopes = new Set<ScopePath>(wish.scopes);
  const files: FilePath[] = [];
  const free: FilePath[] = [];
  const around = await scopesOfPaths(coordinator, named as readonly string[] as readonly ScopePath[]);
  for (const [index, { scope, isFree, claim }] of around.entries()) {
    const file = must(named[index], 'each path is answered');
    if (isFree) free.push(file);
    else if (claim === 'scope' && scope !== null) scopes.add(scope);
    else files.push(file);
  }
  return { wish: withoutNone({ ...wish, scopes: [...scopes].sort(), files }), free };
}

/**
 * What an agent means who names these to give them back, or to renew them: files that it holds or waits for, whatever the
 * options say by now; of the others what would be claimed with them.
 */
export async function ownClaimOf(
  coordinator: Pick<Coordinator, 'query'>,
  agent: AgentId,
  wish: Wish,
): Promise<Claim> {
  const named = wish.files ?? [];
  if (named.length === 0) return claimOf(coordinator, wish);
  const subject = { kind: 'agent', agent } as const;
  const { locks, waiters } = await coordinator.query({ kind: 'why', subject, at: null, happened: 0 });
  const own = new Set([
    ...locks.flatMap(({ file }) => (file === undefined ? [] : [file])),
    ...waiters.flatMap(({ files = [] }) => files),
  ]);
  const rest = await claimOf(coordinator, { ...wish, files: named.filter((file) => !own.has(file)) });
  const files = [...named.filter((file) => own.has(file)), ...(rest.wish.files ?? [])].sort();
  return { wish: withoutNone({ ...rest.wish, files }), free: rest.free };
}
