import type { ScopePath } from '../../core/index.ts';
import { blockedBy } from '../../sync/index.ts';
import type { Call } from '../call.ts';
import { syncGround } from './sync-ground.ts';

/** What keeps a scope from being synced, by whomever, where `strict_mode` is on; null: nothing, or there are no files to look at. */
export async function strictlyBlocked(call: Call, scope: ScopePath): Promise<string | null> {
  if (call.world.syncs.tree(await call.repository()) === null) return null;
  const ground = await syncGround(call);
  const { sync } = await ground.scan();
  return sync.strict ? blockedBy(await ground.examine(scope), true) : null;
}
