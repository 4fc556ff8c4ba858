import type { Grant, ScopePath } from '../core/index.ts';
import { impactScopesMax, type Coordinator, type ImpactAnswer } from '../protocol/index.ts';
import type { Time } from '../time/index.ts';
import { inTime, lookPatienceMs } from './in-time.ts';

/** What changes under these locks reach; null where nothing is known of it: the lock is held all the same. */
export async function impactOfLocks(
  coordinator: Pick<Coordinator, 'query'>,
  time: Pick<Time, 'schedule'>,
  locks: readonly Grant[],
): Promise<ImpactAnswer | null> {
  const scopes = [
    ...new Set(locks.flatMap(({ scope }): ScopePath[] => (scope === undefined ? [] : [scope]))),
  ];
  if (scopes.length === 0 || scopes.length > impactScopesMax) return null;
  return inTime(time, lookPatienceMs, coordinator.query({ kind: 'impact', scopes }));
}
