import type { LockView, SyncView } from '../../protocol/index.ts';
import type { Call } from '../call.ts';
import { isDisabled } from '../answer/output.ts';
import { here } from './here.ts';

export interface Busy {
  readonly locks: readonly LockView[];
  /** Those that run. */
  readonly syncs: readonly SyncView[];
}

/** Who is at work by the log of this clone, wherever its agents take part now. Where coordination is disabled nothing is held: until then it is not. */
export async function busyHere(call: Call, direct: boolean): Promise<Busy> {
  try {
    const coordinator = await call.world.connect(here(await call.clone()), { direct });
    try {
      const { locks, syncs } = await coordinator.query({ kind: 'status', at: null });
      return { locks, syncs: syncs.filter(({ status }) => status === 'syncing') };
    } finally {
      await coordinator.close();
    }
  } catch (error) {
    if (isDisabled(error)) return nobody;
    throw error;
  }
}

export const nobody: Busy = { locks: [], syncs: [] };
