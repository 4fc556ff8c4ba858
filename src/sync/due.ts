import type { ScopePath } from '../core/index.ts';
import type { SyncView } from '../protocol/index.ts';

/**
 * What is to be synced again by itself: what was synced once, and was undone since; and what failed, may be tried again, and
 * has waited for long enough. What nobody has ever synced is nobody's wish.
 */
export function dueScopes(syncs: readonly SyncView[], nowMs: number): ScopePath[] {
  return syncs.filter((sync) => isDue(sync, nowMs)).map(({ scope }) => scope);
}

function isDue({ status, run, retriesLeft, retryAtMs }: SyncView, nowMs: number): boolean {
  if (status === 'idle') return run !== null;
  return status === 'failed' && retriesLeft > 0 && retryAtMs !== null && retryAtMs <= nowMs;
}
